import 'server-only';
import type { CommandResult } from '#lib/shared/dto.ts';

export interface SignedSubmission {
  method: string;
  signedHex: string;
  idempotencyKey: string;
}

export async function submitSigned(submission: SignedSubmission): Promise<CommandResult> {
  void submission;
  throw new Error('submitSigned is not written yet');
}
