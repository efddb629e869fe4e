import { ERASED, Rows } from '#ledger/contracts/shared/draft-state.ts';
import { assert } from '#ledger/core/assert.ts';
import { decode, encode, type CborValue } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { StateScanner, StateWriter, Table } from '#ledger/core/decision.ts';
import { recordKey, splitRecordKey } from '#ledger/core/record-key.ts';
import {
  EMPTY_TRIE,
  beginEdit,
  freeze,
  get,
  put,
  remove,
  rootHash,
  tableRecords,
  type Trie,
  type TrieEdit,
} from '#ledger/core/trie.ts';

/** Decoded records kept per generation; two generations stand, the older one falls away when the newer is full. */
const CACHE_MAX = 65_536;

/**
 * The state under execution: committed records in the trie, a block's writes in an overlay in front of it. Reads of the store itself
 * see the overlay; `committed` never does. Values are shared and never changed in place, so a decoded record serves many readers.
 */
export class Store implements StateWriter {
  readonly #crypto: Crypto;
  #trie: Trie = EMPTY_TRIE;
  #overlay = new Rows();
  #sealed: TrieEdit | undefined;
  #cache = new Rows();
  #older = new Rows();
  #cached = 0;

  /** What the last commit left, for queries and admission. */
  readonly committed: StateScanner = {
    read: (table, id) => this.#readCommitted(table, id),
    scan: (table) => this.#scan(table),
  };

  constructor(crypto: Crypto) {
    this.#crypto = crypto;
  }

  get trie(): Trie {
    return this.#trie;
  }

  read<Value extends CborValue>(table: Table<Value>, id: bigint): Value | undefined {
    const written = this.#overlay.get(table, id);
    if (written === undefined) return this.#readCommitted(table, id);
    return written === ERASED ? undefined : (written as Value);
  }

  write<Value extends CborValue>(table: Table<Value>, id: bigint, value: Value): void {
    this.#overlay.set(table, id, value);
  }

  erase<Value extends CborValue>(table: Table<Value>, id: bigint): void {
    this.#overlay.set(table, id, ERASED);
  }

  /** State root with the overlay in it; the overlay stays until commit or discard. */
  seal(): Uint8Array {
    const edit = beginEdit(this.#trie);
    this.#overlay.forEach(({ contract, table }, id, row) => {
      const record = recordKey(contract, table, id);
      if (row === ERASED) remove(edit, record);
      else put(edit, record, encode(row));
    });
    this.#sealed = edit;
    return rootHash(edit, this.#crypto);
  }

  /** Makes the sealed overlay the committed state. */
  commit(): void {
    assert(this.#sealed !== undefined, 'a block is sealed before it is committed');
    this.#trie = freeze(this.#sealed);
    this.#overlay.forEach((table, id, row) => {
      if (row === ERASED) this.#forget(table, id);
      else this.#keep(table, id, row);
    });
    this.discard();
  }

  discard(): void {
    this.#overlay = new Rows();
    this.#sealed = undefined;
  }

  /** Replaces everything by another committed state. */
  reset(trie: Trie): void {
    this.discard();
    this.#trie = trie;
    this.#cache = new Rows();
    this.#older = new Rows();
    this.#cached = 0;
  }

  #readCommitted<Value extends CborValue>(table: Table<Value>, id: bigint): Value | undefined {
    const fresh = this.#cache.get(table, id);
    if (fresh !== undefined) return fresh as Value;
    const older = this.#older.get(table, id) as CborValue | undefined;
    const value = older ?? decodeRecord(get(this.#trie, recordKey(table.contract, table.table, id)));
    // Absence is not kept: asking for unknown ids must cost no memory.
    if (value !== undefined) this.#keep(table, id, value);
    return value as Value | undefined;
  }

  #forget(table: Table<CborValue>, id: bigint): void {
    this.#cache.delete(table, id);
    this.#older.delete(table, id);
  }

  #keep(table: Table<CborValue>, id: bigint, value: CborValue): void {
    this.#older.delete(table, id);
    this.#cache.set(table, id, value);
    this.#cached += 1;
    if (this.#cached < CACHE_MAX) return;
    this.#older = this.#cache;
    this.#cache = new Rows();
    this.#cached = 0;
  }

  #scan<Value extends CborValue>(table: Table<Value>): (readonly [bigint, Value])[] {
    const found: (readonly [bigint, Value])[] = [];
    for (const { key, value } of tableRecords(this.#trie, table.contract, table.table)) {
      found.push([splitRecordKey(key).id, decodeRecord(value) as Value]);
    }
    return found;
  }
}

function decodeRecord(bytes: Uint8Array | undefined): CborValue | undefined {
  if (bytes === undefined) return undefined;
  const decoded = decode(bytes);
  assert(decoded.ok, 'the state holds deterministic CBOR');
  return decoded.value;
}
