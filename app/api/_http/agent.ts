import { admitRequest } from '#lib/auth/admission.ts';
import { verifyAgentRequest } from '#lib/auth/agent-request.ts';
import { takeStreamPlace } from '#lib/auth/stream-place.ts';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { portalCodes } from '#lib/errors.ts';
import { readBody, readWait, WAIT_MS_MAX } from './read.ts';
import { answering, problem } from './respond.ts';

export type AgentViewer = Extract<Viewer, { kind: 'agent' }>;

/** Runs a handler as the agent that signed the request: counted first, then checked, then authorised by what it does. */
export function asAgent(
  request: Request,
  work: (agent: AgentViewer, body: string) => Promise<Response>,
): Promise<Response> {
  return answering(async () => {
    const retryAfterSeconds = await admitRequest('agent');
    if (retryAfterSeconds > 0) return problem(portalCodes.RATE_LIMITED, { retryAfterSeconds });
    const body = await readBody(request);
    if (!body.ok) return body.response;
    const viewer = await agentOf(request, body.value);
    if (viewer === undefined) return problem(portalCodes.AGENT_SIGNATURE_INVALID);
    return runAs(viewer, () => work(viewer, body.value));
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

/** Runs a handler that anybody may call: as the agent that signed the request, else as whoever is signed in. */
export async function asReader(request: Request, work: () => Promise<Response>): Promise<Response> {
  if (!request.headers.has('authorization')) return work();
  const agent = await agentOf(request, '');
  return agent === undefined ? problem(portalCodes.AGENT_SIGNATURE_INVALID) : runAs(agent, work);
}

/** The agent behind a request; undefined when it carries no agent's signature, or a bad one. */
async function agentOf(request: Request, body: string): Promise<AgentViewer | undefined> {
  const { pathname, search } = new URL(request.url);
  const authorization = request.headers.get('authorization') ?? '';
  const viewer = await verifyAgentRequest({
    method: request.method,
    path: `${pathname}${search}`,
    body,
    authorization,
  });
  return viewer?.kind === 'agent' ? viewer : undefined;
}
