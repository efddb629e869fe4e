import { fromHex } from './bytes.ts';

/** JSON that a person or a peer may have written: read strictly, with one sentence for the first thing that is wrong. */
export type JsonVerdict<Value> =
  { readonly ok: true; readonly value: Value } | { readonly ok: false; readonly sentence: string };

/** Reads one place; `path` names it in the sentence. */
export type JsonReader<Value> = (value: unknown, path: string) => JsonVerdict<Value>;

type ValueOf<Reader> = Reader extends JsonReader<infer Value> ? Value : never;

export interface Bounds<Value> {
  readonly min: Value;
  readonly max: Value;
}

function wrong(path: string, fault: string): { readonly ok: false; readonly sentence: string } {
  return { ok: false, sentence: `${path} ${fault}.` };
}

/** The text without the byte order mark that some editors write before it: browsers leave it out of a file's text, programs do not. */
export function withoutMark(text: string): string {
  return text.startsWith('\uFEFF') ? text.slice(1) : text;
}

/** Text of at most `charactersMax` characters as JSON, then by the reader; a byte order mark before it says nothing. Never throws. */
export function readJson<Value>(
  text: string,
  source: { readonly name: string; readonly charactersMax: number },
  reader: JsonReader<Value>,
): JsonVerdict<Value> {
  if (text.length > source.charactersMax) {
    return wrong(source.name, `is longer than ${source.charactersMax} characters`);
  }
  let value: unknown;
  try {
    value = JSON.parse(withoutMark(text));
  } catch {
    return wrong(source.name, 'is not JSON');
  }
  return reader(value, source.name);
}

/** A string whose length in UTF-16 units is within the bounds. */
export function text(length: Bounds<number>): JsonReader<string> {
  return (value, path) => {
    if (typeof value !== 'string') return wrong(path, 'must be a text');
    if (value.length < length.min || value.length > length.max) {
      return wrong(path, `must have ${length.min} to ${length.max} characters`);
    }
    return { ok: true, value };
  };
}

/** Exactly this string. */
export function constant<const Text extends string>(expected: Text): JsonReader<Text> {
  return (value, path) => (value === expected ? { ok: true, value: expected } : wrong(path, `must be "${expected}"`));
}

/** Lower-case hex of a number of bytes within the bounds; `0x` may stand in front. */
export function hexBytes(length: Bounds<number>): JsonReader<Uint8Array> {
  const extent = length.min === length.max ? `${length.min}` : `${length.min} to ${length.max}`;
  return (value, path) => {
    if (typeof value !== 'string' || value.length > length.max * 2 + 2 || value.toLowerCase() !== value) {
      return wrong(path, `must be ${extent} bytes in lower-case hex`);
    }
    const bytes = fromHex(value);
    if (bytes === undefined || bytes.length < length.min || bytes.length > length.max) {
      return wrong(path, `must be ${extent} bytes in lower-case hex`);
    }
    return { ok: true, value: bytes };
  };
}

/** An integer as a decimal string without leading zeros. */
export function decimal(bounds: Bounds<bigint>): JsonReader<bigint> {
  return (value, path) => {
    if (typeof value !== 'string' || value.length > 40 || !/^(0|-?[1-9]\d*)$/.test(value)) {
      return wrong(path, 'must be an integer written as a decimal string');
    }
    const integer = BigInt(value);
    if (integer < bounds.min || integer > bounds.max) return wrong(path, `must be ${bounds.min} to ${bounds.max}`);
    return { ok: true, value: integer };
  };
}

export function list<Value>(item: JsonReader<Value>, length: Bounds<number>): JsonReader<Value[]> {
  return (value, path) => {
    if (!Array.isArray(value)) return wrong(path, 'must be a list');
    if (value.length < length.min || value.length > length.max) {
      return wrong(path, `must have ${length.min} to ${length.max} entries`);
    }
    const items: Value[] = [];
    for (let i = 0; i < value.length; i++) {
      const read = item(value[i], `${path}[${i}]`);
      if (!read.ok) return read;
      items.push(read.value);
    }
    return { ok: true, value: items };
  };
}

/** Absent (or undefined) is taken as undefined. */
export function optional<Value>(reader: JsonReader<Value>): JsonReader<Value | undefined> {
  return (value, path) => (value === undefined ? { ok: true, value: undefined } : reader(value, path));
}

/** Exactly these fields: one that is missing or unknown is a fault. */
export function object<Fields extends Readonly<Record<string, JsonReader<unknown>>>>(
  fields: Fields,
): JsonReader<{ [Name in keyof Fields]: ValueOf<Fields[Name]> }> {
  return (value, path) => {
    if (!isRecord(value)) return wrong(path, 'must be an object');
    for (const name of Object.keys(value)) {
      if (!Object.hasOwn(fields, name)) return wrong(path, `has an unknown field ${JSON.stringify(name.slice(0, 40))}`);
    }
    const record: Record<string, unknown> = {};
    for (const [name, reader] of Object.entries(fields)) {
      const read = reader(Object.hasOwn(value, name) ? value[name] : undefined, `${path}.${name}`);
      if (!read.ok) return read;
      record[name] = read.value;
    }
    return { ok: true, value: record as { [Name in keyof Fields]: ValueOf<Fields[Name]> } };
  };
}

/** An object from names of the given form to values. */
export function dictionary<Value>(
  entry: { readonly name: RegExp; readonly entriesMax: number },
  reader: JsonReader<Value>,
): JsonReader<Record<string, Value>> {
  return (value, path) => {
    if (!isRecord(value)) return wrong(path, 'must be an object');
    const names = Object.keys(value);
    if (names.length > entry.entriesMax) return wrong(path, `must have at most ${entry.entriesMax} entries`);
    const record: Record<string, Value> = {};
    for (const name of names) {
      if (!entry.name.test(name))
        return wrong(path, `has a name that is not allowed: ${JSON.stringify(name.slice(0, 40))}`);
      const read = reader(value[name], `${path}.${name}`);
      if (!read.ok) return read;
      record[name] = read.value;
    }
    return { ok: true, value: record };
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A value for a JSON file: bytes as lower-case hex, integers as decimal strings. */
export type JsonValue =
  string | number | boolean | null | readonly JsonValue[] | { readonly [name: string]: JsonValue | undefined };
