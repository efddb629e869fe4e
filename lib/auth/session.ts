import 'server-only';
import { getServerSession } from 'next-auth/next';
import { findSession } from '#lib/operations/sessions.ts';
import { findViewerAccount } from '#lib/queries/viewer-account.ts';
import { nextAuthOptions } from './next-auth.ts';
import { givenViewer, publicViewer, type Viewer } from './viewer.ts';

/**
 * Who asks, read anew for every request: the cookie names a session, the session's row must still stand, and account and roles come
 * from the read model, so that sign-out and a new role both count at once.
 */
export async function currentViewer(): Promise<Viewer> {
  const given = givenViewer();
  if (given !== undefined) return given;
  const jti = (await getServerSession(nextAuthOptions()))?.jti;
  return jti === undefined ? publicViewer : viewerOfSession(jti);
}

/** The viewer behind a session id; the public once it was ended. */
export async function viewerOfSession(jti: string): Promise<Viewer> {
  const session = await findSession(jti);
  if (session === null) return publicViewer;
  const { address, expiresAtMs } = session;
  return { kind: 'person', jti, address, expiresAtMs, account: await findViewerAccount(address) };
}
