import { admitRequest } from '#lib/auth/admission.ts';
import { portalCodes } from '#lib/errors.ts';
import { answering, problem } from './respond.ts';

/** Runs a public handler once the caller's network address has a token left in its bucket. */
export function limited(bucket: Parameters<typeof admitRequest>[0], work: () => Promise<Response>): Promise<Response> {
  return answering(async () => {
    const retryAfterSeconds = await admitRequest(bucket);
    return retryAfterSeconds > 0 ? problem(portalCodes.RATE_LIMITED, { retryAfterSeconds }) : work();
  });
}
