import { getSession } from '#lib/queries/session.ts';
import { limited } from '../_http/limited.ts';
import { otherMethods } from '../_http/methods.ts';
import { json } from '../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/**
 * The address that this browser is signed in with now, whatever the page was rendered for; null for nobody. A request of its own: an
 * action would wait behind the page's others, and a tab has to know before it asks anything else.
 */
export async function GET(): Promise<Response> {
  return limited('read', async () => json({ address: (await getSession())?.address ?? null }));
}
