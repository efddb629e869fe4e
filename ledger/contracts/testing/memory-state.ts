import { encode, type CborValue } from '#ledger/core/codec.ts';
import type { StateScanner, StateWriter, Table } from '#ledger/core/decision.ts';

/** Records in plain maps, for tests: the same reads and writes as the machine's store, without trie and proofs. */
export class MemoryState implements StateWriter, StateScanner {
  readonly #tables = new Map<string, Map<bigint, CborValue>>();

  read<Value extends CborValue>(table: Table<Value>, id: bigint): Value | undefined {
    return this.#rows(table).get(id) as Value | undefined;
  }

  write<Value extends CborValue>(table: Table<Value>, id: bigint, value: Value): void {
    this.#rows(table).set(id, value);
  }

  erase<Value extends CborValue>(table: Table<Value>, id: bigint): void {
    this.#rows(table).delete(id);
  }

  scan<Value extends CborValue>(table: Table<Value>): (readonly [bigint, Value])[] {
    const rows = [...this.#rows(table)] as [bigint, Value][];
    return rows.sort(([left], [right]) => (left < right ? -1 : 1));
  }

  /** All records as bytes, the same for equal states: tables by name, records by id. */
  bytes(): Uint8Array {
    const tables = [...this.#tables]
      .filter(([, rows]) => rows.size > 0)
      .sort(([left], [right]) => (left < right ? -1 : 1));
    return encode(tables.map(([name, rows]) => [name, [...rows].sort(([left], [right]) => (left < right ? -1 : 1))]));
  }

  /** Another state with the same records. Values are shared: nobody changes one in place. */
  copy(): MemoryState {
    const copy = new MemoryState();
    for (const [name, rows] of this.#tables) copy.#tables.set(name, new Map(rows));
    return copy;
  }

  #rows(table: { contract: number; table: number }): Map<bigint, CborValue> {
    const name = `${table.contract}/${table.table}`;
    const rows = this.#tables.get(name) ?? new Map<bigint, CborValue>();
    this.#tables.set(name, rows);
    return rows;
  }
}
