import { heartbeat } from '#lib/commands/agent-work.ts';
import { portalCodes } from '#lib/errors.ts';
import { heartbeatShape } from '#lib/shared/agent.ts';
import { asHeartbeat } from '../../../_http/agent.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { parseBody } from '../../../_http/read.ts';
import { json, notFound, problem } from '../../../_http/respond.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

const OVERTAKEN =
  'This heartbeat, or one that the node signed later, was taken before; nothing was taken. Each has to be signed with a later time.';

/** Keeps when the agent was last seen, how it is, its load and its sources; 404 asks it to register. */
export async function POST(request: Request): Promise<Response> {
  return asHeartbeat(request, async (body, arrival) => {
    const parsed = parseBody(request, body, heartbeatShape);
    if (!parsed.ok) return parsed.response;
    const taken = await heartbeat(parsed.value, arrival);
    if (taken.ok) return json(taken.answer);
    return taken.code === 'unknown' ? notFound() : problem(portalCodes.AGENT_SIGNATURE_INVALID, { detail: OVERTAKEN });
  });
}
