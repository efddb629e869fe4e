import 'server-only';
import { headers } from 'next/headers';
import { redirect } from 'next/navigation';
import type { Role } from '#ledger/contracts/shared/roles.ts';
import { QUERY_HEADER } from '#lib/auth/portal.ts';
import { getSession } from '#lib/queries/session.ts';
import type { SessionDto } from '#lib/shared/dto.ts';

export type AccountSession = SessionDto & { account: NonNullable<SessionDto['account']> };

/** `next` with the query that was asked for, where it names none itself: a filter of a list is not lost on the way. */
async function withQuery(next: string): Promise<string> {
  return next.includes('?') ? next : `${next}${(await headers()).get(QUERY_HEADER) ?? ''}`;
}

/** The session, or off to the sign-in page and back to `next`. What a query returns is still decided by the query. */
export async function signedIn(next: string): Promise<SessionDto> {
  const session = await getSession();
  if (!session) redirect(`/sign-in?next=${encodeURIComponent(await withQuery(next))}`);
  return session;
}

/** The session of someone who has an account, or off to the page that creates it. */
export async function withAccount(next: string): Promise<AccountSession> {
  const session = await signedIn(next);
  if (!session.account) redirect(`/customer/account?next=${encodeURIComponent(await withQuery(next))}`);
  return session as AccountSession;
}

/**
 * Which form of a page a person gets. No permission: queries and commands decide by the one table of lib/auth/roles.ts, whatever is
 * shown here.
 */
export function holdsRole(session: AccountSession, role: Role): boolean {
  return session.account.roles.includes(role);
}

/** Longer than any address that a page leads to with what a form asked. */
const NEXT_LENGTH_MAX = 2_000;
/** So much of it is read that one that is too long is seen to be. */
export const NEXT_READ_MAX = NEXT_LENGTH_MAX + 1;
const HERE = 'http://portal.invalid';

/**
 * Where to go after signing in, with all of its query: only a place of this portal, never another origin. One that is too long is none at all, because
 * a cut address leads elsewhere.
 */
export function localPath(next: string | undefined): string | undefined {
  if (next === undefined || next.length > NEXT_LENGTH_MAX || !/^\/[^\p{Cc}\\]*$/u.test(next)) return undefined;
  return URL.canParse(next, HERE) && new URL(next, HERE).origin === HERE ? next : undefined;
}
