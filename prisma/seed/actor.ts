import { setTimeout as sleep } from 'node:timers/promises';
import type { Anchor } from '#ledger/core/genesis.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { encryptionKeyOf } from '#agent/encryption-key.ts';
import { keyOf, type AgentKey } from '#agent/key.ts';
import { lookUpKey } from '#agent/key-lookup.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { ProvedEvents } from '#agent/proved-events.ts';
import {
  awaitOutcome,
  sendCommand,
  signCommand,
  signFirst,
  type Command,
  type Signed,
  type Signer,
  type Submission,
} from '#agent/submission.ts';
import { methodOf, type MethodArgs } from '#ledger/contracts/definitions.ts';
import type { Progress } from './progress.ts';
import { secretKeyOf, type SamplePerson } from './sample-people.ts';

const TRIES_MAX = 30;
const PAUSE_MS = 1_000;
/** Admission codes of the ledger (PROTOCOL): the first can never be included any more, those below the second are the signer's fault. */
const EXPIRED = 6;
const NONCE_USED = 14;

/** A sample person at the HTTP API, with nothing but its key. */
export class Actor {
  readonly person: SamplePerson;
  readonly key: AgentKey;
  readonly client: PortalClient;
  readonly events: ProvedEvents;
  readonly #parts: { anchor: Anchor; progress: Progress };
  #account: number | null = null;

  constructor(person: SamplePerson, parts: { portal: string; anchor: Anchor; progress: Progress }) {
    this.person = person;
    this.key = keyOf(secretKeyOf(person));
    this.client = new PortalClient(parts.portal, { network: toHex(parts.anchor.genesisHash), key: this.key });
    this.events = new ProvedEvents(this.client, parts.anchor);
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
  do(step: string, command: Command): Promise<Readonly<Record<string, unknown>>> {
    return this.#once(step, async () => signCommand(this.client, await this.#signer(), command));
  }

  /** The account of somebody who has none yet: with the key that it holds, and a commitment to its name. */
  async create(step: string, profileCommitment: Uint8Array): Promise<void> {
    if ((await lookUpKey(this.client, this.key.addressText)) !== null) return;
    const args = {
      owner: this.key.address,
      profileCommitment,
      encryptionKey: encryptionKeyOf(this.key.secretKey),
    } satisfies MethodArgs['CreateAccount'];
    const { secretKey } = this.key;
    const network = this.#parts.anchor.genesisHash;
    const command = { method: methodOf('CreateAccount'), args };
    await this.#once(step, () => Promise.resolve(signFirst({ secretKey, network }, command)));
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      if ((await lookUpKey(this.client, this.key.addressText)) !== null) return;
      await sleep(PAUSE_MS);
    }
    throw new Error(`${step}: the portal does not know the new account yet; start again to go on from here.`);
  }

  /** Whether a step was decided, by this run or an earlier one. */
  hasDone(step: string): boolean {
    return (this.#parts.progress.step(step)?.data ?? null) !== null;
  }

  async #signer(): Promise<Signer> {
    const network = this.#parts.anchor.genesisHash;
    return { account: await this.account(), key: 0, secretKey: this.key.secretKey, network };
  }

  async #once(step: string, sign: () => Promise<Signed>): Promise<Readonly<Record<string, unknown>>> {
    const { progress } = this.#parts;
    const known = progress.step(step);
    if (known?.data) return known.data;
    for (let tries = 1; tries <= TRIES_MAX; tries += 1) {
      const submission = await this.#submit(step, sign);
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

  async #submit(step: string, sign: () => Promise<Signed>): Promise<Submission> {
    const { progress } = this.#parts;
    const known = progress.step(step);
    if (known !== undefined) {
      const outcome = await awaitOutcome(this.client, known.tx);
      if (outcome.kind === 'decided') return outcome;
      return sendCommand(this.client, known);
    }
    const signed = await sign();
    if (signed.kind !== 'signed') return signed;
    progress.record(step, { ...signed.command, data: null });
    return sendCommand(this.client, signed.command);
  }
}
