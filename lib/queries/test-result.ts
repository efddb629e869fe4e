import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { JobAnswer } from '#lib/shared/agent.ts';

/** `technical` and `testSignature` go into PublishResource unchanged; `preview` is at most five rows of text cells by column. */
export type TestResult =
  | { state: 'waiting'; deadlineMs: number }
  | {
      state: 'done';
      technical: string;
      testedAtMs: number;
      testSignature: string;
      preview: Record<string, string | null>[];
    }
  | { state: 'failed'; sentence: string };

/** How a test that the signed-in provider asked for stands; null for anybody else's and for one that never was. */
export async function getTestResult(job: string): Promise<TestResult | null> {
  const access = await authorize('test.read');
  if (!access.ok || access.account === null || !/^\d{1,15}$/.test(job)) return null;
  const row = await database().job.findFirst({ where: { id: BigInt(job), account: BigInt(access.account) } });
  if (row === null) return null;
  // Written from parsed input alone.
  const result = row.result as unknown as JobAnswer | null;
  const expiresAtMs = row.expiresAt.getTime();
  if (result !== null) {
    if (!result.ok) return { state: 'failed', sentence: result.sentence };
    const { technical, testedAtMs, testSignature, preview } = result;
    return { state: 'done', technical, testedAtMs, testSignature, preview };
  }
  if (expiresAtMs > Date.now()) return { state: 'waiting', deadlineMs: expiresAtMs };
  return {
    state: 'failed',
    sentence: 'The agent did not answer in time. Check that it runs and reaches the portal, then test again.',
  };
}
