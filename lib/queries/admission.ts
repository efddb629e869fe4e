import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { plain, queryLedger } from '#lib/ledger-client.ts';
import type { AdmissionDto } from '#lib/shared/dto.ts';
import { toFailed, type StoredFailed } from './failed-conditions.ts';
import { idOf, readAsOf } from './page.ts';

/** `durationMs`, `calls` and `bytes` are what the customer means to ask for. */
export interface AdmissionQuestion {
  resource: number;
  purpose: string;
  field: string;
  durationMs: number;
  format: string;
  calls: number;
  bytes: string;
}

/**
 * 'Would I be admitted?', answered by the contract's own rules for the signed-in account. Null without an account, for a resource that
 * does not exist, and for figures that are none.
 */
export async function getAdmission(use: AdmissionQuestion): Promise<AdmissionDto | null> {
  const access = await authorize('admission.read');
  const resource = idOf(use.resource);
  if (!access.ok || access.account === null || resource === undefined) return null;
  const isCount = [use.durationMs, use.calls].every((value) => Number.isSafeInteger(value) && value >= 0);
  if (!isCount || !/^\d{1,14}$/.test(use.bytes)) return null;
  const answer = await queryLedger('admission', {
    account: BigInt(access.account),
    resource,
    use: {
      purpose: use.purpose,
      field: use.field,
      durationMs: BigInt(use.durationMs),
      format: use.format,
      calls: BigInt(use.calls),
      bytes: BigInt(use.bytes),
    },
  });
  if (!answer.ok) return null;
  const { admitted, failed } = plain(answer.value) as { admitted: boolean; failed: StoredFailed[] };
  const { timeMs } = await readAsOf();
  return { admitted, failed: failed.map(toFailed), asOf: { height: Number(answer.height), timeMs } };
}
