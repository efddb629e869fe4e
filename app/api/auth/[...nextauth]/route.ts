import NextAuth from 'next-auth';
import { nextAuthOptions } from '#lib/auth/next-auth.ts';
import { portalCodes } from '#lib/errors.ts';
import { getReadiness } from '#lib/queries/health.ts';
import { answerOtherMethod } from '../../_http/methods.ts';
import { BODY_BYTES_MAX } from '../../_http/read.ts';
import { answering, notFound, problem } from '../../_http/respond.ts';

interface Context {
  params: Promise<{ nextauth: string[] }>;
}

/** What next-auth is asked for, and by which methods: it would answer anything else in a form of its own. */
const ACTIONS: ReadonlyMap<string, readonly string[]> = new Map([
  ['callback/siwe', ['POST']],
  ['csrf', ['GET']],
  ['error', ['GET']],
  ['providers', ['GET']],
  ['session', ['GET']],
  ['signin', ['GET']],
  ['signout', ['POST']],
  ['_log', ['POST']],
]);

async function handle(request: Request, context: Context): Promise<Response> {
  return answering(async () => {
    const methods = ACTIONS.get((await context.params).nextauth.join('/'));
    if (methods === undefined) return notFound();
    if (!methods.includes(request.method)) return answerOtherMethod(request.method, methods);
    if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MAX) return problem(portalCodes.BODY_TOO_LARGE);
    // next-auth takes any fault for a session that is over and deletes the cookie.
    const { state } = await getReadiness();
    if (state === 'away') return problem(portalCodes.DATABASE_UNAVAILABLE);
    if (state === 'replaying') return problem(portalCodes.READ_MODEL_REPLAYING);
    // next-auth's handler has no types of its own for route handlers.
    const handler = NextAuth(nextAuthOptions()) as (given: Request, where: Context) => Promise<Response>;
    return handler(request, context);
  });
}

export {
  handle as DELETE,
  handle as GET,
  handle as HEAD,
  handle as OPTIONS,
  handle as PATCH,
  handle as POST,
  handle as PUT,
};
