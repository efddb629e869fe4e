import { setTimeout as sleep } from 'node:timers/promises';
import type { Anchor } from '#ledger/core/genesis.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import { keyOf, type AgentKey } from '#agent/key.ts';
import { ledgerVerifier } from '#agent/ledger-proof.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { awaitOutcome, sendCommand, signCommand, type Command, type Submission } from '#agent/submission.ts';
import type { Progress } from './progress.ts';
import { secretKeyOf, type SamplePerson } from './sample-people.ts';

const TRIES_MAX = 30;
const PAUSE_MS = 1_000;
/** Admission codes of the ledger (PROTOCOL): the first can never be included any more, those below the second are the signer's fault. */
const EXPIRED = 6;
const NONCE_USED = 14;

type Payload = { readonly [field: string]: CborValue };

/** A sample person at the HTTP API, with nothing but its key. */
export class Actor {
  readonly person: SamplePerson;
  readonly key: AgentKey;
  readonly client: PortalClient;
  readonly #parts: { anchor: Anchor; progress: Progress };
  #account: number | null = null;
  readonly #events: Payload[] = [];
  #cursor: string | null = null;

  constructor(person: SamplePerson, parts: { portal: string; anchor: Anchor; progress: Progress }) {
    this.person = person;
    this.key = keyOf(secretKeyOf(person));
    this.client = new PortalClient(parts.portal, { network: toHex(parts.anchor.genesisHash), key: this.key });
    this.#parts = parts;
  }

  /** Dense account id; throws a sentence when the ledger does not know the address. */
  async account(): Promise<number> {
    if (this.#account !== null) return this.#account;
    const found = await lookUpKey(this.client, this.key.addressText);
    if (found === null) throw new Error(`${this.person.name} has no account on this ledger.`);
    this.#account = found.account;
    return found.account;
  }

  /** Signs and submits once, whatever happens in between; the outcome's data. Throws a sentence when the ledger refuses. */
  async do(step: string, command: Command): Promise<Readonly<Record<string, unknown>>> {
    const { progress } = this.#parts;
    const known = progress.step(step);
    if (known?.data) return known.data;
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const submission = await this.#submit(step, command);
      if (submission.kind === 'decided') {
        if (submission.code !== 0) throw new Error(`${step}: the ledger answered with code ${submission.code}.`);
        const { tx, hex } = progress.step(step) ?? { tx: submission.tx, hex: '' };
        const data = (submission.data ?? {}) as Record<string, unknown>;
        progress.record(step, { tx, hex, data });
        return data;
      }
      if (submission.kind === 'refused' && submission.code === EXPIRED) {
        progress.forget(step);
        continue;
      }
      if (submission.kind === 'refused' && submission.code !== null && submission.code < NONCE_USED) {
        throw new Error(`${step}: ${submission.sentence}`);
      }
      await sleep(PAUSE_MS);
    }
    throw new Error(`${step}: the ledger did not decide in time; start again to go on from here.`);
  }

  async #submit(step: string, command: Command): Promise<Submission> {
    const { progress, anchor } = this.#parts;
    const known = progress.step(step);
    if (known !== undefined) {
      const outcome = await awaitOutcome(this.client, known.tx);
      if (outcome.kind === 'decided') return outcome;
      return sendCommand(this.client, known);
    }
    const signer = {
      account: await this.account(),
      key: 0,
      secretKey: this.key.secretKey,
      network: anchor.genesisHash,
    };
    const signed = await signCommand(this.client, signer, command);
    if (signed.kind !== 'signed') return signed;
    progress.record(step, { ...signed.command, data: null });
    return sendCommand(this.client, signed.command);
  }

  /** Waits for a proved event of this account; throws a sentence after `timeoutMs`. */
  async awaitEvent<Type extends Payload>(
    what: string,
    isWanted: (payload: Payload) => payload is Type,
    timeoutMs: number,
  ): Promise<Type> {
    const verifier = ledgerVerifier(() => this.#parts.anchor);
    const untilMs = Date.now() + timeoutMs;
    for (;;) {
      const found = this.#events.find(isWanted);
      if (found !== undefined) return found;
      if (Date.now() > untilMs) throw new Error(`Waited ${timeoutMs / 1000} s in vain for ${what}.`);
      const after = this.#cursor === null ? '' : `after=${this.#cursor}&`;
      const reply = await this.client.get(`/api/v1/events?${after}wait=5000`, { waitMs: 5_000 });
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

/** Account and key behind an address; null when no account has it. */
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
