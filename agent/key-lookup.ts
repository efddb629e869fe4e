import { z } from 'zod';
import type { PortalClient } from './portal-client.ts';

// The portal may write an id as a text.
const id = z.coerce.number().int().min(0);
const foundSchema = z.object({ account: id, key: id });

/** Account and key behind an address; null when no account has it. Throws a sentence when the portal does not answer so that it is understood. */
export async function lookUpKey(
  client: PortalClient,
  address: string,
): Promise<{ account: number; key: number } | null> {
  const reply = await client.get(`/api/v1/accounts/by-address/${address}`);
  if (reply.kind === 'refused' && reply.status === 404) return null;
  if (reply.kind !== 'done') throw new Error(reply.sentence);
  const found = foundSchema.safeParse(reply.body);
  if (!found.success) throw new Error('The portal’s answer about this key was not understood.');
  return found.data;
}
