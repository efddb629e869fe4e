import 'server-only';
import { admitRequest } from '#lib/auth/admission.ts';
import { authorize } from '#lib/auth/guard.ts';
import { portalCodes, wordsOf } from '#lib/errors.ts';
import { createJob } from '#lib/operations/jobs.ts';
import { findAgentByTypedCode } from './find-agent-by-code.ts';

export type ProofRequest = { job: string } | { sentence: string };

const words = (code: number): ProofRequest => ({ sentence: wordsOf(code).sentence });

/**
 * Asks the agent that shows this pairing code to offer its key to the signed-in account; `getPairingProof` follows it. The code is what
 * shows that whoever asks stands before the agent: without it, nobody makes an agent sign.
 */
export async function requestProof(code: string): Promise<ProofRequest> {
  const access = await authorize('agent.pair');
  if (!access.ok || access.account === null || access.viewer.kind !== 'person')
    return words(!access.ok && access.reason === 'sign-in' ? portalCodes.SIGN_IN_REQUIRED : portalCodes.NOT_ALLOWED);
  if ((await admitRequest('job', access.viewer.address)) > 0) return words(portalCodes.RATE_LIMITED);
  const agent = await findAgentByTypedCode(code, access.viewer.address);
  if (agent === 'busy') return words(portalCodes.RATE_LIMITED);
  if (agent === null)
    return { sentence: 'No agent shows this code now: read the newest one from the agent and type it again.' };
  const job = await createJob({
    kind: 'prove',
    agent: agent.address,
    account: BigInt(access.account),
    sourceId: '',
  });
  return job === null
    ? { sentence: 'Too much waits for this agent already: try again in a few minutes.' }
    : { job: job.toString() };
}
