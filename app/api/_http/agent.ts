import { verifyAgentRequest, verifySignature, type SignedRequest } from '#lib/auth/agent-request.ts';
import { currentViewer } from '#lib/auth/session.ts';
import { takeStreamPlace } from '#lib/auth/stream-place.ts';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { noteClockAway } from '#lib/commands/agent-work.ts';
import { portalCodes } from '#lib/errors.ts';
import { limited } from './limited.ts';
import { readBody, readWait, WAIT_MS_MAX } from './read.ts';
import { problem } from './respond.ts';

export type AgentViewer = Extract<Viewer, { kind: 'agent' }>;

/** Runs a handler as the agent that signed the request: counted first, then checked, then authorised by what it does. */
export function asAgent(
  request: Request,
  work: (agent: AgentViewer, body: string) => Promise<Response>,
): Promise<Response> {
  return limited('agent', async () => {
    const body = await readBody(request);
    if (!body.ok) return body.response;
    const viewer = await agentOf(request, body.value);
    if (viewer === undefined) return problem(portalCodes.AGENT_SIGNATURE_INVALID);
    return runAs(viewer, () => work(viewer, body.value));
  });
}

/** A clock that is away by more than a minute, in words for the node's operator. */
function clockSentence(awayMs: number): string {
  const seconds = Math.round(Math.abs(awayMs) / 1_000);
  const way = awayMs > 0 ? 'ahead of' : 'behind';
  return `The node’s clock is ${seconds} s ${way} the portal’s, and a signature counts for a minute: nothing was taken. Set the clock.`;
}

/**
 * Runs the handler of a heartbeat: there are as many of them as of everything else together, so the signature alone is checked, and whose key it
 * is read once in a while. That none is taken twice is seen to where it is kept, by its time. A node whose clock is away is told so, and it is
 * kept that it is.
 */
export function asHeartbeat(
  request: Request,
  work: (body: string, arrival: { atMs: number; signedAtMs: number }) => Promise<Response>,
): Promise<Response> {
  return limited('heartbeat', async () => {
    const atMs = Date.now();
    const body = await readBody(request);
    if (!body.ok) return body.response;
    const signed = await verifySignature(signedPartsOf(request, body.value), atMs);
    if (signed === undefined) return problem(portalCodes.AGENT_SIGNATURE_INVALID);
    const agent = { kind: 'agent', address: signed.address, account: null, key: null } as const;
    const { aheadMs, signedAtMs, isNow } = signed;
    if (isNow) return runAs(agent, () => work(body.value, { atMs, signedAtMs }));
    await runAs(agent, () => noteClockAway(aheadMs));
    return problem(portalCodes.AGENT_SIGNATURE_INVALID, { detail: clockSentence(aheadMs) });
  });
}

/** Runs a handler that may wait for news: what waits takes a place among the streams of the agent's key and its network address. */
export async function asWaitingAgent(
  request: Request,
  work: (wait: { waitMs: number; signal: AbortSignal }) => Promise<Response>,
): Promise<Response> {
  return asAgent(request, async (agent) => {
    const wait = readWait(new URL(request.url));
    if (!wait.ok) return wait.response;
    if (wait.value === 0) return work({ waitMs: 0, signal: request.signal });
    const lost = new AbortController();
    const leave = await takeStreamPlace(agent, () => lost.abort());
    if (leave === null) return problem(portalCodes.TOO_MANY_STREAMS, { retryAfterSeconds: WAIT_MS_MAX / 1_000 });
    try {
      return await work({ waitMs: wait.value, signal: AbortSignal.any([request.signal, lost.signal]) });
    } finally {
      leave();
    }
  });
}

/** Runs a handler that anybody may call: as the agent that signed the request with this body, else as whoever is signed in. */
export async function asReader(
  request: Request,
  work: () => Promise<Response>,
  body: string | Uint8Array = '',
): Promise<Response> {
  if (!request.headers.has('authorization')) return work();
  const agent = await agentOf(request, body);
  return agent === undefined ? problem(portalCodes.AGENT_SIGNATURE_INVALID) : runAs(agent, work);
}

/** Runs a handler that somebody has to be known for: the agent that signed the request, or whoever is signed in; counted before. */
export function asSomebody(request: Request, work: () => Promise<Response>): Promise<Response> {
  return limited('read', () =>
    asReader(request, async () =>
      (await currentViewer()).kind === 'public' ? problem(portalCodes.SIGN_IN_REQUIRED) : work(),
    ),
  );
}

/** The agent behind a request; undefined when it carries no agent's signature, or a bad one. */
async function agentOf(request: Request, body: string | Uint8Array): Promise<AgentViewer | undefined> {
  const viewer = await verifyAgentRequest(signedPartsOf(request, body));
  return viewer?.kind === 'agent' ? viewer : undefined;
}

function signedPartsOf(request: Request, body: string | Uint8Array): SignedRequest {
  const { pathname, search } = new URL(request.url);
  const authorization = request.headers.get('authorization') ?? '';
  return { method: request.method, path: `${pathname}${search}`, body, authorization };
}
