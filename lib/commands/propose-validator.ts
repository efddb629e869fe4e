import 'server-only';
import type { CommandResult } from '#lib/shared/dto.ts';
import { submitSigned } from './submit-signed.ts';

/** Submits a signed ProposeValidator and answers with its receipt's height, or with the ledger's code and a sentence. */
export async function proposeValidator(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return submitSigned({ method: 'ProposeValidator', signedHex, idempotencyKey });
}
