import { takeJobs } from '#lib/commands/agent-work.ts';
import { asAgent } from '../../../_http/agent.ts';
import { readWait } from '../../../_http/read.ts';
import { json } from '../../../_http/respond.ts';

/** Tests that wait for the agent, held open for up to `wait` milliseconds. */
export async function GET(request: Request): Promise<Response> {
  return asAgent(request, async () => {
    const wait = readWait(new URL(request.url));
    return wait.ok ? json({ jobs: await takeJobs(wait.value, request.signal) }) : wait.response;
  });
}
