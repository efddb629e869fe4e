import { toHex } from '#ledger/core/bytes.ts';

/** Transactions that wait at one validator, all senders together: what is decided in a second or two. More would only make everybody wait longer. */
export const WAITING_MAX = 2_048;
export const WAITING_BYTES_MAX = 64 * 1024 * 1024;
/** Looked at again after each block. */
const RECHECKED_MAX = 256;
/** PROTOCOL: at most 64 waiting per account. */
export const WAITING_PER_SENDER_MAX = 64;

export interface WaitingTransaction {
  readonly txId: Uint8Array;
  readonly bytes: Uint8Array;
  /** Account or address; undefined shares one place with everybody unknown. */
  readonly sender: string | undefined;
}

export interface Mempool {
  has(txId: Uint8Array): boolean;
  /** Whether one more of this length fits, whoever sends it. */
  hasRoom(length: number): boolean;
  /** `full` and `sender-full` leave everything as it was. */
  add(transaction: WaitingTransaction): 'added' | 'known' | 'full' | 'sender-full';
  /** Every sender's first before any sender's second, each by age; stops when `bytesMax` is reached. */
  candidates(bytesMax: number): Uint8Array[];
  remove(txId: Uint8Array): void;
  /** Drops what `isStillGood` refuses of the RECHECKED_MAX oldest: a block is not held up by what will not be in the next ones. */
  recheck(isStillGood: (bytes: Uint8Array) => boolean): void;
  /** Oldest first, at most `max`. */
  oldest(max: number): Uint8Array[];
  size(): number;
}

/** What was admitted and is not decided yet. In memory only: a submitter whose transaction is lost with it sees no outcome and submits again. */
export function createMempool(): Mempool {
  /** Insertion order is age. */
  const waiting = new Map<string, WaitingTransaction>();
  const perSender = new Map<string, number>();
  let bytes = 0;

  const drop = (key: string, transaction: WaitingTransaction): void => {
    const sender = transaction.sender ?? '';
    const left = (perSender.get(sender) ?? 1) - 1;
    if (left === 0) perSender.delete(sender);
    else perSender.set(sender, left);
    waiting.delete(key);
    bytes -= transaction.bytes.length;
  };

  const hasRoom = (length: number): boolean => waiting.size < WAITING_MAX && bytes + length <= WAITING_BYTES_MAX;

  return {
    has: (txId) => waiting.has(toHex(txId)),
    hasRoom,
    add: (transaction) => {
      const key = toHex(transaction.txId);
      const sender = transaction.sender ?? '';
      const ofSender = perSender.get(sender) ?? 0;
      if (waiting.has(key)) return 'known';
      if (!hasRoom(transaction.bytes.length)) return 'full';
      if (ofSender >= WAITING_PER_SENDER_MAX && transaction.sender !== undefined) return 'sender-full';
      waiting.set(key, transaction);
      perSender.set(sender, ofSender + 1);
      bytes += transaction.bytes.length;
      return 'added';
    },
    candidates: (bytesMax) => {
      const seen = new Map<string, number>();
      const turns: Uint8Array[][] = [];
      for (const transaction of waiting.values()) {
        const sender = transaction.sender ?? '';
        const turn = seen.get(sender) ?? 0;
        seen.set(sender, turn + 1);
        (turns[turn] ??= []).push(transaction.bytes);
      }
      const chosen: Uint8Array[] = [];
      let used = 0;
      for (const candidate of turns.flat()) {
        if (used + candidate.length > bytesMax) break;
        used += candidate.length;
        chosen.push(candidate);
      }
      return chosen;
    },
    remove: (txId) => {
      const key = toHex(txId);
      const found = waiting.get(key);
      if (found !== undefined) drop(key, found);
    },
    recheck: (isStillGood) => {
      let left = RECHECKED_MAX;
      for (const [key, transaction] of waiting) {
        if (left-- === 0) return;
        if (!isStillGood(transaction.bytes)) drop(key, transaction);
      }
    },
    oldest: (max) => [...waiting.values()].slice(0, max).map((transaction) => transaction.bytes),
    size: () => waiting.size,
  };
}
