import { setTimeout as delay } from 'node:timers/promises';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { tokenCodes } from '#ledger/contracts/token/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { TransactionOutcome } from '#ledger/core/committed.ts';
import type { LedgerHome, Member } from '#ledger/engines/testing/ledger-home.ts';
import type { Prng } from '#ledger/sim/prng.ts';
import type { Acknowledged } from './checker.ts';
import type { FaultNode } from './fault-node.ts';

/** A sender gives up after this long: longer than any fault lasts. */
const DECIDE_MS = 180_000;
/** One node is asked for an outcome this long before the next is asked. */
const OUTCOME_MS = 3_000;
const PAUSE_MS = 50;
/** Every so many transfers one asks for more than there is, so that codes differ. */
const REFUSED_EVERY = 7;
export const MEMBER_MICRO = 1_000_000_000n;

/** Refusals that say: ask again, or ask one that is further. */
const AGAIN: ReadonlySet<number> = new Set([
  admissionCodes.UNAVAILABLE,
  admissionCodes.TOO_MANY_WAITING,
  admissionCodes.QUOTA_EXCEEDED,
  admissionCodes.NONCE_TOO_FAR,
  admissionCodes.KEY_UNKNOWN,
]);

export interface WorkloadOptions {
  readonly nodes: readonly FaultNode[];
  readonly ledger: LedgerHome;
  readonly prng: Prng;
}

/** People who go on sending whatever happens, each until it has been told what became of its transaction. */
export class Workload {
  readonly #options: WorkloadOptions;
  readonly acknowledged: Acknowledged[] = [];
  readonly balances = new Map<bigint, bigint>();
  readonly orders = new Map<bigint, string>();
  #isEnding = false;
  #isOver = false;
  readonly #orders: Promise<void>[] = [];
  readonly #payments: Promise<void>[] = [];

  constructor(options: WorkloadOptions) {
    this.#options = options;
    for (const { account } of options.ledger.members) this.balances.set(account, MEMBER_MICRO);
  }

  /** No new order is begun. */
  get isEnding(): boolean {
    return this.#isEnding;
  }

  /** Counts what a transaction moved. */
  credit(account: bigint, byMicro: bigint): void {
    this.balances.set(account, (this.balances.get(account) ?? 0n) + byMicro);
  }

  anyNode(): FaultNode {
    return this.#options.prng.pick(this.#options.nodes);
  }

  /** Begins orders that end by themselves once `isEnding`. */
  beginOrders(stream: Promise<void>): void {
    stream.catch(() => undefined);
    this.#orders.push(stream);
  }

  /** Begins a member that pays another, transfer after transfer, until the end. */
  beginPayments(from: Member, to: Member): void {
    const stream = this.#pay(from, to);
    stream.catch(() => undefined);
    this.#payments.push(stream);
  }

  /**
   * Waits until everyone has been told; throws what went wrong with the first that was not. Payments go on until the last order has its
   * bill, because a ledger with nothing to decide lets time go on only every ten seconds.
   */
  async end(): Promise<void> {
    this.#isEnding = true;
    await Promise.all(this.#orders).finally(() => (this.#isOver = true));
    await Promise.all(this.#payments);
  }

  /** Sends the same bytes, to one node after the other, until one of them tells the outcome. */
  async decide(what: string, bytes: Uint8Array): Promise<TransactionOutcome> {
    const txId = this.#options.ledger.idOf(bytes);
    const endMs = Date.now() + DECIDE_MS;
    while (Date.now() < endMs) {
      const node = this.anyNode();
      const admitted = await node.ask((client) => client.submit(bytes));
      if (admitted?.ok === false && !AGAIN.has(admitted.code) && admitted.code !== admissionCodes.NONCE_USED)
        throw new Error(`${node.name} refuses ${what} with ${admitted.code}.`);
      const isThere = admitted !== undefined && (admitted.ok || admitted.code === admissionCodes.NONCE_USED);
      const outcome = isThere ? await node.ask((client) => client.outcome(txId, OUTCOME_MS)) : undefined;
      if (outcome !== undefined) {
        const { height, code } = outcome;
        this.acknowledged.push({ txId: toHex(txId), what, height, code, node: node.name });
        return outcome;
      }
      await delay(PAUSE_MS);
    }
    throw new Error(`Nobody told what became of ${what} within ${DECIDE_MS} ms.`);
  }

  /** One member pays another, now and then more than it has. */
  async pay(from: Member, to: Member, turn: number): Promise<void> {
    const isTooMuch = turn % REFUSED_EVERY === REFUSED_EVERY - 1;
    const amountMicro = isTooMuch ? 10n ** 15n : 1n;
    const what = `transfer ${turn} of account ${from.account}`;
    const { code } = await this.decide(what, this.#options.ledger.transfer(from, to, amountMicro));
    if (code !== (isTooMuch ? tokenCodes.BALANCE_TOO_LOW : 0)) throw new Error(`${what} ended with ${code}.`);
    if (isTooMuch) return;
    this.credit(from.account, -amountMicro);
    this.credit(to.account, amountMicro);
  }

  async #pay(from: Member, to: Member): Promise<void> {
    for (let turn = 0; !this.#isOver; turn += 1) await this.pay(from, to, turn);
  }
}
