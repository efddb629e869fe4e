import { runAsCaller } from '#lib/auth/caller-address.ts';
import { portalFacts, VERSION_HEADER } from '#lib/auth/portal.ts';
import { portalCodes, replaySentence } from '#lib/errors.ts';
import { recentReadiness } from '#lib/queries/health.ts';
import { POST } from '../v1/agents/heartbeat/route.ts';
import { problem } from './respond.ts';

/** What every answer says, in place of what Next and the proxy would add: nothing here is a page. */
const HEADERS = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), browsing-topics=()',
  'referrer-policy': 'no-referrer',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

async function answer(request: Request): Promise<Response> {
  const readiness = await recentReadiness();
  return readiness.state === 'replaying'
    ? problem(portalCodes.READ_MODEL_REPLAYING, { detail: replaySentence(readiness.percent) })
    : POST(request);
}

/** A heartbeat that comes by the short way: the same endpoint, the same limits, and the same checks as by Next's. */
export async function takeHeartbeat(request: Request, forwarded: string | null): Promise<Response> {
  const response = await runAsCaller(forwarded, () => answer(request));
  for (const [name, value] of Object.entries(HEADERS)) response.headers.set(name, value);
  const { origin, version } = portalFacts();
  response.headers.set(VERSION_HEADER, version);
  if (origin.startsWith('https:'))
    response.headers.set('strict-transport-security', 'max-age=31536000; includeSubDomains');
  return response;
}
