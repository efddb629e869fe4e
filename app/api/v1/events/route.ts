import { portalCodes } from '#lib/errors.ts';
import { getAgentEvents } from '#lib/queries/agent-events.ts';
import { asAgent } from '../../_http/agent.ts';
import { readFrom, readInteger, readWait } from '../../_http/read.ts';
import { json, problem } from '../../_http/respond.ts';

/** Everything that concerns the agent's account after log index `after` (none: from the beginning), with proofs from height `from` on, in log order. */
export async function GET(request: Request): Promise<Response> {
  return asAgent(request, async () => {
    const url = new URL(request.url);
    const text = url.searchParams.get('after') ?? '';
    const after = text === '' || text === '-1' ? -1 : readInteger(text);
    if (after === undefined) return problem(portalCodes.INPUT_INVALID, { detail: 'after must be a log index.' });
    const wait = readWait(url);
    if (!wait.ok) return wait.response;
    const from = readFrom(url);
    if (!from.ok) return from.response;
    const options = { waitMs: wait.value, signal: request.signal, fromHeight: from.value };
    const events = await getAgentEvents(BigInt(after), options);
    return events === null ? problem(portalCodes.NOT_ALLOWED) : json(events);
  });
}
