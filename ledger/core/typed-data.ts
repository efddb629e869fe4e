import { assert } from './assert.ts';
import { utf8, writeU64 } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { scratch } from './scratch.ts';

/** uintN → bigint, string → string, bool → boolean, bytes/bytesN/address → Uint8Array, arrays and structs as arrays and objects. */
export type ArgValue =
  bigint | string | boolean | Uint8Array | readonly ArgValue[] | { readonly [field: string]: ArgValue };

export type Args = { readonly [field: string]: ArgValue };

/** EIP-712 field list of one struct type; the same shape that wallets and viem take. */
export type TypedDataFields = readonly { readonly name: string; readonly type: string }[];
export type TypedDataTypes = Readonly<Record<string, TypedDataFields>>;

type Keccak = Crypto['keccak256'];

/** Texts, bytes and lists are often empty, and a keccak is what a transaction's hash costs: the empty one is computed once. */
function withEmptyKnown(keccak256: Keccak): Keccak {
  const empty = keccak256(new Uint8Array(0));
  return (data) => (data.length === 0 ? empty : keccak256(data));
}

/** Texts up to here are mostly words: meters, kinds, formats, reasons, which transactions repeat. */
const WORD_LENGTH_MAX = 32;
/** Whoever signs ever new words takes no more memory than this. */
const WORDS_MAX = 4_096;

const wordHashes = new WeakMap<Keccak, Map<string, Uint8Array>>();

/** The hash of a text; that of a word is computed once, and known for all types. */
function textHashing(keccak256: Keccak): (text: string) => Uint8Array {
  const known = wordHashes.get(keccak256) ?? new Map<string, Uint8Array>();
  wordHashes.set(keccak256, known);
  return (text) => {
    if (text.length > WORD_LENGTH_MAX) return keccak256(utf8(text));
    const before = known.get(text);
    if (before !== undefined) return before;
    const hash = keccak256(utf8(text));
    if (known.size >= WORDS_MAX) known.clear();
    known.set(text, hash);
    return hash;
  };
}

/** A struct type whose type hash is computed once: hashing a value then costs one keccak a struct and one per text, bytes or array. */
export interface CompiledStruct {
  readonly name: string;
  readonly typeHash: Uint8Array;
  /** True when the value has exactly this struct's fields, each within its type's range and length. */
  accepts(value: unknown): value is { readonly [field: string]: ArgValue };
  /** encodeData of EIP-712 with the type hash in front. The value has been accepted. */
  encode(value: { readonly [field: string]: ArgValue }): Uint8Array;
  /** hashStruct of EIP-712. The value has been accepted. */
  hash(value: { readonly [field: string]: ArgValue }): Uint8Array;
}

/** One member type: whether it takes a value, and the 32 bytes at `offset` that stand for it. */
interface CompiledType {
  accepts(value: unknown): boolean;
  write(value: ArgValue, into: Uint8Array, offset: number): void;
}

/** EIP-712 domain fields in the standard's order; absent ones are left out of the type. */
export interface TypedDataDomain {
  readonly name?: string;
  readonly version?: string;
  readonly chainId?: bigint;
  readonly verifyingContract?: Uint8Array;
  readonly salt?: Uint8Array;
}

const DOMAIN_FIELDS = [
  { name: 'name', type: 'string' },
  { name: 'version', type: 'string' },
  { name: 'chainId', type: 'uint256' },
  { name: 'verifyingContract', type: 'address' },
  { name: 'salt', type: 'bytes32' },
] as const;

const ARRAY = /^(.*)\[(\d*)\]$/;

/** Name of the struct behind any number of array brackets. */
function baseType(type: string): string {
  const bracket = type.indexOf('[');
  return bracket < 0 ? type : type.slice(0, bracket);
}

/** Fields of a struct; undefined for every other type, also where its name is one that objects inherit. */
export function fieldsOf(types: TypedDataTypes, name: string): TypedDataFields | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined;
}

