import 'server-only';
import { setTimeout as delay } from 'node:timers/promises';
import { authorize } from '#lib/auth/guard.ts';
import type { Action } from '#lib/auth/roles.ts';
import { registerAgent } from '#lib/operations/agents.ts';
import { heartbeatAnswer, recordClockAway, recordHeartbeat } from '#lib/operations/heartbeats.ts';
import { recordPortalHeartbeat } from '#lib/operations/portal-heartbeats.ts';
import { recordValidatorHeartbeat } from '#lib/operations/validator-heartbeats.ts';
import { answerJob, waitingJobs, type WaitingJob } from '#lib/operations/jobs.ts';
import { getAnchor } from '#lib/queries/network.ts';
import type {
  AgentRegistration,
  Heartbeat,
  HeartbeatAnswer,
  JobAnswer,
  PortalHeartbeat,
  ValidatorHeartbeat,
} from '#lib/shared/agent.ts';

const JOB_STEP_MS = 500;

async function agentAddress(action: Action): Promise<string | null> {
  const access = await authorize(action);
  return access.ok && access.viewer.kind === 'agent' ? access.viewer.address : null;
}

/** Registers the agent that signed the request, or refreshes what it said of itself; null for those who are no agent. */
export async function registerSelf(
  registration: AgentRegistration,
): Promise<{ code: string; expiresAtMs: number } | null> {
  const address = await agentAddress('agent.register');
  if (address === null) return null;
  return registerAgent(address, registration);
}

/** Keeps what the agent says of itself. `unknown`: it has to register first; `overtaken`: a heartbeat of no earlier time was taken before. */
export async function heartbeat(
  beat: Heartbeat,
  arrival: { atMs: number; signedAtMs: number },
): Promise<{ ok: true; answer: HeartbeatAnswer } | { ok: false; code: 'unknown' | 'overtaken' }> {
  const address = await agentAddress('agent.work');
  if (address === null) return { ok: false, code: 'unknown' };
  const intake = await recordHeartbeat({ address, beat, ...arrival });
  return intake === 'taken' ? { ok: true, answer: await heartbeatAnswer() } : { ok: false, code: intake };
}

/** Keeps how validators are, and how many of them are the account's; null for who answers for none of them. */
export async function heartbeatOfValidators(
  beat: ValidatorHeartbeat,
): Promise<{ own: number; height: number; serverTimeMs: number } | null> {
  const access = await authorize('agent.work');
  if (!access.ok || access.account === null) return null;
  const kept = await recordValidatorHeartbeat(access.account, beat, Date.now());
  return kept.own === 0 ? null : { ...kept, serverTimeMs: Date.now() };
}

/** Keeps how a portal is, by the key of its node; null for a key that is no admitted portal's. */
export async function heartbeatOfPortal(
  beat: PortalHeartbeat,
): Promise<{ height: number; serverTimeMs: number } | null> {
  const address = await agentAddress('agent.work');
  const kept = address === null ? null : await recordPortalHeartbeat(address, beat, Date.now());
  return kept === null ? null : { ...kept, serverTimeMs: Date.now() };
}

/** Keeps that the agent's clock is so far away that nothing of it can be taken. */
export async function noteClockAway(awayMs: number): Promise<void> {
  const address = await agentAddress('agent.work');
  if (address !== null) await recordClockAway(address, awayMs);
}

/** Work that waits for an agent; `owner` is the account of who asks. */
export type AgentJob = { id: string; owner: number; network: string } & (
  { kind: 'test'; sourceId: string } | { kind: 'prove' }
);

function toJob({ id, kind, sourceId, account }: WaitingJob, network: string): AgentJob {
  const asked = { id: id.toString(), owner: Number(account), network };
  return kind === 'test' ? { ...asked, kind, sourceId } : { ...asked, kind };
}

/** Jobs that wait for the agent that asks, waited for up to `waitMs`. */
export async function takeJobs(waitMs: number, signal: AbortSignal): Promise<AgentJob[]> {
  const address = await agentAddress('agent.work');
  if (address === null) return [];
  const network = (await getAnchor()).genesisHash;
  const untilMs = Date.now() + waitMs;
  for (;;) {
    const jobs = await waitingJobs(address);
    if (jobs.length > 0 || Date.now() >= untilMs || signal.aborted) {
      return jobs.map((job) => toJob(job, network));
    }
    await delay(JOB_STEP_MS, undefined, { signal }).catch(() => undefined);
  }
}

/** Keeps an agent's answer to a job; false when the job is not its own or of another kind, or was answered or over before. */
export async function finishJob(id: string, answer: JobAnswer): Promise<boolean> {
  const address = await agentAddress('agent.work');
  return address !== null && /^\d{1,15}$/.test(id) && answerJob(address, BigInt(id), answer);
}
