import { unavailable } from './app/_unavailable.ts';
import { NextResponse, type NextRequest } from 'next/server';
import { contentSecurityPolicy, newNonce, orderOfPath } from '#lib/auth/content-security.ts';
import { viewerOfRequest } from '#lib/auth/request-viewer.ts';
import { runAs } from '#lib/auth/viewer.ts';
import { webEnvironment } from '#lib/env.ts';
import { portalCodes, problemOf } from '#lib/errors.ts';
import { isDatabaseReachable } from '#lib/queries/health.ts';
import { getGatewayOrigin } from '#lib/queries/gateway-origin.ts';

/** No page, action or endpoint takes a larger body. Bodies that do not say their length are bounded where they are read. */
const BODY_BYTES_MAX = 64 * 1_024;

/** An order's page may speak to its provider's gateway and to nothing else; the order's customer alone learns which that is. */
async function gatewayFor(request: NextRequest): Promise<string | null> {
  const order = orderOfPath(request.nextUrl.pathname);
  if (order === undefined) return null;
  try {
    return await runAs(await viewerOfRequest(request), () => getGatewayOrigin(order));
  } catch {
    // Without the database the page says so itself; it needs no gateway for that.
    return null;
  }
}

/** Files, and the API, which says itself as a problem that the database is away. */
const WITHOUT_DATABASE = /^\/(api\/|icons\/|\.well-known\/|(manifest\.webmanifest|robots\.txt|social\.png)$)/;

/**
 * Headers and limits of every answer. It is no authorisation boundary: every page, action, query and endpoint authorises for itself,
 * also in the `.rsc` and prefetch forms of its address.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  if (Number(request.headers.get('content-length') ?? 0) > BODY_BYTES_MAX) {
    const problem = problemOf(portalCodes.BODY_TOO_LARGE);
    return new Response(JSON.stringify(problem), {
      status: problem.status,
      headers: { 'content-type': 'application/problem+json' },
    });
  }
  const nonce = newNonce();
  // The portal's own address says it: a header of the request could say anything.
  const isHttps = webEnvironment().origin.startsWith('https:');
  const gateway = await gatewayFor(request);
  const policy = contentSecurityPolicy({
    nonce,
    gateway,
    isHttps,
    isDevelopment: process.env.NODE_ENV === 'development',
  });
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  // Next reads the nonce for its own scripts from the request's policy.
  headers.set('content-security-policy', policy);
  const response =
    WITHOUT_DATABASE.test(request.nextUrl.pathname) || (await isDatabaseReachable())
      ? NextResponse.next({ request: { headers } })
      : unavailable({ nonce, isAction: request.headers.has('next-action') });
  response.headers.set('content-security-policy', policy);
  if (isHttps) response.headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  return response;
}

export const config = { matcher: ['/((?!_next/static|_next/image|favicon.ico).*)'] };
