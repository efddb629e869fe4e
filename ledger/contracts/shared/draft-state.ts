import type { CborValue } from '#ledger/core/codec.ts';
import type { StateReader, StateWriter, Table } from '#ledger/core/decision.ts';

/**
 * What would stand if some events were written: reads fall through to the state beneath, writes stay here. Parts of an order are decided on
 * one, each seeing what the earlier ones took; a refusal throws it away.
 */
export class DraftState implements StateWriter {
  readonly #beneath: StateReader;
  readonly #written = new Map<string, { readonly value: CborValue } | 'erased'>();

  constructor(beneath: StateReader) {
    this.#beneath = beneath;
  }

  read<Value extends CborValue>(table: Table<Value>, id: bigint): Value | undefined {
    const own = this.#written.get(placeOf(table, id));
    if (own === undefined) return this.#beneath.read(table, id);
    return own === 'erased' ? undefined : (own.value as Value);
  }

  write<Value extends CborValue>(table: Table<Value>, id: bigint, value: Value): void {
    this.#written.set(placeOf(table, id), { value });
  }

  erase<Value extends CborValue>(table: Table<Value>, id: bigint): void {
    this.#written.set(placeOf(table, id), 'erased');
  }
}

function placeOf(table: { readonly contract: number; readonly table: number }, id: bigint): string {
  return `${table.contract}/${table.table}/${id}`;
}
