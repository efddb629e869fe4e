import { redirect } from 'next/navigation';
import { getSession } from '#lib/queries/session.ts';
import { homeOf } from '#lib/shared/roles.ts';

/** Where a person goes who has signed in and asked for no page: only then are the roles known. */
export async function GET(): Promise<never> {
  const session = await getSession();
  redirect(session === null ? '/sign-in' : homeOf(session.account?.roles ?? []));
}
