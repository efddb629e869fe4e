import 'server-only';
import { database, type Prisma } from '#lib/db.ts';
import type { JobAnswer, JobKind } from '#lib/shared/agent.ts';

/** An agent that does not answer within this time has failed. */
export const JOB_LIFE_MS = 2 * 60_000;
/** Waiting jobs of one agent; more are refused. */
const WAITING_MAX = 16;
const TAKEN_MAX = 8;

/** Work for an agent: to test a source, or to offer its key to an account (`sourceId` is then empty). */
export interface NewJob {
  kind: JobKind;
  agent: string;
  account: bigint;
  sourceId: string;
}

/** Asks an agent for work; null when too much waits for it already. */
export async function createJob(job: NewJob): Promise<bigint | null> {
  return database().$transaction(async (transaction) => {
    // The agent's row is locked, so that two who ask at once do not both find the last place free.
    await transaction.$queryRaw`SELECT 1 FROM operations.agents WHERE "address" = ${job.agent} FOR UPDATE`;
    const now = Date.now();
    const waiting = await transaction.job.count({
      where: { agent: job.agent, state: 'waiting', expiresAt: { gt: new Date(now) } },
    });
    if (waiting >= WAITING_MAX) return null;
    const expiresAt = new Date(now + JOB_LIFE_MS);
    const row = await transaction.job.create({ data: { ...job, state: 'waiting', expiresAt } });
    return row.id;
  });
}

/** Which of the jobs an answer can be to; a failure is an answer to any. */
const ANSWERED_BY = { test: ['test'], proof: ['prove'], failure: ['test', 'prove'] } as const satisfies Record<
  JobAnswer['what'],
  readonly JobKind[]
>;

export interface WaitingJob {
  id: bigint;
  kind: JobKind;
  sourceId: string;
  account: bigint;
}

/** Jobs that wait for this agent, oldest first. An agent may be given one twice: doing it again is harmless. */
export async function waitingJobs(agent: string): Promise<WaitingJob[]> {
  const rows = await database().job.findMany({
    where: { agent, state: 'waiting', expiresAt: { gt: new Date() } },
    orderBy: { id: 'asc' },
    take: TAKEN_MAX,
    select: { id: true, kind: true, sourceId: true, account: true },
  });
  // Written by createJob alone.
  return rows.map((row) => ({ ...row, kind: row.kind as JobKind }));
}

/** Keeps the agent's first answer; false when the job is another agent's, of another kind, unknown, answered or too old. */
export async function answerJob(agent: string, id: bigint, answer: JobAnswer): Promise<boolean> {
  const { count } = await database().job.updateMany({
    where: { id, agent, kind: { in: [...ANSWERED_BY[answer.what]] }, state: 'waiting', expiresAt: { gt: new Date() } },
    data: { state: 'answered', result: answer as unknown as Prisma.InputJsonObject },
  });
  return count === 1;
}

/** How a job stands: `deadlineMs` while nobody has answered, then the answer, null when its time went by without one. */
export type JobState = { state: 'waiting'; deadlineMs: number } | { state: 'over'; answer: JobAnswer | null };

/** A job of this kind that the account asked for; null for anybody else's and for one that never was. */
export async function findJob(job: { id: bigint; kind: JobKind; account: bigint }): Promise<JobState | null> {
  const row = await database().job.findFirst({ where: job });
  if (row === null) return null;
  // Written from parsed input alone.
  const answer = row.result as unknown as JobAnswer | null;
  const deadlineMs = row.expiresAt.getTime();
  return answer === null && deadlineMs > Date.now() ? { state: 'waiting', deadlineMs } : { state: 'over', answer };
}
