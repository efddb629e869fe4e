import { portalCodes } from '#lib/errors.ts';
import { getAgentEvents } from '#lib/queries/agent-events.ts';
import { getMarketEvents } from '#lib/queries/market-events.ts';
import { asWaitingAgent } from '../../_http/agent.ts';
import { otherMethods } from '../../_http/methods.ts';
import { readFrom, readInteger } from '../../_http/read.ts';
import { json, problem } from '../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Everything that concerns the agent's account after log index `after` (none: from the beginning), with proofs from height `from` on, in log order. */
export async function GET(request: Request): Promise<Response> {
  return asWaitingAgent(request, async (wait) => {
    const url = new URL(request.url);
    const text = url.searchParams.get('after') ?? '';
    const after = text === '' || text === '-1' ? -1 : readInteger(text);
    if (after === undefined) return problem(portalCodes.INPUT_INVALID, { detail: 'after must be a log index.' });
    const from = readFrom(url);
    if (!from.ok) return from.response;
    const of = url.searchParams.get('of') ?? 'account';
    if (of !== 'account' && of !== 'market')
      return problem(portalCodes.INPUT_INVALID, { detail: 'of must be account or market.' });
    const read = of === 'market' ? getMarketEvents : getAgentEvents;
    const events = await read(BigInt(after), { ...wait, fromHeight: from.value });
    return events === null ? problem(portalCodes.NOT_ALLOWED) : json(events);
  });
}
