import { hashTypedData } from 'viem';
import { describe, expect, test } from 'vitest';
import { foreignVectors } from '#ledger/vectors/foreign.ts';
import { fromHex, toHex } from './bytes.ts';
import { nobleCrypto } from './crypto-noble.ts';
import {
  compileStruct,
  domainSeparator,
  encodeType,
  typedDataDigest,
  type ArgValue,
  type TypedDataTypes,
} from './typed-data.ts';

interface Case {
  name: string;
  domain: { name?: string; version?: string; chainId?: number; verifyingContract?: string; salt?: string };
  primaryType: string;
  types: TypedDataTypes;
  data: Record<string, unknown>;
  encoded: string;
  digest: string;
}

const cases = foreignVectors('eip712/ethers-v6-typed-data.json') as Case[] | undefined;
const { keccak256 } = nobleCrypto;

/** The vectors' JSON as the values our types take. */
function toArg(types: TypedDataTypes, type: string, value: unknown): ArgValue {
  const array = /^(.*)\[\d*\]$/.exec(type);
  if (array !== null) return (value as unknown[]).map((item) => toArg(types, array[1]!, item));
  const fields = types[type];
  if (fields !== undefined) {
    const record = value as Record<string, unknown>;
    return Object.fromEntries(fields.map((field) => [field.name, toArg(types, field.type, record[field.name])]));
  }
  if (/^u?int/.test(type)) return BigInt(value as string | number);
  if (/^(bytes|address)/.test(type)) return fromHex(value as string)!;
  return value as string | boolean;
}

describe('EIP-712', () => {
  test.skipIf(cases === undefined)('encoding and digest equal those of 130 foreign cases [8.5.2-a]', () => {
    expect(cases).toHaveLength(130);
    for (const { domain, primaryType, types, data, encoded, digest } of cases!) {
      const struct = compileStruct(types, primaryType, keccak256);
      const value = toArg(types, primaryType, data);
      expect(struct.accepts(value)).toBe(true);
      const message = value as Record<string, ArgValue>;
      const separator = domainSeparator(
        {
          name: domain.name,
          version: domain.version,
          chainId: domain.chainId === undefined ? undefined : BigInt(domain.chainId),
          verifyingContract: domain.verifyingContract === undefined ? undefined : fromHex(domain.verifyingContract),
          salt: domain.salt === undefined ? undefined : fromHex(domain.salt),
        },
        keccak256,
      );
      expect(`0x${toHex(struct.encode(message))}`).toBe(encoded);
      expect(`0x${toHex(typedDataDigest(separator, struct.hash(message), keccak256))}`).toBe(digest);
    }
  });

  test('arrays of structs, fixed arrays and negative integers hash as viem hashes them [8.5.2-a]', () => {
    const types = {
      Part: [
        { name: 'delta', type: 'int64' },
        { name: 'wide', type: 'int256' },
        { name: 'tag', type: 'bytes5' },
      ],
      Offer: [
        { name: 'parts', type: 'Part[]' },
        { name: 'pair', type: 'uint16[2]' },
        { name: 'names', type: 'string[]' },
        { name: 'open', type: 'bool' },
      ],
    };
    const message = {
      parts: [
        { delta: -1n, wide: -(1n << 200n), tag: Uint8Array.of(1, 2, 3, 4, 5) },
        { delta: 5n, wide: 1n << 130n, tag: new Uint8Array(5) },
      ],
      pair: [7n, 65535n],
      names: ['', 'Łódź'],
      open: true,
    };
    const salt = new Uint8Array(32).fill(9);
    const ours = typedDataDigest(
      domainSeparator({ name: 'Interpool', version: '1', salt }, keccak256),
      compileStruct(types, 'Offer', keccak256).hash(message),
      keccak256,
    );
    const theirs = hashTypedData({
      domain: { name: 'Interpool', version: '1', salt: `0x${toHex(salt)}` },
      types,
      primaryType: 'Offer',
      message: {
        ...message,
        pair: [7, 65535],
        parts: message.parts.map((part) => ({ ...part, tag: `0x${toHex(part.tag)}` as const })),
      },
    });
    expect(`0x${toHex(ours)}`).toBe(theirs);
  });

  test('a value outside its type is not accepted [8.5.2-a]', () => {
    const types = {
      T: [
        { name: 'a', type: 'uint8' },
        { name: 'b', type: 'bytes2[1]' },
      ],
    };
    const struct = compileStruct(types, 'T', keccak256);
    const b = [new Uint8Array(2)];
    expect(struct.accepts({ a: 255n, b })).toBe(true);
    const refused: unknown[] = [
      { a: 256n, b },
      { a: -1n, b },
      { a: 1, b },
      { a: 1n, b: [] },
      { a: 1n, b: [new Uint8Array(3)] },
      { a: 1n },
      { a: 1n, b, c: 1n },
      [1n, b],
      null,
      'T',
    ];
    for (const value of refused) expect(struct.accepts(value)).toBe(false);
  });

  test('a struct that contains itself is refused as a defect', () => {
    expect(() => compileStruct({ A: [{ name: 'next', type: 'A[]' }] }, 'A', keccak256)).toThrow(
      'does not contain itself',
    );
    expect(encodeType({ Z: [{ name: 'a', type: 'A' }], A: [{ name: 'x', type: 'uint8' }] }, 'Z')).toBe(
      'Z(A a)A(uint8 x)',
    );
  });
});
