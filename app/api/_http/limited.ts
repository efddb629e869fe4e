import { admitRequest } from '#lib/auth/admission.ts';
import { codeOfFault, portalCodes } from '#lib/errors.ts';
import { answering, problem } from './respond.ts';

type Bucket = Parameters<typeof admitRequest>[0];

/** Runs a handler once the caller's network address has a token left in its bucket. */
export function limited(bucket: Bucket, work: () => Promise<Response>): Promise<Response> {
  return answering(async () => {
    const retryAfterSeconds = await admitRequest(bucket);
    return retryAfterSeconds > 0 ? problem(portalCodes.RATE_LIMITED, { retryAfterSeconds }) : work();
  });
}

/** As `limited`, for what is told without the database too: callers are counted again as soon as it is back. */
export function limitedWhereCounted(bucket: Bucket, work: () => Promise<Response>): Promise<Response> {
  return answering(async () => {
    const retryAfterSeconds = await admitRequest(bucket).catch((error: unknown) => {
      if (codeOfFault(error) !== portalCodes.DATABASE_UNAVAILABLE) throw error;
      return 0;
    });
    return retryAfterSeconds > 0 ? problem(portalCodes.RATE_LIMITED, { retryAfterSeconds }) : work();
  });
}
