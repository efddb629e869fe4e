import type { DueItem, StateScanner, StateWriter } from '#ledger/core/decision.ts';
import { NO_GLOBALS, machineTables } from './machine-tables.ts';

/** Items run per block; the rest waits for the next one, in order. */
export const DUE_PER_BLOCK_MAX = 256;

export interface QueuedItem extends DueItem {
  readonly sequence: bigint;
}

/**
 * Work for later, ordered by (time, sequence). The records are state; heap and index are derived from them. What a block takes, adds
 * and cancels becomes visible here only when it is committed.
 */
export class DueQueue {
  /** Binary heap of committed items; an item that `#live` does not name any more is dead and skipped. */
  #heap: QueuedItem[] = [];
  #live = new Map<string, QueuedItem>();
  #popped: QueuedItem[] = [];
  /** By subject: a later item of the same subject takes the earlier one's place. */
  #added = new Map<string, QueuedItem>();
  #gone = new Map<bigint, string>();

  /** Rebuilds from committed records. */
  load(state: StateScanner): void {
    this.#heap = [];
    this.#live = new Map();
    this.#beginBlock();
    for (const [sequence, record] of state.scan(machineTables.due)) {
      this.#index({ ...record, contract: Number(record.contract), sequence });
    }
  }

  /** What is due now, at most DUE_PER_BLOCK_MAX. Work that the block adds waits for a later block, also when it is due already. */
  take(nowMs: bigint): readonly QueuedItem[] {
    const due: QueuedItem[] = [];
    for (
      let top = this.#top();
      top !== undefined && top.atMs <= nowMs && due.length < DUE_PER_BLOCK_MAX;
      top = this.#top()
    ) {
      this.#popped.push(popHeap(this.#heap)!);
      due.push(top);
    }
    return due;
  }

  /** False once the item has run or was cancelled in this block. */
  isWaiting(item: QueuedItem): boolean {
    return !this.#gone.has(item.sequence);
  }

  add(state: StateWriter, item: DueItem): void {
    const sequence = takeSequence(state);
    const { atMs, contract, kind, subject } = item;
    state.write(machineTables.due, sequence, { atMs, contract: BigInt(contract), kind, subject });
    this.#added.set(subjectKey(item), { sequence, ...item });
  }

  /** Takes an item out for good: it ran, or is not wanted any more. */
  remove(state: StateWriter, item: QueuedItem): void {
    this.#gone.set(item.sequence, subjectKey(item));
    state.erase(machineTables.due, item.sequence);
  }

  /** Nothing happens when no such item waits. */
  cancel(state: StateWriter, what: Omit<DueItem, 'atMs'>): void {
    const key = subjectKey(what);
    const item = this.#added.get(key) ?? this.#live.get(key);
    if (item !== undefined && this.isWaiting(item)) this.remove(state, item);
  }

  /** Earliest time at which work waits after this block; undefined when none does. */
  nextDueMs(): bigint | undefined {
    let top = this.#top();
    for (; top !== undefined && !this.isWaiting(top); top = this.#top()) this.#popped.push(popHeap(this.#heap)!);
    let next = top?.atMs;
    for (const item of this.#added.values())
      if (this.isWaiting(item) && (next === undefined || item.atMs < next)) next = item.atMs;
    return next;
  }

  /** Committed items that wait, and those of them whose time has come by `nowMs`. */
  counts(nowMs: bigint): { readonly all: number; readonly late: number } {
    let late = 0;
    for (const { atMs } of this.#live.values()) if (atMs <= nowMs) late += 1;
    return { all: this.#live.size, late };
  }

  commit(): void {
    for (const [sequence, key] of this.#gone) if (this.#live.get(key)?.sequence === sequence) this.#live.delete(key);
    for (const item of this.#popped) if (this.isWaiting(item)) pushHeap(this.#heap, item);
    for (const item of this.#added.values()) if (this.isWaiting(item)) this.#index(item);
    this.#beginBlock();
  }

  /** The block is abandoned: everything waits as before. */
  discard(): void {
    for (const item of this.#popped) pushHeap(this.#heap, item);
    this.#beginBlock();
  }

  #beginBlock(): void {
    this.#popped = [];
    this.#added = new Map();
    this.#gone = new Map();
  }

  #index(item: QueuedItem): void {
    this.#live.set(subjectKey(item), item);
    pushHeap(this.#heap, item);
  }

  /** First committed item that is alive. */
  #top(): QueuedItem | undefined {
    for (;;) {
      const top = this.#heap[0];
      if (top === undefined || this.#live.get(subjectKey(top)) === top) return top;
      popHeap(this.#heap);
    }
  }
}

/** The next number that no due item has had: also for what is recorded like one without ever having waited. */
export function takeSequence(state: StateWriter): bigint {
  const globals = state.read(machineTables.globals, 0n) ?? NO_GLOBALS;
  state.write(machineTables.globals, 0n, { ...globals, nextSequence: globals.nextSequence + 1n });
  return globals.nextSequence;
}

function subjectKey(item: Omit<DueItem, 'atMs'>): string {
  return `${item.contract}/${item.kind}/${item.subject}`;
}

function isBefore(left: QueuedItem, right: QueuedItem): boolean {
  return left.atMs === right.atMs ? left.sequence < right.sequence : left.atMs < right.atMs;
}

function pushHeap(heap: QueuedItem[], item: QueuedItem): void {
  let at = heap.length;
  heap.push(item);
  while (at > 0) {
    const parent = (at - 1) >> 1;
    if (!isBefore(item, heap[parent]!)) break;
    heap[at] = heap[parent]!;
    at = parent;
  }
  heap[at] = item;
}

function popHeap(heap: QueuedItem[]): QueuedItem | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (first === undefined || last === undefined || heap.length === 0) return first;
  let at = 0;
  for (;;) {
    let child = at * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
    if (!isBefore(heap[child]!, last)) break;
    heap[at] = heap[child]!;
    at = child;
  }
  heap[at] = last;
  return first;
}
