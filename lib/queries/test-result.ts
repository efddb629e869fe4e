import 'server-only';
import type { TermDto } from '#lib/shared/dto.ts';
import { findAgentAnswer } from './agent-answer.ts';

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

const QUESTION = {
  action: 'test.read',
  kind: 'test',
  what: 'test',
  silent: 'The agent did not answer in time. Check that it runs and reaches the portal, then test again.',
} as const;

/** How a test that the signed-in provider asked for stands; null for anybody else's and for one that never was. */
export async function getTestResult(job: string): Promise<TestResult | null> {
  const found = await findAgentAnswer(job, QUESTION);
  if (found?.state !== 'done') return found;
  const { kind, attributes, testedAtMs, testSignature, preview } = found.answer;
  return { state: 'done', kind, attributes, testedAtMs, testSignature, preview };
}