/** encodeType of EIP-712: the primary type first, then the structs it needs in alphabetical (byte) order. */
export function encodeType(types: TypedDataTypes, primaryType: string): string {
  const needed = new Set<string>();
  const visit = (name: string): void => {
    for (const field of fieldsOf(types, name) ?? []) {
      const base = baseType(field.type);
      if (fieldsOf(types, base) === undefined || needed.has(base) || base === primaryType) continue;
      needed.add(base);
      visit(base);
    }
  };
  visit(primaryType);
  const names = [primaryType, ...[...needed].sort()];
  return names
    .map((name) => `${name}(${(fieldsOf(types, name) ?? []).map((field) => `${field.type} ${field.name}`).join(',')})`)
    .join('');
}

/** Compiles a struct type with everything it refers to. Recursive types and unknown ones are a defect of the caller. */
export function compileStruct(types: TypedDataTypes, primaryType: string, keccak256: Keccak): CompiledStruct {
  const hashing = { keccak256: withEmptyKnown(keccak256), textHash: textHashing(keccak256) };
  return compile({ types, ...hashing, open: [], done: new Map() }, primaryType);
}

interface Compilation {
  readonly types: TypedDataTypes;
  readonly keccak256: Keccak;
  readonly textHash: (text: string) => Uint8Array;
  /** Structs that are being compiled, outermost first. */
  readonly open: readonly string[];
  /** Each struct is compiled once, however often it is referred to: types can come from a hostile file. */
  readonly done: Map<string, CompiledStruct>;
}

function compile(compilation: Compilation, name: string): CompiledStruct {
  const { types, keccak256, open, done } = compilation;
  const known = done.get(name);
  if (known !== undefined) return known;
  const fields = fieldsOf(types, name);
  assert(fields !== undefined, `typed data: the struct ${name} is declared`);
  assert(!open.includes(name), `typed data: the struct ${name} does not contain itself`);
  const typeHash = keccak256(utf8(encodeType(types, name)));
  const inner = { ...compilation, open: [...open, name] };
  const members = fields.map((field) => ({ name: field.name, type: compileType(inner, field.type) }));
  const encode = (value: { readonly [field: string]: ArgValue }): Uint8Array => {
    const bytes = new Uint8Array(32 * (members.length + 1));
    bytes.set(typeHash, 0);
    let offset = 32;
    for (const member of members) {
      member.type.write(value[member.name]!, bytes, offset);
      offset += 32;
    }
    return bytes;
  };
  const accepts = (value: unknown): value is { readonly [field: string]: ArgValue } => {
    if (typeof value !== 'object' || value === null || Array.isArray(value) || value instanceof Uint8Array)
      return false;
    const record = value as Record<string, unknown>;
    return (
      Object.keys(record).length === members.length &&
      members.every((member) => Object.hasOwn(record, member.name) && member.type.accepts(record[member.name]))
    );
  };
  const compiled: CompiledStruct = { name, typeHash, accepts, encode, hash: (value) => keccak256(encode(value)) };
  done.set(name, compiled);
  return compiled;
}

function compileType(compilation: Compilation, type: string): CompiledType {
  const array = ARRAY.exec(type);
  if (array !== null) {
    return arrayType(compileType(compilation, array[1]!), array[2] === '' ? undefined : Number(array[2]), compilation);
  }
  if (fieldsOf(compilation.types, type) !== undefined) {
    const struct = compile(compilation, type);
    return {
      accepts: (value) => struct.accepts(value),
      write: (value, into, offset) => into.set(struct.hash(value as { readonly [field: string]: ArgValue }), offset),
    };
  }
  return atomicType(type, compilation);
}

