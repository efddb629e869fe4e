import { heartbeatOfValidators } from '#lib/commands/agent-work.ts';
import { portalCodes } from '#lib/errors.ts';
import { validatorHeartbeatShape } from '#lib/shared/agent.ts';
import { asAgent } from '../../../_http/agent.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { parseBody } from '../../../_http/read.ts';
import { json, problem } from '../../../_http/respond.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Keeps how validators are, by the word of the program that keeps them: a key of the account that answers for them. */
export async function POST(request: Request): Promise<Response> {
  return asAgent(request, async (_agent, body) => {
    const parsed = parseBody(request, body, validatorHeartbeatShape);
    if (!parsed.ok) return parsed.response;
    const answer = await heartbeatOfValidators(parsed.value);
    return answer === null
      ? problem(portalCodes.NOT_ALLOWED, {
          detail: 'This key’s account answers for none of these validators: nothing was taken.',
        })
      : json(answer);
  });
}
