import { repairCommandsOf, type ServiceCommand } from '#ledger/contracts/security/repair-words.ts';

/** Commands that agents know. */
export const SERVICE_COMMANDS = repairCommandsOf('service');

/** What cuts no customer off and changes no listing but by what a test finds: allowed where the operator's config says nothing. */
export const SAFE_COMMANDS: readonly ServiceCommand[] = ['re-test', 're-register'];
