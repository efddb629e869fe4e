import type { CborValue } from '#ledger/core/codec.ts';
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

  #rows(table: { contract: number; table: number }): Map<bigint, CborValue> {
    const name = `${table.contract}/${table.table}`;
    const rows = this.#tables.get(name) ?? new Map<bigint, CborValue>();
    this.#tables.set(name, rows);
    return rows;
  }
}
