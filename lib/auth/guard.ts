import 'server-only';
import { permissions, type Action, type Permission } from './roles.ts';
import { currentViewer } from './session.ts';
import { accountOf, holdersOf, type Viewer } from './viewer.ts';

/** Whose the thing is that is asked for: the accounts that may see it as their own. */
export interface Subject {
  readonly accounts: readonly number[];
}

/**
 * `sign-in`: nobody is signed in where somebody has to be. `role`: signed in, without a role that may. `hidden`: it is somebody else's;
 * the answer must be the same as when it does not exist.
 */
export type Refusal = 'sign-in' | 'role' | 'hidden';

export type Authorisation =
  | { readonly ok: true; readonly viewer: Viewer; readonly account: number | null }
  | { readonly ok: false; readonly reason: Refusal };

/** The decision alone, for a known viewer. */
export function decideAccess(viewer: Viewer, action: Action, subject?: Subject): Authorisation {
  const { holders, isOwnOnly, isForPrograms }: Permission = permissions[action];
  const held: readonly string[] =
    viewer.kind === 'agent' && isForPrograms === true
      ? [...holdersOf(viewer), ...(viewer.roles ?? [])]
      : holdersOf(viewer);
  const account = accountOf(viewer);
  if (!holders.some((holder) => held.includes(holder))) {
    return { ok: false, reason: viewer.kind === 'public' ? 'sign-in' : 'role' };
  }
  if (isOwnOnly && account === null) return { ok: false, reason: 'role' };
  if (isOwnOnly && subject !== undefined && !subject.accounts.some((id) => id === account))
    return { ok: false, reason: 'hidden' };
  return { ok: true, viewer, account };
}

/** Asked by every query, command and handler for itself, by the viewer of this request. */
export async function authorize(action: Action, subject?: Subject): Promise<Authorisation> {
  return decideAccess(await currentViewer(), action, subject);
}
