import { registerSelf } from '#lib/commands/agent-work.ts';
import { portalCodes } from '#lib/errors.ts';
import { registrationShape } from '#lib/shared/agent.ts';
import { asAgent } from '../../_http/agent.ts';
import { otherMethods } from '../../_http/methods.ts';
import { parseBody } from '../../_http/read.ts';
import { json, problem } from '../../_http/respond.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Registers or refreshes the agent that signed the request; answers the pairing code that its owner types. */
export async function POST(request: Request): Promise<Response> {
  return asAgent(request, async (_agent, body) => {
    const parsed = parseBody(request, body, registrationShape);
    if (!parsed.ok) return parsed.response;
    const registered = await registerSelf(parsed.value);
    return registered === null ? problem(portalCodes.NOT_ALLOWED) : json(registered);
  });
}
