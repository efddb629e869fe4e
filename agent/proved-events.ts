import { setTimeout as sleep } from 'node:timers/promises';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Anchor } from '#ledger/core/genesis.ts';
import { ledgerVerifier } from './ledger-proof.ts';
import type { PortalClient } from './portal-client.ts';

const WAIT_MS = 5_000;
const PAUSE_MS = 1_000;

export type Payload = { readonly [field: string]: CborValue };

/** What happened to the account of a key, in the order of the ledger, each thing proved against the anchor before it counts. */
export class ProvedEvents {
  readonly #client: PortalClient;
  readonly #anchor: Anchor;
  readonly #events: Payload[] = [];
  #cursor: string | null = null;

  constructor(client: PortalClient, anchor: Anchor) {
    this.#client = client;
    this.#anchor = anchor;
  }

  /** Waits for an event; throws a sentence after `timeoutMs`, and when the portal gives a proof that does not hold. */
  async await<Type extends Payload>(
    what: string,
    isWanted: (payload: Payload) => payload is Type,
    timeoutMs: number,
  ): Promise<Type> {
    const verifier = ledgerVerifier(() => this.#anchor);
    const untilMs = Date.now() + timeoutMs;
    for (;;) {
      const found = this.#events.find(isWanted);
      if (found !== undefined) return found;
      if (Date.now() > untilMs) throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}.`);
      const after = this.#cursor === null ? '' : `after=${this.#cursor}&`;
      const reply = await this.#client.get(`/api/v1/events?${after}wait=${WAIT_MS}`, { waitMs: WAIT_MS });
      const items =
        reply.kind === 'done' ? (reply.body as { items: { logIndex: string | number; receipt: unknown }[] }).items : [];
      for (const item of items) {
        const proved = verifier.receipt(item.receipt);
        if (proved === null) throw new Error('The portal gave a receipt that does not verify.');
        this.#events.push(...proved.events);
        this.#cursor = proved.logIndex.toString();
      }
      if (items.length === 0) await sleep(PAUSE_MS);
    }
  }
}

export function isOf(agreement: bigint, type: string): (payload: Payload) => payload is Payload {
  return (payload): payload is Payload => payload['type'] === type && payload['agreement'] === agreement;
}

export type Prepared = Payload & { readonly descriptor: Uint8Array; readonly issue: bigint };

export function isPrepared(agreement: bigint): (payload: Payload) => payload is Prepared {
  return (payload): payload is Prepared => isOf(agreement, 'AgreementPrepared')(payload);
}
