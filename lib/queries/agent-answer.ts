import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import type { Action } from '#lib/auth/roles.ts';
import { findJob } from '#lib/operations/jobs.ts';
import type { JobAnswer, JobKind } from '#lib/shared/agent.ts';
import { idOf } from './page.ts';

type What = Exclude<JobAnswer['what'], 'failure'>;

/** Work that an account asked of an agent: who may read the answer, and which answer is one. */
export interface Question<W extends What> {
  readonly action: Action;
  readonly kind: JobKind;
  readonly what: W;
  /** For when no answer came in time. */
  readonly silent: string;
}

export type AgentAnswer<W extends What> =
  | { state: 'waiting'; deadlineMs: number }
  | { state: 'done'; answer: Extract<JobAnswer, { what: W }> }
  | { state: 'failed'; sentence: string };

/** How the work stands that the signed-in account asked for; null for anybody else's and for one that never was. */
export async function findAgentAnswer<W extends What>(
  job: string,
  { action, kind, what, silent }: Question<W>,
): Promise<AgentAnswer<W> | null> {
  const access = await authorize(action);
  const id = /^\d{1,15}$/.test(job) ? idOf(Number(job)) : undefined;
  if (!access.ok || access.account === null || id === undefined) return null;
  const found = await findJob({ id, kind, account: BigInt(access.account) });
  if (found === null || found.state === 'waiting') return found;
  const { answer } = found;
  if (answer?.what === 'failure') return { state: 'failed', sentence: answer.sentence };
  if (answer?.what !== what) return { state: 'failed', sentence: silent };
  return { state: 'done', answer: answer as Extract<JobAnswer, { what: W }> };
}