function atomicType(type: string, { keccak256, textHash }: Compilation): CompiledType {
  if (type === 'string') {
    return {
      accepts: (value) => typeof value === 'string',
      write: (value, into, offset) => into.set(textHash(value as string), offset),
    };
  }
  if (type === 'bytes') {
    return {
      accepts: (value) => value instanceof Uint8Array,
      write: (value, into, offset) => into.set(keccak256(value as Uint8Array), offset),
    };
  }
  if (type === 'bool') {
    return {
      accepts: (value) => typeof value === 'boolean',
      write: (value, into, offset) => {
        into[offset + 31] = value === true ? 1 : 0;
      },
    };
  }
  if (type === 'address') return fixedBytes(20, 12);
  const bytes = /^bytes([1-9]|[12]\d|3[0-2])$/.exec(type);
  if (bytes !== null) return fixedBytes(Number(bytes[1]), 0);
  const integer = /^(u?)int(\d+)$/.exec(type);
  assert(integer !== null, `typed data: ${type} is a type`);
  return integerType(Number(integer[2]), integer[1] === 'u');
}

function fixedBytes(length: number, padding: number): CompiledType {
  return {
    accepts: (value) => value instanceof Uint8Array && value.length === length,
    write: (value, into, offset) => into.set(value as Uint8Array, offset + padding),
  };
}

function integerType(bits: number, isUnsigned: boolean): CompiledType {
  assert(bits >= 8 && bits <= 256 && bits % 8 === 0, 'typed data: integers have 8 to 256 bits, in steps of 8');
  const min = isUnsigned ? 0n : -(1n << BigInt(bits - 1));
  const max = (1n << BigInt(isUnsigned ? bits : bits - 1)) - 1n;
  return {
    accepts: (value) => typeof value === 'bigint' && value >= min && value <= max,
    write: (value, into, offset) => writeWord(value as bigint, into, offset),
  };
}

/** Two's complement, 32 bytes big-endian. */
function writeWord(value: bigint, into: Uint8Array, offset: number): void {
  if (value >= 0n && value <= 0xffffffffffffffffn) {
    writeU64(into, offset + 24, value);
    return;
  }
  let rest = BigInt.asUintN(256, value);
  for (let word = 3; word >= 0; word--) {
    writeU64(into, offset + word * 8, rest & 0xffffffffffffffffn);
    rest >>= 64n;
  }
}

function arrayType(item: CompiledType, length: number | undefined, { keccak256 }: Compilation): CompiledType {
  return {
    accepts: (value) =>
      Array.isArray(value) &&
      (length === undefined || value.length === length) &&
      value.every((one) => item.accepts(one)),
    write: (value, into, offset) => {
      const items = value as readonly ArgValue[];
      const bytes = new Uint8Array(32 * items.length);
      for (let i = 0; i < items.length; i++) item.write(items[i]!, bytes, 32 * i);
      into.set(keccak256(bytes), offset);
    },
  };
}

/** hashStruct of the domain over exactly the fields that are present. */
export function domainSeparator(domain: TypedDataDomain, keccak256: Keccak): Uint8Array {
  const fields = DOMAIN_FIELDS.filter((field) => domain[field.name] !== undefined);
  const struct = compileStruct({ EIP712Domain: fields }, 'EIP712Domain', keccak256);
  const value = Object.fromEntries(fields.map((field) => [field.name, domain[field.name]!]));
  assert(struct.accepts(value), 'the fields of the domain fit their types');
  return struct.hash(value);
}

const PREFIX = Uint8Array.of(0x19, 0x01);
const HASH_BYTES = 32;

/** keccak256(0x1901 ‖ domain separator ‖ hashStruct(message)): what is signed. */
export function typedDataDigest(separator: Uint8Array, structHash: Uint8Array, keccak256: Keccak): Uint8Array {
  const input = scratch(PREFIX.length + 2 * HASH_BYTES);
  input.set(PREFIX, 0);
  input.set(separator, PREFIX.length);
  input.set(structHash, PREFIX.length + HASH_BYTES);
  return keccak256(input);
}
