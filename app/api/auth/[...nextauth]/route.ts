import NextAuth from 'next-auth';
import { nextAuthOptions } from '#lib/auth/next-auth.ts';
import { portalCodes } from '#lib/errors.ts';
import { isDatabaseReachable } from '#lib/queries/health.ts';
import { BODY_BYTES_MAX } from '../../_http/read.ts';
import { answering, problem } from '../../_http/respond.ts';

interface Context {
  params: Promise<{ nextauth: string[] }>;
}

async function handle(request: Request, context: Context): Promise<Response> {
  return answering(async () => {
    if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MAX) return problem(portalCodes.BODY_TOO_LARGE);
    // next-auth takes any fault for a session that is over and deletes the cookie.
    if (!(await isDatabaseReachable())) return problem(portalCodes.DATABASE_UNAVAILABLE);
    // next-auth's handler has no types of its own for route handlers.
    const handler = NextAuth(nextAuthOptions()) as (given: Request, where: Context) => Promise<Response>;
    return handler(request, context);
  });
}

export { handle as GET, handle as POST };
