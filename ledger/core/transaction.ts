import { recoverAddress } from './address.ts';
import { assert } from './assert.ts';
import { equal } from './bytes.ts';
import { decode, encode, type CborValue } from './codec.ts';
import type { Crypto } from './crypto.ts';
import { fail, ok, type Result } from './result.ts';
import {
  compileStruct,
  domainSeparator,
  fieldsOf,
  typedDataDigest,
  type Args,
  type ArgValue,
  type CompiledStruct,
  type TypedDataFields,
  type TypedDataTypes,
} from './typed-data.ts';

/** One contract command: its EIP-712 primary type is the method's name, so that a wallet shows what is signed. */
export interface Method {
  /** Primary type, imperative: `Apply`. Unique over all contracts. */
  readonly name: string;
  /** Owning contract's id. */
  readonly contract: number;
  /** Struct types of the args, the primary type's own fields under `name`. The four header fields are added in front by the codec. */
  readonly types: TypedDataTypes;
}

/** The fields every primary type begins with, in this order. */
export interface TransactionHeader {
  /** Dense account id; 0 only in CreateAccount. */
  readonly account: bigint;
  /** 0 the owner key, 1… keys authorised later. */
  readonly key: bigint;
  readonly nonce: bigint;
  readonly validUntilMs: bigint;
}

export interface Transaction extends TransactionHeader {
  readonly method: string;
  readonly args: Args;
}

export interface SignedTransaction {
  readonly transaction: Transaction;
  /** genesisHash of the network it is meant for: unsigned, repeated so that a mix-up gets a clear sentence. */
  readonly network: Uint8Array;
  /** r ‖ s ‖ v, 65 bytes, v in {0, 1}, low-S. */
  readonly signature: Uint8Array;
}

/** Longest encoded signed transaction. */
export const TRANSACTION_BYTES_MAX = 16_384;

/** Faults of the bytes alone; the same numbers as the machine's admission codes. */
export const transactionCodes = { MALFORMED: 1, TOO_LARGE: 2, METHOD_UNKNOWN: 4 } as const;
export type TransactionCode = (typeof transactionCodes)[keyof typeof transactionCodes];

export const HEADER_FIELDS = [
  { name: 'account', type: 'uint64' },
  { name: 'key', type: 'uint32' },
  { name: 'nonce', type: 'uint64' },
  { name: 'validUntilMs', type: 'uint64' },
] as const satisfies TypedDataFields;

/** EIP-712 types of a method with the header fields in front of the primary type's own. */
export function transactionTypes(method: Method): TypedDataTypes {
  return { ...method.types, [method.name]: [...HEADER_FIELDS, ...(fieldsOf(method.types, method.name) ?? [])] };
}

/** How a value stands in CBOR: structs are arrays in the order of their fields, so that names cost no bytes. */
type Shape = 'atom' | { readonly item: Shape } | { readonly fields: readonly { name: string; shape: Shape }[] };

/** A method made ready once: type hashes, range checks and wire order. */
export interface CompiledMethod {
  readonly method: Method;
  readonly struct: CompiledStruct;
  readonly shape: Shape;
}

export type MethodTable = ReadonlyMap<string, CompiledMethod>;

export function compileMethod(method: Method, crypto: Pick<Crypto, 'keccak256'>): CompiledMethod {
  return {
    method,
    struct: compileStruct(transactionTypes(method), method.name, crypto.keccak256),
    shape: shapeOf(method.types, method.name, new Map()),
  };
}

/** Table by name. Two methods of one name are a defect. */
export function compileMethods(methods: readonly Method[], crypto: Pick<Crypto, 'keccak256'>): MethodTable {
  const table = new Map<string, CompiledMethod>();
  for (const method of methods) {
    assert(!table.has(method.name), `the method name ${method.name} is unique`);
    table.set(method.name, compileMethod(method, crypto));
  }
  return table;
}

function shapeOf(types: TypedDataTypes, type: string, done: Map<string, Shape>): Shape {
  const known = done.get(type);
  if (known !== undefined) return known;
  const array = /^(.*)\[\d*\]$/.exec(type);
  const fields = fieldsOf(types, type);
  let shape: Shape = 'atom';
  if (array !== null) shape = { item: shapeOf(types, array[1]!, done) };
  else if (fields !== undefined) {
    shape = { fields: fields.map((field) => ({ name: field.name, shape: shapeOf(types, field.type, done) })) };
  }
  done.set(type, shape);
  return shape;
}

function toWire(shape: Shape, value: ArgValue): CborValue {
  if (shape === 'atom') return value as CborValue;
  if ('item' in shape) return (value as readonly ArgValue[]).map((item) => toWire(shape.item, item));
  const record = value as Args;
  return shape.fields.map((field) => toWire(field.shape, record[field.name]!));
}

/** undefined when the arrays are not as the shape has them; ranges and lengths are checked afterwards. */
function fromWire(shape: Shape, value: CborValue): ArgValue | undefined {
  if (shape === 'atom') return value === null ? undefined : (value as ArgValue);
  if (!Array.isArray(value)) return undefined;
  const items = value as readonly CborValue[];
  if ('item' in shape) {
    const list: ArgValue[] = [];
    for (const one of items) {
      const item = fromWire(shape.item, one);
      if (item === undefined) return undefined;
      list.push(item);
    }
    return list;
  }
  if (items.length !== shape.fields.length) return undefined;
  const record: Record<string, ArgValue> = {};
  for (let i = 0; i < items.length; i++) {
    const field = shape.fields[i]!;
    const item = fromWire(field.shape, items[i]!);
    if (item === undefined) return undefined;
    record[field.name] = item;
  }
  return record;
}

