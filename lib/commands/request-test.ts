import 'server-only';
import { admitRequest } from '#lib/auth/admission.ts';
import { authorize } from '#lib/auth/guard.ts';
import { portalCodes, wordsOf } from '#lib/errors.ts';
import { readAddress } from '#lib/ledger-client.ts';
import { createJob } from '#lib/operations/jobs.ts';
import { getAgents } from '#lib/queries/agents.ts';

export type TestRequest = { job: string } | { sentence: string };

const words = (code: number): TestRequest => ({ sentence: wordsOf(code).sentence });

/** Asks an agent of the signed-in provider to test one of its sources; `getTestResult` follows it. */
export async function requestTest(test: { agent: string; sourceId: string }): Promise<TestRequest> {
  const access = await authorize('test.request');
  if (!access.ok || access.account === null)
    return words(access.ok ? portalCodes.NOT_ALLOWED : portalCodes.SIGN_IN_REQUIRED);
  const address = typeof test.agent === 'string' ? readAddress(test.agent) : undefined;
  const agent = (await getAgents()).find((one) => readAddress(one.address) === address);
  if (address === undefined || agent === undefined)
    return { sentence: 'This agent is not one of yours: pair it first.' };
  if (!agent.sources.some(({ id }) => id === test.sourceId))
    return { sentence: 'The agent does not serve this source: choose one of its list.' };
  if ((await admitRequest('job', address)) > 0) return words(portalCodes.RATE_LIMITED);
  const job = await createJob({
    kind: 'test',
    agent: address,
    account: BigInt(access.account),
    sourceId: test.sourceId,
  });
  return job === null
    ? { sentence: 'Too many tests wait for this agent already: wait for their results.' }
    : { job: job.toString() };
}
