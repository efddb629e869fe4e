import { heartbeatOfPortal } from '#lib/commands/agent-work.ts';
import { portalCodes } from '#lib/errors.ts';
import { portalHeartbeatShape } from '#lib/shared/agent.ts';
import { asAgent } from '../../../_http/agent.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { parseBody } from '../../../_http/read.ts';
import { json, problem } from '../../../_http/respond.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

const NO_PORTAL =
  'This key is not the node of a portal: it needs a node of the class common that was admitted, with the portal’s address as its endpoint, which no node before it names. Nothing was taken.';

/** Keeps how a portal is, by the word of its own node [7.2.3-b]. */
export async function POST(request: Request): Promise<Response> {
  return asAgent(request, async (_agent, body) => {
    const parsed = parseBody(request, body, portalHeartbeatShape);
    if (!parsed.ok) return parsed.response;
    const answer = await heartbeatOfPortal(parsed.value);
    return answer === null ? problem(portalCodes.NOT_ALLOWED, { detail: NO_PORTAL }) : json(answer);
  });
}
