import { runAs } from '#lib/auth/viewer.ts';
import { registerAgent, findAgentByPairingCode } from '#lib/operations/agents.ts';
import { recordHeartbeat } from '#lib/operations/heartbeats.ts';
import { sweepExpired } from '#lib/operations/housekeeping.ts';
import { claimKey, recordAnswer } from '#lib/operations/idempotency.ts';
import { answerJob, createJob, waitingJobs } from '#lib/operations/jobs.ts';
import { consumeNonce, issueNonce, rememberNonce } from '#lib/operations/nonces.ts';
import { claimStream, releaseStream, renewStream } from '#lib/operations/open-streams.ts';
import { takeToken } from '#lib/operations/rate-limits.ts';
import { createSession, deleteSession, findSession } from '#lib/operations/sessions.ts';
import { handOutNonce } from '#lib/operations/transaction-nonces.ts';
import { openLiveStream } from '#lib/queries/live-stream.ts';

/** A portal's server side in a process of its own, without the pages: it runs what a test asks for. See portal-process.ts. */

let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;

/** The next message of this process's event stream that says something; undefined when the stream has ended. */
async function readStream(): Promise<string | undefined> {
  for (;;) {
    const { value, done } = (await reader?.read()) ?? { value: undefined, done: true };
    if (done) return undefined;
    const text = new TextDecoder().decode(value);
    if (text.includes('data: ')) return text.slice(text.indexOf('data: ') + 6).trim();
  }
}

async function openStream(): Promise<string | undefined> {
  const opened = await runAs({ kind: 'public' }, () => openLiveStream(new AbortController().signal));
  reader = opened.ok ? opened.stream.getReader() : undefined;
  return readStream();
}

const calls = {
  answerJob,
  claimKey,
  claimStream,
  consumeNonce,
  createJob,
  createSession,
  deleteSession,
  findAgentByPairingCode,
  findSession,
  handOutNonce,
  issueNonce,
  openStream,
  readStream,
  recordAnswer,
  recordHeartbeat,
  registerAgent,
  releaseStream,
  rememberNonce,
  renewStream,
  sweepExpired,
  takeToken,
  waitingJobs,
};
export type PortalCalls = typeof calls;

process.on('message', ({ id, name, args }: { id: number; name: keyof PortalCalls; args: never[] }) => {
  const call = calls[name] as (...given: never[]) => Promise<unknown>;
  call(...args).then(
    (value) => process.send?.({ id, value }),
    (error: Error) => process.send?.({ id, fault: error.message }),
  );
});
