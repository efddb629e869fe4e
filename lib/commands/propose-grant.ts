import 'server-only';
import type { CommandResult } from '#lib/shared/dto.ts';
import { submitSigned } from './submit-signed.ts';

/** Submits a signed ProposeGrant and answers with its receipt's height, or with the ledger's code and a sentence. */
export async function proposeGrant(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return submitSigned({ method: 'ProposeGrant', signedHex, idempotencyKey });
}
