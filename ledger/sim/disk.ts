import type { Prng } from './prng.ts';

/** The process dies here; the simulator catches it and restarts the node later. */
export class Crash extends Error {
  override readonly name = 'Crash';
  readonly node: number;

  constructor(node: number) {
    super(`node ${node} dies`);
    this.node = node;
  }
}

interface Kept<Record> {
  readonly record: Record;
  readonly isTorn: boolean;
}

/**
 * An append-only log. A crash keeps what was synced; of the rest some first records, the last of them perhaps torn. `atPersistPoint` is asked
 * before and after every sync, and throws `Crash` when the plan says so.
 */
export class Disk<Record> {
  #records: Kept<Record>[] = [];
  #synced = 0;
  readonly #prng: Prng;
  readonly #atPersistPoint: () => void;

  constructor(prng: Prng, atPersistPoint: () => void) {
    this.#prng = prng;
    this.#atPersistPoint = atPersistPoint;
  }

  append(record: Record): void {
    this.#records.push({ record, isTorn: false });
  }

  sync(): void {
    this.#atPersistPoint();
    this.#synced = this.#records.length;
    this.#atPersistPoint();
  }

  /** Whether a record that a crash cannot take away any more is so; looks at the newest first. */
  hasDurable(is: (record: Record) => boolean): boolean {
    for (let at = this.#synced - 1; at >= 0; at -= 1) {
      const kept = this.#records[at];
      if (kept !== undefined && is(kept.record)) return true;
    }
    return false;
  }

  crash(): void {
    const kept = this.#prng.between(this.#synced, this.#records.length);
    const left = this.#records.slice(0, kept);
    const last = left.at(-1);
    if (last !== undefined && kept > this.#synced && this.#prng.chance(0.5)) left[kept - 1] = { ...last, isTorn: true };
    this.#records = left;
  }

  /** What a restart finds: up to the torn record, which is cut off. What was found is synced before it is relied on. */
  recover(): Record[] {
    const torn = this.#records.findIndex((kept) => kept.isTorn);
    if (torn >= 0) this.#records = this.#records.slice(0, torn);
    this.#synced = this.#records.length;
    return this.#records.map((kept) => kept.record);
  }
}
