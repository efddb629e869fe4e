import 'server-only';
import type { CommandResult } from '#lib/shared/dto.ts';
import { submitSigned } from './submit-signed.ts';

/** Submits a signed Apply and answers with its receipt's height, or with the ledger's code and a sentence. */
export async function applyForResource(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return submitSigned({ method: 'Apply', signedHex, idempotencyKey });
}
