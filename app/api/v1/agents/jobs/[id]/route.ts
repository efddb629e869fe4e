import { finishJob } from '#lib/commands/agent-work.ts';
import { jobAnswerShape } from '#lib/shared/agent.ts';
import { asAgent } from '../../../../_http/agent.ts';
import { otherMethods } from '../../../../_http/methods.ts';
import { parseBody } from '../../../../_http/read.ts';
import { noContent, notFound } from '../../../../_http/respond.ts';

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Takes the agent's answer to a job, once. */
export async function POST(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asAgent(request, async (_agent, body) => {
    const parsed = parseBody(request, body, jobAnswerShape);
    if (!parsed.ok) return parsed.response;
    return (await finishJob((await params).id, parsed.value)) ? noContent() : notFound();
  });
}