/** The EIP-712 message of a transaction: header fields and args in one struct. */
function messageOf({ account, key, nonce, validUntilMs, args }: Transaction): Args {
  return { account, key, nonce, validUntilMs, ...args };
}

/** True when header and args are exactly what the method's types take. */
export function isWellFormed(transaction: Transaction, compiled: CompiledMethod): boolean {
  return transaction.method === compiled.method.name && compiled.struct.accepts(messageOf(transaction));
}

/** EIP-712 domain of every transaction, but for the salt: the network. No chainId, which injected wallets would refuse. */
export const DOMAIN = { name: 'Interpool', version: '1' } as const;

const separators: { network: Uint8Array; keccak256: Crypto['keccak256']; separator: Uint8Array }[] = [];
const SEPARATORS_MAX = 8;

/** Separator of {...DOMAIN, salt: network} (PROTOCOL, Transaction); kept for the few networks in use. */
export function networkSeparator(network: Uint8Array, { keccak256 }: Pick<Crypto, 'keccak256'>): Uint8Array {
  const known = separators.find((entry) => entry.keccak256 === keccak256 && equal(entry.network, network));
  if (known !== undefined) return known.separator;
  const separator = domainSeparator({ ...DOMAIN, salt: network }, keccak256);
  if (separators.length >= SEPARATORS_MAX) separators.shift();
  separators.push({ network: new Uint8Array(network), keccak256, separator });
  return separator;
}

/** The EIP-712 digest: what the wallet signs, and the transaction's id. The transaction is well formed. */
export function transactionId(
  transaction: Transaction,
  network: Uint8Array,
  compiled: CompiledMethod,
  crypto: Pick<Crypto, 'keccak256'>,
): Uint8Array {
  return typedDataDigest(
    networkSeparator(network, crypto),
    compiled.struct.hash(messageOf(transaction)),
    crypto.keccak256,
  );
}

/** Address (20 bytes) that signed; undefined when the signature is malformed, high-S or recovers nothing. */
export function recoverSigner(
  signed: SignedTransaction,
  compiled: CompiledMethod,
  crypto: Crypto,
): Uint8Array | undefined {
  return recoverAddress(transactionId(signed.transaction, signed.network, compiled, crypto), signed.signature, crypto);
}

/** Signs with a 32-byte secret key: what a wallet does, for agents and tests. */
export function signTransaction(
  unsigned: { readonly transaction: Transaction; readonly network: Uint8Array },
  secretKey: Uint8Array,
  compiled: CompiledMethod,
  crypto: Crypto,
): SignedTransaction {
  assert(isWellFormed(unsigned.transaction, compiled), 'only a well-formed transaction is signed');
  const digest = transactionId(unsigned.transaction, unsigned.network, compiled, crypto);
  return { ...unsigned, signature: crypto.signRecoverable(digest, secretKey) };
}

/**
 * Deterministic CBOR [network, method, account, key, nonce, validUntilMs, args, signature]; args and structs are arrays in the
 * declared order of their fields. At most TRANSACTION_BYTES_MAX bytes are admitted.
 */
export function encodeTransaction(signed: SignedTransaction, compiled: CompiledMethod): Uint8Array {
  const { transaction, network, signature } = signed;
  assert(isWellFormed(transaction, compiled), 'only a well-formed transaction is encoded');
  const { method, account, key, nonce, validUntilMs, args } = transaction;
  return encode([network, method, account, key, nonce, validUntilMs, toWire(compiled.shape, args), signature]);
}

/** Name of the method that the bytes say they are, read without its types; undefined when they are no transaction. */
export function methodNameOf(bytes: Uint8Array): string | undefined {
  const decoded = decode(bytes, TRANSACTION_BYTES_MAX);
  const name = decoded.ok && Array.isArray(decoded.value) ? (decoded.value as readonly CborValue[])[1] : undefined;
  return typeof name === 'string' ? name : undefined;
}

/** Strict inverse of `encodeTransaction`, against the method's types: ranges, lengths, nothing missing or extra. Never throws. */
export function decodeTransaction(bytes: Uint8Array, methods: MethodTable): Result<SignedTransaction, TransactionCode> {
  const decoded = decode(bytes, TRANSACTION_BYTES_MAX);
  if (!decoded.ok) return decoded;
  const fields = decoded.value;
  if (!Array.isArray(fields) || fields.length !== 8) return fail(transactionCodes.MALFORMED);
  const [network, method, account, key, nonce, validUntilMs, args, signature] = fields as readonly CborValue[];
  if (!(network instanceof Uint8Array) || network.length !== 32) return fail(transactionCodes.MALFORMED);
  if (!(signature instanceof Uint8Array) || signature.length !== 65) return fail(transactionCodes.MALFORMED);
  if (typeof method !== 'string') return fail(transactionCodes.MALFORMED);
  const compiled = methods.get(method);
  if (compiled === undefined) return fail(transactionCodes.METHOD_UNKNOWN);
  const values = fromWire(compiled.shape, args!);
  const transaction = { method, account, key, nonce, validUntilMs, args: values } as Transaction;
  if (values === undefined || !isWellFormed(transaction, compiled)) return fail(transactionCodes.MALFORMED);
  return ok({ transaction, network, signature });
}
