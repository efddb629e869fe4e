import 'server-only';
import { redirect } from 'next/navigation';
import type { Role } from '#ledger/contracts/shared/roles.ts';
import { getSession } from '#lib/queries/session.ts';
import type { SessionDto } from '#lib/shared/dto.ts';

export type AccountSession = SessionDto & { account: NonNullable<SessionDto['account']> };

/** The session, or off to the sign-in page and back to `next`. What a query returns is still decided by the query. */
export async function signedIn(next: string): Promise<SessionDto> {
  const session = await getSession();
  if (!session) redirect(`/sign-in?next=${encodeURIComponent(next)}`);
  return session;
}

/** The session of someone who has an account, or off to the page that creates it. */
export async function withAccount(next: string): Promise<AccountSession> {
  const session = await signedIn(next);
  if (!session.account) redirect(`/customer/account?next=${encodeURIComponent(next)}`);
  return session as AccountSession;
}

/**
 * Which form of a page a person gets. No permission: queries and commands decide by the one table of lib/auth/roles.ts, whatever is
 * shown here.
 */
export function holdsRole(session: AccountSession, role: Role): boolean {
  return session.account.roles.includes(role);
}

/** Only a path of this portal may be gone to after signing in: never another origin. */
export function localPath(next: string | undefined): string | undefined {
  return next && /^\/(?![/\\])[\w\-./~%?=&#]*$/.test(next) && next.length <= 300 ? next : undefined;
}
