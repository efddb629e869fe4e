'use server';

import { contestClaim } from '#lib/commands/contest-claim.ts';
import { endAgreement } from '#lib/commands/end-agreement.ts';
import { requestReissue } from '#lib/commands/request-reissue.ts';
import type { CommandResult } from '#lib/shared/dto.ts';
import { write } from '../../../../_write.ts';

export async function submitEnd(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(endAgreement, signedHex, idempotencyKey);
}

export async function submitReissue(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(requestReissue, signedHex, idempotencyKey);
}

export async function submitContest(signedHex: string, idempotencyKey: string): Promise<CommandResult> {
  return write(contestClaim, signedHex, idempotencyKey);
}
