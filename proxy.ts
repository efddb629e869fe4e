import { NextResponse, type NextRequest } from 'next/server';
import { contentSecurityPolicy, newNonce, orderOfPath, taskOfPath } from '#lib/auth/content-security.ts';
import { portalFacts, QUERY_HEADER, VERSION_HEADER } from '#lib/auth/portal.ts';
import { viewerOfRequest } from '#lib/auth/request-viewer.ts';
import { runAs } from '#lib/auth/viewer.ts';
import { webEnvironment } from '#lib/env.ts';
import { portalCodes, problemOf, replaySentence, type Problem } from '#lib/errors.ts';
import { getOrderOrigins, getTaskOrigins } from '#lib/queries/gateway-origin.ts';
import { getReadiness, recentReadiness } from '#lib/queries/health.ts';
import { unavailable } from './app/_unavailable.ts';

/** An order's page may speak to its provider's gateway and to those of the parts that it pays, a task's to those that run it, and to nothing else; the customer alone learns which. */
async function gatewaysFor(request: NextRequest): Promise<readonly string[]> {
  const { pathname } = request.nextUrl;
  const [order, task] = [orderOfPath(pathname), taskOfPath(pathname)];
  try {
    if (task !== undefined) return await runAs(await viewerOfRequest(request), () => getTaskOrigins(task));
    return order === undefined ? [] : await runAs(await viewerOfRequest(request), () => getOrderOrigins(order));
  } catch {
    // Without the database the page says so itself; it needs no gateway for that.
    return [];
  }
}

/** The query that a person asked for; what Next adds to it for itself is nobody's. */
function queryOf({ nextUrl }: NextRequest): string {
  const asked = new URLSearchParams(nextUrl.search);
  asked.delete('_rsc');
  return asked.size === 0 ? '' : `?${asked.toString()}`;
}

/** Where nodes send their heartbeats. */
const HEARTBEATS = '/api/v1/agents/heartbeat';

/** What is served whatever the database does. */
const FILES = /^\/(icons\/|\.well-known\/|(manifest\.webmanifest|robots\.txt|social\.png)$)/;

function respond(problem: Problem, headers: Record<string, string> = {}): Response {
  return new Response(JSON.stringify(problem), {
    status: problem.status,
    headers: { 'content-type': 'application/problem+json', ...headers },
  });
}

/** The answer to a request that nothing can be made for now; undefined when it can be served. */
async function refusal(request: NextRequest, nonce: string): Promise<Response | undefined> {
  const { pathname } = request.nextUrl;
  // Files need nothing; who watches the portal hears how far it is.
  if (pathname === '/api/v1/health' || FILES.test(pathname)) return undefined;
  const readiness = pathname === HEARTBEATS ? await recentReadiness() : await getReadiness();
  if (readiness.state === 'ready') return undefined;
  if (!pathname.startsWith('/api/')) {
    return unavailable(readiness, { nonce, isAction: request.headers.has('next-action') });
  }
  // That the database is away endpoints say themselves.
  if (readiness.state === 'away') return undefined;
  const problem = problemOf(portalCodes.READ_MODEL_REPLAYING, replaySentence(readiness.percent));
  return respond(problem, { 'cache-control': 'no-store', 'retry-after': '1' });
}

/**
 * Headers of every answer. It is no authorisation boundary: every page, action, query and endpoint authorises for itself,
 * also in the `.rsc` and prefetch forms of its address.
 */
export async function proxy(request: NextRequest): Promise<Response> {
  const nonce = newNonce();
  // The portal's own address says it: a header of the request could say anything.
  const isHttps = webEnvironment().origin.startsWith('https:');
  const gateways = await gatewaysFor(request);
  const policy = contentSecurityPolicy({
    nonce,
    gateways,
    isHttps,
    isDevelopment: process.env.NODE_ENV === 'development',
  });
  const headers = new Headers(request.headers);
  headers.set('x-nonce', nonce);
  headers.set(QUERY_HEADER, queryOf(request));
  // Next reads the nonce for its own scripts from the request's policy.
  headers.set('content-security-policy', policy);
  const response = (await refusal(request, nonce)) ?? NextResponse.next({ request: { headers } });
  response.headers.set('content-security-policy', policy);
  response.headers.set(VERSION_HEADER, portalFacts().version);
  if (isHttps) response.headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  return response;
}

export const config = { matcher: ['/((?!_next/static|_next/image|favicon.ico).*)'] };
