import { fromHex } from '#ledger/core/bytes.ts';
import {
  isInteger,
  structFields,
  type Fields,
  type FieldType,
  type RecordOf,
  type Struct,
} from '#ledger/contracts/shared/fields.ts';
import { structs } from '#ledger/contracts/shared/structs.ts';

function valueFromJson(type: FieldType, json: unknown): unknown {
  if (typeof type !== 'string') return json;
  if (type.endsWith('[]')) return (json as readonly unknown[]).map((item) => valueFromJson(type.slice(0, -2), item));
  const fields = structFields(type);
  if (fields !== undefined) return recordFromJson(fields, json as Readonly<Record<string, unknown>>);
  if (isInteger(type)) return BigInt(json as string);
  if (type === 'address' || type.startsWith('bytes')) return fromHex(json as string);
  return json;
}

/** A record as its definition types it, from the JSON that the read model keeps: decimal strings become integers, hex bytes. */
export function recordFromJson<F extends Fields>(fields: F, json: Readonly<Record<string, unknown>>): RecordOf<F> {
  const entries = Object.entries(fields).map(([name, type]) => [name, valueFromJson(type, json[name])]);
  return Object.fromEntries(entries) as RecordOf<F>;
}

/** A list of a shared struct from the JSON that the read model keeps. */
export function structsFromJson<Name extends keyof typeof structs>(name: Name, json: unknown): Struct<Name>[] {
  return (json as readonly Readonly<Record<string, unknown>>[]).map((item) => recordFromJson(structs[name], item));
}
