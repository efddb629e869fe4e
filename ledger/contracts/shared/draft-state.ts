import type { CborValue } from '#ledger/core/codec.ts';
import type { StateReader, StateWriter, Table } from '#ledger/core/decision.ts';
import { ERASED, Rows } from '#ledger/core/rows.ts';

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
