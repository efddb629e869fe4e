import 'server-only';
import { cookies } from 'next/headers';
import { decode, encode } from 'next-auth/jwt';
import { webEnvironment } from '#lib/env.ts';
import { deleteSession, findSession } from '#lib/operations/sessions.ts';
import { admitRequest } from './admission.ts';

/**
 * Several people in one browser. Tabs share their cookies, so one session is active, in next-auth's own cookie; those that were active
 * before stand in a second one, sealed by the portal and unreadable to scripts, until they end by themselves or are ended. Nothing here
 * makes a session: that takes a signature.
 */

/** Sessions that wait beside the active one; the longest kept goes first. */
const KEPT_MAX = 8;
const KEPT_SECONDS = 12 * 3_600;
/** Another purpose, another key: a kept list is no session token, and the other way round. */
const SALT = 'interpool.kept-sessions';

function cookieNames(): { isSecure: boolean; active: string; kept: string } {
  const isSecure = webEnvironment().origin.startsWith('https:');
  return isSecure
    ? { isSecure, active: '__Secure-next-auth.session-token', kept: `__Host-${SALT}` }
    : { isSecure, active: 'next-auth.session-token', kept: SALT };
}

async function read(name: string, salt?: string): Promise<Readonly<Record<string, unknown>> | null> {
  const token = (await cookies()).get(name)?.value;
  if (token === undefined) return null;
  const { secret } = webEnvironment();
  // What somebody else wrote, or is over, is none.
  return decode({ token, secret, ...(salt === undefined ? {} : { salt }) }).catch(() => null);
}

async function activeSid(): Promise<string | undefined> {
  const sid = (await read(cookieNames().active))?.['sid'];
  return typeof sid === 'string' ? sid : undefined;
}

async function keptSids(): Promise<string[]> {
  const sids = (await read(cookieNames().kept, SALT))?.['sids'];
  return Array.isArray(sids) ? sids.filter((sid) => typeof sid === 'string').slice(0, KEPT_MAX) : [];
}

async function write(name: string, value: string, untilMs: number): Promise<void> {
  const { isSecure } = cookieNames();
  const options = { httpOnly: true, secure: isSecure, sameSite: 'lax', path: '/' } as const;
  (await cookies()).set(name, value, { ...options, expires: new Date(untilMs) });
}

async function keep(sids: readonly string[]): Promise<void> {
  const { secret } = webEnvironment();
  const token = { sids: [...new Set(sids)].slice(0, KEPT_MAX) };
  const value = await encode({ token, secret, salt: SALT, maxAge: KEPT_SECONDS });
  await write(cookieNames().kept, value, Date.now() + KEPT_SECONDS * 1_000);
}

/** Puts the active session aside, before another person signs in: it goes on to count. Nothing happens where there is none. */
export async function keepActiveSession(): Promise<void> {
  const sid = await activeSid();
  if (sid === undefined || (await findSession(sid)) === null) return;
  await keep([sid, ...(await keptSids())]);
}

/** Makes the kept session of an address (20 bytes in hex) the active one, and keeps the one that was; false when none of them counts any more. */
export async function activateSession(address: string): Promise<boolean> {
  if ((await admitRequest('sign-in')) > 0) return false;
  const kept = await keptSids();
  for (const sid of kept) {
    const session = await findSession(sid);
    if (session?.address !== address) continue;
    const active = await activeSid();
    const { secret } = webEnvironment();
    const maxAge = Math.floor((session.expiresAtMs - Date.now()) / 1_000);
    const value = await encode({ token: { sid }, secret, maxAge });
    await write(cookieNames().active, value, session.expiresAtMs);
    await keep([...(active === undefined ? [] : [active]), ...kept].filter((other) => other !== sid));
    return true;
  }
  return false;
}

/** Ends the kept sessions of the person of a session that is about to end: nobody comes back in that name without a signature. */
export async function endKeptSessions(sid: string): Promise<void> {
  const ended = await findSession(sid);
  if (ended === null) return;
  for (const kept of await keptSids()) {
    if ((await findSession(kept))?.address === ended.address) await deleteSession(kept);
  }
}
