import { heartbeat } from '#lib/commands/agent-work.ts';
import { heartbeatShape } from '#lib/shared/agent.ts';
import { asAgent } from '../../../_http/agent.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { parseBody } from '../../../_http/read.ts';
import { noContent, notFound } from '../../../_http/respond.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Keeps when the agent was last seen, its load and its sources; 404 asks it to register. */
export async function POST(request: Request): Promise<Response> {
  return asAgent(request, async (_agent, body) => {
    const parsed = parseBody(request, body, heartbeatShape);
    if (!parsed.ok) return parsed.response;
    return (await heartbeat(parsed.value)) ? noContent() : notFound();
  });
}
