import type { CborValue } from '#ledger/core/codec.ts';
import type { StateReader, StateWriter, Table } from '#ledger/core/decision.ts';

/** Stands for a record that was erased. */
export const ERASED: unique symbol = Symbol('erased');

type Row = CborValue | typeof ERASED;

/** Records by table and id. */
export class Rows {
  readonly #tables = new Map<number, Map<bigint, Row>>();

  /** undefined where nothing is known of the record. */
  get(table: Table<CborValue>, id: bigint): Row | undefined {
    return this.#tables.get(numberOf(table))?.get(id);
  }

  set(table: Table<CborValue>, id: bigint, row: Row): void {
    const number = numberOf(table);
    const known = this.#tables.get(number);
    if (known === undefined) this.#tables.set(number, new Map([[id, row]]));
    else known.set(id, row);
  }

  delete(table: Table<CborValue>, id: bigint): void {
    this.#tables.get(numberOf(table))?.delete(id);
  }

  /** Table by table. A block's rows are many: a generator would make three objects of each. */
  forEach(use: (table: Table<CborValue>, id: bigint, row: Row) => void): void {
    for (const [number, rows] of this.#tables) {
      const table = { contract: number >> 8, table: number & 0xff };
      rows.forEach((row, id) => use(table, id, row));
    }
  }
}

/** Contract and table fit a byte each (record-key.ts). */
function numberOf({ contract, table }: Table<CborValue>): number {
  return (contract << 8) | table;
}

/**
 * What would stand if some events were written: reads fall through to the state beneath, writes stay here. Parts of an order are decided on
 * one, each seeing what the earlier ones took; a refusal throws it away.
 */
export class DraftState implements StateWriter {
  readonly #beneath: StateReader;
  readonly #written = new Rows();

  constructor(beneath: StateReader) {
    this.#beneath = beneath;
  }

  read<Value extends CborValue>(table: Table<Value>, id: bigint): Value | undefined {
    const written = this.#written.get(table, id);
    if (written === undefined) return this.#beneath.read(table, id);
    return written === ERASED ? undefined : (written as Value);
  }

  write<Value extends CborValue>(table: Table<Value>, id: bigint, value: Value): void {
    this.#written.set(table, id, value);
  }

  erase<Value extends CborValue>(table: Table<Value>, id: bigint): void {
    this.#written.set(table, id, ERASED);
  }
}
