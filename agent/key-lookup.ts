import type { PortalClient } from './portal-client.ts';

/** Account and key behind an address; null when no account has it. Throws a sentence when the portal does not answer. */
export async function lookUpKey(
  client: PortalClient,
  address: string,
): Promise<{ account: number; key: number } | null> {
  const reply = await client.get(`/api/v1/accounts/by-address/${address}`);
  if (reply.kind === 'refused' && reply.status === 404) return null;
  if (reply.kind !== 'done') throw new Error(reply.sentence);
  const { account, key } = reply.body as { account: number | string; key: number | string };
  return { account: Number(account), key: Number(key) };
}
