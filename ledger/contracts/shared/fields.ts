import type { TypedDataFields, TypedDataTypes } from '#ledger/core/typed-data.ts';
import { structs } from './structs.ts';

type Structs = typeof structs;

/** A type of EIP-712, the name of a shared struct, either with `[]` behind it; or a list of the words that the field may hold. */
export type FieldType = string | readonly string[];
/** Fields of a struct, a method or an event, in the order in which they are signed. */
export type Fields = Readonly<Record<string, FieldType>>;
/** Fields that a person signs: wallets know no word lists, so the contract checks the word. */
export type SignedFields = Readonly<Record<string, string>>;

type AtomOf<Type> = Type extends `uint${number}` | `int${number}`
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

/** Name of a type without its brackets. */
export function itemType(type: string): string {
  return type.endsWith('[]') ? itemType(type.slice(0, -2)) : type;
}

/** Fields of a shared struct; undefined when the type is none. */
export function structFields(type: string): Fields | undefined {
  return isStruct(type) ? structs[type] : undefined;
}

function typedDataFields(fields: Fields): TypedDataFields {
  return Object.entries(fields).map(([name, type]) => ({ name, type: typeof type === 'string' ? type : 'string' }));
}

/** EIP-712 types of a primary type and of every struct that it reaches. */
export function typedDataTypes(primaryType: string, fields: Fields): TypedDataTypes {
  const types: Record<string, TypedDataFields> = { [primaryType]: typedDataFields(fields) };
  const add = (of: Fields): void => {
    for (const type of Object.values(of)) {
      const name = typeof type === 'string' ? itemType(type) : '';
      const inner = structFields(name);
      if (inner === undefined || types[name] !== undefined) continue;
      types[name] = typedDataFields(inner);
      add(inner);
    }
  };
  add(fields);
  return types;
}
