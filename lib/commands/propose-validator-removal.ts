import 'server-only';
import type { CommandResult } from '#lib/shared/dto.ts';
import { submitSigned } from './submit-signed.ts';

/** Submits a signed ProposeValidatorRemoval and answers with its receipt's height, or with the ledger's code and a sentence. */
export async function proposeValidatorRemoval(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return submitSigned({ method: 'ProposeValidatorRemoval', signedHex, idempotencyKey });
}
