import { saveReview } from '#lib/commands/identity.ts';
import { reviewShape } from '#lib/shared/identity.ts';
import { asAgent } from '../../../_http/agent.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { parseBody } from '../../../_http/read.ts';
import { noContent, problem } from '../../../_http/respond.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Keeps what an operator's program asks a person of the operator about a request, sealed to the operator's account. */
export function POST(request: Request): Promise<Response> {
  return asAgent(request, async (_agent, body) => {
    const parsed = parseBody(request, body, reviewShape);
    if (!parsed.ok) return parsed.response;
    const answer = await saveReview(parsed.value);
    return answer.ok ? noContent() : problem(answer.code, { detail: answer.sentence });
  });
}
