import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { findJob } from '#lib/operations/jobs.ts';
import type { TermDto } from '#lib/shared/dto.ts';
import { idOf } from './page.ts';

/** `kind`, `attributes` and `testSignature` go into PublishResource unchanged; `preview` is at most five rows of text cells by column. */
export type TestResult =
  | { state: 'waiting'; deadlineMs: number }
  | {
      state: 'done';
      kind: string;
      attributes: TermDto[];
      testedAtMs: number;
      testSignature: string;
      preview: Record<string, string | null>[];
    }
  | { state: 'failed'; sentence: string };

const SILENT = 'The agent did not answer in time. Check that it runs and reaches the portal, then test again.';

/** How a test that the signed-in provider asked for stands; null for anybody else's and for one that never was. */
export async function getTestResult(job: string): Promise<TestResult | null> {
  const access = await authorize('test.read');
  const id = /^\d{1,15}$/.test(job) ? idOf(Number(job)) : undefined;
  if (!access.ok || access.account === null || id === undefined) return null;
  const found = await findJob({ id, kind: 'test', account: BigInt(access.account) });
  if (found === null || found.state === 'waiting') return found;
  const { answer } = found;
  if (answer?.what === 'failure') return { state: 'failed', sentence: answer.sentence };
  if (answer?.what !== 'test') return { state: 'failed', sentence: SILENT };
  const { kind, attributes, testedAtMs, testSignature, preview } = answer;
  return { state: 'done', kind, attributes, testedAtMs, testSignature, preview };
}
