import { toHex } from '#ledger/core/bytes.ts';
import { admissionCodes as codes } from '#ledger/contracts/machine/definition.ts';
import type { Transaction } from '#ledger/core/transaction.ts';
import type { VerifiedTransaction } from './verified-transactions.ts';

/** Transactions of one account that may wait at a time. */
export const WAITING_PER_ACCOUNT_MAX = 64;
/** Transactions that may wait in all. */
export const WAITING_MAX = 50_000;
/** Commits between two sweeps of what expired unseen. */
const SWEEP_EVERY = 256;

interface Waiting {
  readonly txId: string;
  readonly slot: string;
  readonly account: bigint;
  readonly validUntilMs: bigint;
}

/**
 * What admission has let in and no block has taken yet: one transaction per nonce (per address for creations). Local to a validator
 * and not hashed.
 */
export class WaitingRoom {
  #bySlot = new Map<string, Waiting>();
  #perAccount = new Map<bigint, number>();
  #commits = 0;

  /** 0 and it waits; the same transaction again is 0 too. Another one on its nonce: used. */
  enter(verified: VerifiedTransaction): number {
    const { transaction } = verified;
    const { account, validUntilMs } = transaction;
    const slot = slotOf(verified);
    const txId = toHex(verified.txId);
    const present = this.#bySlot.get(slot);
    if (present !== undefined) return present.txId === txId ? 0 : codes.NONCE_USED;
    const count = this.#perAccount.get(account) ?? 0;
    if (account !== 0n && count >= WAITING_PER_ACCOUNT_MAX) return codes.TOO_MANY_WAITING;
    if (this.#bySlot.size >= WAITING_MAX) return codes.UNAVAILABLE;
    this.#bySlot.set(slot, { txId, slot, account, validUntilMs });
    this.#perAccount.set(account, count + 1);
    return 0;
  }

  /** Whether as many of this account wait as may, and this nonce is not among them: whoever signed the transaction, it would not enter. */
  isFullFor({ account, key, nonce }: Transaction): boolean {
    if (account === 0n || (this.#perAccount.get(account) ?? 0) < WAITING_PER_ACCOUNT_MAX) return false;
    return !this.#bySlot.has(accountSlot(account, key, nonce));
  }

  leave(verified: VerifiedTransaction): void {
    const present = this.#bySlot.get(slotOf(verified));
    if (present !== undefined) this.#drop(present);
  }

  /** After a block: now and then, what expired is swept out. */
  committed(nowMs: bigint): void {
    this.#commits += 1;
    if (this.#commits % SWEEP_EVERY === 0 || this.#bySlot.size >= WAITING_MAX) this.#sweep(nowMs);
  }

  #sweep(nowMs: bigint): void {
    for (const waiting of this.#bySlot.values()) if (waiting.validUntilMs < nowMs) this.#drop(waiting);
  }

  #drop({ slot, account }: Waiting): void {
    this.#bySlot.delete(slot);
    const count = (this.#perAccount.get(account) ?? 1) - 1;
    if (count === 0) this.#perAccount.delete(account);
    else this.#perAccount.set(account, count);
  }
}

function slotOf({ transaction, signer }: VerifiedTransaction): string {
  const { account, key, nonce } = transaction;
  return account === 0n ? `create/${toHex(signer)}` : accountSlot(account, key, nonce);
}

function accountSlot(account: bigint, key: bigint, nonce: bigint): string {
  return `${account}/${key}/${nonce}`;
}
