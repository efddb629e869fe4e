import { setTimeout as sleep } from 'node:timers/promises';
import { PortalClient } from '#agent/portal-client.ts';
import type { Actor } from './actor.ts';

const PORTAL_WAIT_MS_MAX = 120_000;

/** Waits until the portal answers, and is this network's (genesis hash, hex). */
export async function awaitPortal(portal: string, network: string): Promise<void> {
  const client = new PortalClient(portal, { network, key: null });
  const untilMs = Date.now() + PORTAL_WAIT_MS_MAX;
  for (;;) {
    const reply = await client.get('/api/v1/network');
    if (reply.kind === 'done') {
      const found = (reply.body as { network?: unknown }).network;
      if (found === network) return;
      throw new Error('The portal serves another network than this data folder’s.');
    }
    if (Date.now() > untilMs) throw new Error(`The portal did not become ready: ${reply.sentence}`);
    await sleep(500);
  }
}

/** The name behind the commitment that genesis holds; organisations of the sample are public. */
export async function saveProfile(actor: Actor): Promise<void> {
  const { name, salt } = actor.person;
  const reply = await actor.client.post('/api/v1/profiles', { account: await actor.account(), name, salt });
  if (reply.kind !== 'done') throw new Error(`The name of ${name} could not be saved: ${reply.sentence}`);
}
