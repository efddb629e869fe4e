import 'server-only';
import type { NextRequest } from 'next/server';
import { getToken } from 'next-auth/jwt';
import { webEnvironment } from '#lib/env.ts';
import { viewerOfSession } from './session.ts';
import { publicViewer, type Viewer } from './viewer.ts';

/** The viewer of a request that is not rendered yet: for the proxy, which has no access to next-auth's own helpers. */
export async function viewerOfRequest(request: NextRequest): Promise<Viewer> {
  const { secret, origin } = webEnvironment();
  const token = await getToken({ req: request, secret, secureCookie: origin.startsWith('https:') });
  return typeof token?.sid === 'string' ? viewerOfSession(token.sid) : publicViewer;
}
