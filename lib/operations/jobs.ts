import 'server-only';
import { database, type Prisma } from '#lib/db.ts';
import type { JobAnswer } from '#lib/shared/agent.ts';

/** An agent that does not answer within this time has failed the test. */
export const JOB_LIFE_MS = 2 * 60_000;
/** Waiting tests of one agent; more are refused. */
const WAITING_MAX = 16;
const TAKEN_MAX = 8;

/** Asks an agent to test a source; null when too many tests wait for it already. */
export async function createJob(job: { agent: string; account: bigint; sourceId: string }): Promise<bigint | null> {
  return database().$transaction(async (transaction) => {
    // The agent's row is locked, so that two who ask at once do not both find the last place free.
    await transaction.$queryRaw`SELECT 1 FROM operations.agents WHERE "address" = ${job.agent} FOR UPDATE`;
    const now = Date.now();
    const waiting = await transaction.job.count({
      where: { agent: job.agent, state: 'waiting', expiresAt: { gt: new Date(now) } },
    });
    if (waiting >= WAITING_MAX) return null;
    const expiresAt = new Date(now + JOB_LIFE_MS);
    const row = await transaction.job.create({ data: { ...job, kind: 'test', state: 'waiting', expiresAt } });
    return row.id;
  });
}

/** Tests that wait for this agent, oldest first. An agent may be given one twice: testing again is harmless. */
export async function waitingJobs(agent: string): Promise<{ id: bigint; sourceId: string; account: bigint }[]> {
  return database().job.findMany({
    where: { agent, state: 'waiting', expiresAt: { gt: new Date() } },
    orderBy: { id: 'asc' },
    take: TAKEN_MAX,
    select: { id: true, sourceId: true, account: true },
  });
}

/** Keeps the agent's first answer; false when the job is another agent's, unknown, answered or too old. */
export async function answerJob(agent: string, id: bigint, answer: JobAnswer): Promise<boolean> {
  const { count } = await database().job.updateMany({
    where: { id, agent, state: 'waiting', expiresAt: { gt: new Date() } },
    data: { state: 'answered', result: answer as unknown as Prisma.InputJsonObject },
  });
  return count === 1;
}
