import type { Role } from '#ledger/contracts/shared/roles.ts';
import type { AccountSession } from './_session.ts';

/**
 * Which form of a page a person gets. No permission: queries and commands decide by the one table of lib/auth/roles.ts, whatever is
 * shown here.
 */
export function holdsRole(session: AccountSession, role: Role): boolean {
  return session.account.roles.includes(role);
}
