import type { TypedDataFields, TypedDataTypes } from '#ledger/core/typed-data.ts';
import { structs } from './structs.ts';

/**
 * Numbers by what they count. All are uint64 when they are signed; the bounds are what every reader can hold: a JavaScript number holds
 * whole numbers to 2^53, a bigint column of PostgreSQL to 2^63 − 1.
 */
export const BOUNDED = {
  /** A dense id. */
  Id: (1n << 48n) - 1n,
  /** Milliseconds since the epoch, to the end of the year 9999; later times are slips of units. */
  TimeMs: 253_402_300_799_999n,
  /** Milliseconds, to about 10,000 years. */
  DurationMs: 315_360_000_000_000n,
  /** Micro-units of tokens. */
  Micro: (1n << 63n) - 1n,
  /** Of a meter. */
  Amount: (1n << 53n) - 1n,
} as const;

/** A type of EIP-712, one of BOUNDED, the name of a shared struct, any of them with `[]` behind it; or a list of the words that the field may hold. */
export type FieldType = string | readonly string[];
/** Fields of a struct, a method or an event, in the order in which they are signed. */
export type Fields = Readonly<Record<string, FieldType>>;
/** Fields that a person signs: wallets know no word lists, so the contract checks the word. */
export type SignedFields = Readonly<Record<string, string>>;

type Structs = typeof structs;

type AtomOf<Type> = Type extends `uint${number}` | `int${number}` | keyof typeof BOUNDED
  ? bigint
  : Type extends 'string'
    ? string
    : Type extends 'bool'
      ? boolean
      : Type extends 'address' | 'bytes' | `bytes${number}`
        ? Uint8Array
        : never;

/** What a field of this type holds in TypeScript: integers are bigint, bytes and addresses Uint8Array. */
export type ValueOf<Type> = Type extends readonly string[]
  ? Type[number]
  : Type extends `${infer Item}[]`
    ? ValueOf<Item>[]
    : Type extends keyof Structs
      ? RecordOf<Structs[Type]>
      : AtomOf<Type>;

/** The record that a list of fields describes. */
export type RecordOf<F extends Fields> = { -readonly [Name in keyof F]: ValueOf<F[Name]> };

/** A struct that contracts share, as a record. */
export type Struct<Name extends keyof Structs> = RecordOf<Structs[Name]>;

function isStruct(name: string): name is keyof Structs {
  return Object.hasOwn(structs, name);
}

/** Largest number of a bounded type; undefined for every other type. */
export function boundOf(type: string): bigint | undefined {
  return Object.hasOwn(BOUNDED, type) ? BOUNDED[type as keyof typeof BOUNDED] : undefined;
}

/** True for types whose values are integers. */
export function isInteger(type: string): boolean {
  return boundOf(type) !== undefined || /^u?int\d+$/.test(type);
}

/** Fields of a shared struct; undefined when the type is none. */
export function structFields(type: string): Fields | undefined {
  return isStruct(type) ? structs[type] : undefined;
}

const BRACKETS = /(\[\d*\])+$/;

function signedType(type: FieldType): string {
  if (typeof type !== 'string') return 'string';
  const brackets = BRACKETS.exec(type)?.[0] ?? '';
  const item = type.slice(0, type.length - brackets.length);
  return boundOf(item) === undefined ? type : `uint64${brackets}`;
}

function typedDataFields(fields: Fields): TypedDataFields {
  return Object.entries(fields).map(([name, type]) => ({ name, type: signedType(type) }));
}

/** EIP-712 types of a primary type and of every struct that it reaches. */
export function typedDataTypes(primaryType: string, fields: Fields): TypedDataTypes {
  const types: Record<string, TypedDataFields> = { [primaryType]: typedDataFields(fields) };
  const add = (of: Fields): void => {
    for (const type of Object.values(of)) {
      const name = typeof type === 'string' ? type.replace(BRACKETS, '') : '';
      const inner = structFields(name);
      if (inner === undefined || types[name] !== undefined) continue;
      types[name] = typedDataFields(inner);
      add(inner);
    }
  };
  add(fields);
  return types;
}

/** True when every number is within the bound of its type. The record has been accepted by its EIP-712 types. */
export function isBounded(fields: Fields, record: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(fields).every(([name, type]) => typeof type !== 'string' || isValueBounded(type, record[name]));
}

function isValueBounded(type: string, value: unknown): boolean {
  if (type.endsWith('[]'))
    return (value as readonly unknown[]).every((item) => isValueBounded(type.slice(0, -2), item));
  const bound = boundOf(type);
  if (bound !== undefined) return (value as bigint) <= bound;
  const inner = structFields(type);
  return inner === undefined || isBounded(inner, value as Readonly<Record<string, unknown>>);
}
