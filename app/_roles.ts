import type { AccountSession } from './_session.ts';

/**
 * Which form of a page a person gets. No permission: queries and commands decide by the one table of lib/auth/roles.ts, whatever is
 * shown here.
 */
export function isProvider(session: AccountSession): boolean {
  return session.account.roles.includes('NRP');
}

export function isNodeProvider(session: AccountSession): boolean {
  return session.account.roles.includes('NRNSP');
}
