import { setTimeout as sleep } from 'node:timers/promises';
import { z } from 'zod';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Anchor } from '#ledger/core/genesis.ts';
import { ledgerVerifier } from './ledger-proof.ts';
import type { PortalClient } from './portal-client.ts';

const WAIT_MS = 5_000;
const PAUSE_MS = 1_000;

const pageSchema = z.object({ items: z.array(z.object({ receipt: z.unknown() })) });

export type Payload = { readonly [field: string]: CborValue };

/** What happened to the account of a key, in the order of the ledger, each thing proved against the anchor before it counts. */
export class ProvedEvents {
  readonly #client: PortalClient;
  readonly #anchor: Anchor;
  readonly #events: Payload[] = [];
  /** Place in the ledger of the newest that was read. */
  #cursor: bigint | null = null;

  constructor(client: PortalClient, anchor: Anchor) {
    this.#client = client;
    this.#anchor = anchor;
  }

  /**
   * Waits for an event, first through all that has happened before. Throws a sentence when `timeoutMs` have gone by and nothing newer is
   * told, and when the portal gives a proof that does not hold.
   */
  async await<Type extends Payload>(
    what: string,
    isWanted: (payload: Payload) => payload is Type,
    timeoutMs: number,
  ): Promise<Type> {
    const untilMs = Date.now() + timeoutMs;
    for (;;) {
      const found = this.#events.find(isWanted);
      if (found !== undefined) return found;
      const hasMore = await this.#readPage();
      if (hasMore) continue;
      if (Date.now() > untilMs) throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}.`);
      await sleep(PAUSE_MS);
    }
  }

  /** All that has happened until now, in the order of the ledger. Throws a sentence where the portal gives a proof that does not hold. */
  async upToNow(): Promise<readonly Payload[]> {
    while (await this.#readPage());
    return this.#events;
  }

  /** False when nothing newer came. What came has to be further in the ledger, so that no answer is read twice. */
  async #readPage(): Promise<boolean> {
    const after = this.#cursor === null ? '' : `after=${this.#cursor}&`;
    const reply = await this.#client.get(`/api/v1/events?${after}wait=${WAIT_MS}`, { waitMs: WAIT_MS });
    const page = reply.kind === 'done' ? pageSchema.safeParse(reply.body) : undefined;
    if (page?.success === false) throw new Error('The portal’s list of events was not understood.');
    const items = page?.data.items ?? [];
    const verifier = ledgerVerifier(() => this.#anchor);
    for (const { receipt } of items) {
      const proved = verifier.receipt(receipt);
      if (proved === null) throw new Error('The portal gave a receipt that does not verify.');
      if (this.#cursor !== null && proved.logIndex <= this.#cursor)
        throw new Error('The portal gave the events of the ledger in another order.');
      this.#events.push(...proved.events);
      this.#cursor = proved.logIndex;
    }
    return items.length > 0;
  }
}

export function isOf(agreement: bigint, type: string): (payload: Payload) => payload is Payload {
  return (payload): payload is Payload => payload['type'] === type && payload['agreement'] === agreement;
}

export type Prepared = Payload & { readonly descriptor: Uint8Array; readonly issue: bigint };

export function isPrepared(agreement: bigint): (payload: Payload) => payload is Prepared {
  return (payload): payload is Prepared => isOf(agreement, 'AgreementPrepared')(payload);
}
