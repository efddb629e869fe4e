import NextAuth from 'next-auth';
import { nextAuthOptions } from '#lib/auth/next-auth.ts';
import { portalCodes } from '#lib/errors.ts';
import { getReadiness } from '#lib/queries/health.ts';
import { limited } from '../../_http/limited.ts';
import { answerOtherMethod } from '../../_http/methods.ts';
import { notFound, problem } from '../../_http/respond.ts';
import { unreadableSignIn } from '../../_http/sign-in.ts';

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
  return limited('auth', async () => {
    const methods = ACTIONS.get((await context.params).nextauth.join('/'));
    if (methods === undefined) return notFound();
    if (!methods.includes(request.method)) return answerOtherMethod(request.method, methods);
    const refusal = await unreadableSignIn(request);
    if (refusal !== undefined) return refusal;
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
