import { saveClaim } from '#lib/commands/identity.ts';
import { claimShape } from '#lib/shared/identity.ts';
import { asAgent } from '../../../../_http/agent.ts';
import { otherMethods } from '../../../../_http/methods.ts';
import { parseBody } from '../../../../_http/read.ts';
import { noContent, problem } from '../../../../_http/respond.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Keeps what an account states, sealed to an operator's program, before ApplyIdentity is signed: for the account's own key alone. */
export function POST(request: Request): Promise<Response> {
  return asAgent(request, async (_agent, body) => {
    const parsed = parseBody(request, body, claimShape);
    if (!parsed.ok) return parsed.response;
    const answer = await saveClaim(parsed.value);
    return answer.ok ? noContent() : problem(answer.code, { detail: answer.sentence });
  });
}
