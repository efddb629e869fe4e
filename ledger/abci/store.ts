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

type Rows = Map<bigint, CborValue | undefined>;
type Tables = Map<number, Rows>;

/**
 * The state under execution: committed records in the trie, a block's writes in an overlay in front of it. Reads of the store itself
 * see the overlay; `committed` never does. Values are shared and never changed in place, so a decoded record serves many readers.
 */
export class Store implements StateWriter {
  readonly #crypto: Crypto;
  #trie: Trie = EMPTY_TRIE;
  #overlay: Tables = new Map();
  #sealed: TrieEdit | undefined;
  #cache: Tables = new Map();
  #older: Tables = new Map();
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
    const rows = this.#overlay.get(tableKey(table));
    if (rows?.has(id) === true) return rows.get(id) as Value | undefined;
    return this.#readCommitted(table, id);
  }

  write<Value extends CborValue>(table: Table<Value>, id: bigint, value: Value): void {
    rowsOf(this.#overlay, tableKey(table)).set(id, value);
  }

  erase<Value extends CborValue>(table: Table<Value>, id: bigint): void {
    rowsOf(this.#overlay, tableKey(table)).set(id, undefined);
  }

  /** State root with the overlay in it; the overlay stays until commit or discard. */
  seal(): Uint8Array {
    const edit = beginEdit(this.#trie);
    for (const [key, rows] of this.#overlay) {
      for (const [id, value] of rows) {
        const record = recordKey(key >> 8, key & 0xff, id);
        if (value === undefined) remove(edit, record);
        else put(edit, record, encode(value));
      }
    }
    this.#sealed = edit;
    return rootHash(edit, this.#crypto);
  }

  /** Makes the sealed overlay the committed state. */
  commit(): void {
    assert(this.#sealed !== undefined, 'a block is sealed before it is committed');
    this.#trie = freeze(this.#sealed);
    for (const [key, rows] of this.#overlay) for (const [id, value] of rows) this.#keep(key, id, value);
    this.discard();
  }

  discard(): void {
    this.#overlay = new Map();
    this.#sealed = undefined;
  }

  /** Replaces everything by another committed state. */
  reset(trie: Trie): void {
    this.discard();
    this.#trie = trie;
    this.#cache = new Map();
    this.#older = new Map();
    this.#cached = 0;
  }

  #readCommitted<Value extends CborValue>(table: Table<Value>, id: bigint): Value | undefined {
    const key = tableKey(table);
    const fresh = this.#cache.get(key);
    if (fresh?.has(id) === true) return fresh.get(id) as Value | undefined;
    const older = this.#older.get(key);
    const value =
      older?.has(id) === true
        ? older.get(id)
        : decodeRecord(get(this.#trie, recordKey(table.contract, table.table, id)));
    // Absence is not kept: asking for unknown ids must cost no memory.
    if (value !== undefined) this.#keep(key, id, value);
    return value as Value | undefined;
  }

  #keep(key: number, id: bigint, value: CborValue | undefined): void {
    this.#older.get(key)?.delete(id);
    const rows = rowsOf(this.#cache, key);
    if (value === undefined) {
      rows.delete(id);
      return;
    }
    rows.set(id, value);
    this.#cached += 1;
    if (this.#cached < CACHE_MAX) return;
    this.#older = this.#cache;
    this.#cache = new Map();
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

function tableKey(table: { contract: number; table: number }): number {
  return (table.contract << 8) | table.table;
}

function rowsOf(tables: Tables, key: number): Rows {
  const known = tables.get(key);
  if (known !== undefined) return known;
  const rows: Rows = new Map();
  tables.set(key, rows);
  return rows;
}

function decodeRecord(bytes: Uint8Array | undefined): CborValue | undefined {
  if (bytes === undefined) return undefined;
  const decoded = decode(bytes);
  assert(decoded.ok, 'the state holds deterministic CBOR');
  return decoded.value;
}
