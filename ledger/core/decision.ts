import type { CborValue } from './codec.ts';
import type { Crypto } from './crypto.ts';

/**
 * How a contract talks to the machine: it reads and writes records of its own tables, decides events from commands, and evolves state
 * from events. Contracts share these types and nothing else.
 */

/** One table of a contract: records under dense ids. Never two tables with one (contract, table) pair. */
export interface Table<Value extends CborValue> {
  readonly contract: number;
  readonly table: number;
  /** Carries the record's type only; never set. */
  readonly value?: Value;
}

/** What stands now. A value is shared, never changed in place: `evolve` writes a new one. */
export interface StateReader {
  read<Value extends CborValue>(table: Table<Value>, id: bigint): Value | undefined;
}

export interface StateWriter extends StateReader {
  write<Value extends CborValue>(table: Table<Value>, id: bigint, value: Value): void;
  erase<Value extends CborValue>(table: Table<Value>, id: bigint): void;
}

/** For invariants: every record of a table in order of id. */
export interface StateScanner extends StateReader {
  scan<Value extends CborValue>(table: Table<Value>): readonly (readonly [id: bigint, value: Value])[];
}

export type EventPayload = { readonly [field: string]: CborValue };

/** Work for a later block: at most one item waits per (contract, kind, subject). */
export type DueItem = {
  readonly atMs: bigint;
  readonly contract: number;
  /** The contract's word for it: `prepare-by`. */
  readonly kind: string;
  /** Id of the record it concerns. */
  readonly subject: bigint;
};

/** What a successful command leaves: events in order, work for later, work no longer due, and the receipt's data (null when absent). */
export interface Decision<Event> {
  readonly events: readonly Event[];
  readonly due?: readonly DueItem[];
  readonly cancel?: readonly Omit<DueItem, 'atMs'>[];
  readonly data?: CborValue;
}

/** The block and the signer of a command. */
export interface CommandContext {
  /** Block time. */
  readonly nowMs: bigint;
  readonly height: bigint;
  readonly network: Uint8Array;
  readonly crypto: Crypto;
  /** Signing account, 0 only for CreateAccount. */
  readonly account: bigint;
  /** 0 the owner key. */
  readonly key: bigint;
  /** 20-byte address that signed. */
  readonly signer: Uint8Array;
}

export interface DueContext {
  readonly nowMs: bigint;
  readonly height: bigint;
}
