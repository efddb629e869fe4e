import { takeJobs } from '#lib/commands/agent-work.ts';
import { asWaitingAgent } from '../../../_http/agent.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { json } from '../../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Jobs that wait for the agent, held open for up to `wait` milliseconds. */
export async function GET(request: Request): Promise<Response> {
  return asWaitingAgent(request, async ({ waitMs, signal }) => json({ jobs: await takeJobs(waitMs, signal) }));
}
