import { reasonOf } from '#agent/outcome.ts';
import { KindRefusal } from '#agent/resources/kind.ts';
import type { Problem } from './problem.ts';
import type { Entry } from './under-way.ts';

/** What a call that failed is told: why it was cut, what its kind says, or only that it failed. */
export function problemOf(
  error: unknown,
  entry: Entry,
  of: { agreement: number; log(sentence: string): void },
): Problem {
  const { agreement } = of;
  const reason: unknown = entry.cut.signal.aborted ? entry.cut.signal.reason : null;
  if (typeof reason === 'object' && reason !== null && 'status' in reason) return reason as Problem;
  if (error instanceof KindRefusal) return { agreement, ...error.problem };
  if (!entry.cut.signal.aborted) of.log(`Order O-${agreement}: a call failed: ${reasonOf(error)}`);
  const sentence = 'The provider’s gateway could not answer; nothing was counted for this call.';
  return { status: 500, reason: 'failed', agreement, sentence };
}

/** An answer has the time that its kind gives it. */
export function tooSlow(agreement: number, answerMsMax: number): Problem {
  const sentence = `The answer took longer than ${answerMsMax / 1000} seconds and was stopped; nothing was counted. Ask for less.`;
  return { status: 400, reason: 'query-too-slow', agreement, sentence };
}
