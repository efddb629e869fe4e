import 'server-only';
import type { CommandResult } from '#lib/shared/dto.ts';
import { submitSigned } from './submit-signed.ts';

/** Submits a signed SuspendResource and answers with its receipt's height, or with the ledger's code and a sentence. */
export async function suspendResource(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return submitSigned({ method: 'SuspendResource', signedHex, idempotencyKey });
}
