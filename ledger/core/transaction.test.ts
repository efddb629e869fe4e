import { privateKeyToAccount } from 'viem/accounts';
import { describe, expect, test } from 'vitest';
import { findMethod } from '#ledger/contracts/definitions.ts';
import { toHex } from './bytes.ts';
import { encode } from './codec.ts';
import { nobleCrypto as crypto } from './crypto-noble.ts';
import {
  compileMethods,
  decodeTransaction,
  encodeTransaction,
  recoverSigner,
  signTransaction,
  transactionId,
  type CompiledMethod,
  type SignedTransaction,
} from './transaction.ts';
import type { Args } from './typed-data.ts';
import { fromWalletSignature, toWalletTypedData } from './wallet.ts';

const methods = compileMethods(
  ['Transfer', 'PublishResource', 'PlaceOrder'].map((name) => findMethod(name)!),
  crypto,
);
const network = crypto.sha256(Uint8Array.of(1));
const secretKey = new Uint8Array(32).fill(3);
const header = { account: 7n, key: 0n, nonce: 12n, validUntilMs: 1_800_000_000_000n };
const transferArgs = { to: 9n, amountMicro: 2n ** 63n };
const publishArgs: Args = {
  kind: 'data',
  title: 'Wetter “Łódź” 🌦',
  summary: '',
  tags: ['weather', 'climate'],
  region: 'US-WA',
  licence: 'US government work',
  sourceUrl: 'https://example.org',
  agentKey: 1n,
  sourceId: 'seattle',
  attributes: [{ name: 'rows', value: '1461' }],
  capacity: [{ meter: 'places', amount: 4n }],
  testedAtMs: 5n,
  testSignature: new Uint8Array(65),
  strategy: {
    accessClass: 'conditional',
    conditions: [{ rule: 'use.durationMs <= 7200000', sentence: 'use must be at most 2 hours' }],
    ways: [],
    opensAtMs: 0n,
    closesAtMs: 0n,
    useMsMax: 1n,
    limits: [
      { meter: 'bytes', amount: 3n },
      { meter: 'calls', amount: 2n },
    ],
    prices: [{ meter: 'places', per: 1n, perMs: 3_600_000n, amountMicro: 1_500_000n }],
    promise: [{ meter: 'firstByteMs', amount: 500n }],
    degradedPerMille: 500n,
  },
};

/** Structs in lists of structs. */
const orderArgs: Args = {
  purpose: 'research',
  fieldOfBusiness: 'weather',
  parts: [1n, 2n].map((resource) => ({
    resource,
    provider: 1n,
    strategyVersion: 1n,
    durationMs: 60_000n,
    holdMicro: 7n,
    choices: [{ name: 'format', value: 'csv' }],
    amounts: [{ meter: 'calls', amount: 2n }],
    backup:
      resource === 1n
        ? []
        : [{ resource: 3n, provider: 1n, strategyVersion: 2n, choices: [], amounts: [], holdMicro: 5n }],
  })),
  holdMicro: 14n,
  encryptionKey: new Uint8Array(32).fill(9),
  voucherKey: new Uint8Array(20).fill(8),
};

function compiled(name: string): CompiledMethod {
  return methods.get(name)!;
}

function signed(method: string, args: Args): SignedTransaction {
  return signTransaction({ transaction: { ...header, method, args }, network }, secretKey, compiled(method), crypto);
}

describe('a transaction', () => {
  test.each([
    ['Transfer', transferArgs],
    ['PublishResource', publishArgs],
    ['PlaceOrder', orderArgs],
  ] as const)('%s: decode(encode(x)) = x, and a wallet signs the same digest [8.5.2-a]', async (method, args) => {
    const transaction = signed(method, args);
    const bytes = encodeTransaction(transaction, compiled(method));
    expect(decodeTransaction(bytes, methods)).toEqual({ ok: true, value: transaction });

    const account = privateKeyToAccount(`0x${toHex(secretKey)}`);
    expect(`0x${toHex(recoverSigner(transaction, compiled(method), crypto)!)}`).toBe(account.address.toLowerCase());
    const typedData = toWalletTypedData(compiled(method).method, transaction.transaction, network);
    const overJson = JSON.parse(JSON.stringify(typedData)) as Parameters<typeof account.signTypedData>[0];
    const wallet = await account.signTypedData(overJson);
    expect(fromWalletSignature(wallet)).toEqual(transaction.signature);
  });

  test('a field out of range, of a wrong length, missing, extra or of another type is malformed [8.5.2-a]', () => {
    const { signature } = signed('Transfer', transferArgs);
    const fields = [network, 'Transfer', 7n, 0n, 12n, 5n, [9n, 1n], signature];
    const accepts = (value: unknown[]): unknown => decodeTransaction(encode(value as bigint[]), methods);
    expect(accepts(fields)).toMatchObject({ ok: true });
    const faults: [number, unknown][] = [
      [0, new Uint8Array(31)],
      [2, -1n],
      [2, '7'],
      [3, 2n ** 32n],
      [4, null],
      [6, [9n]],
      [6, [9n, 1n, 1n]],
      [6, [9n, [1n]]],
      [6, { to: 9n, amountMicro: 1n }],
      [6, 9n],
      [7, new Uint8Array(64)],
    ];
    for (const [index, value] of faults) {
      expect(accepts(fields.with(index, value as bigint))).toEqual({ ok: false, code: 1 });
    }
    expect(accepts(fields.slice(0, 7))).toEqual({ ok: false, code: 1 });
    expect(accepts(fields.with(1, 'Steal'))).toEqual({ ok: false, code: 4 });
    expect(decodeTransaction(new Uint8Array(16_385), methods)).toEqual({ ok: false, code: 2 });
  });

  test('another network gives another id, so a signature holds on one network only [8.5.2-a]', () => {
    const { transaction } = signed('Transfer', transferArgs);
    const other = crypto.sha256(Uint8Array.of(2));
    const ids = [network, other].map((salt) => toHex(transactionId(transaction, salt, compiled('Transfer'), crypto)));
    expect(ids[0]).not.toBe(ids[1]);
  });

  test('a wallet signature of another shape is refused, a high-S one becomes its low-S twin [8.5.2-b]', () => {
    const { signature, transaction } = signed('Transfer', transferArgs);
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n;
    const high = order - BigInt(`0x${toHex(signature.subarray(32, 64))}`);
    const twin = `0x${toHex(signature.subarray(0, 32))}${high.toString(16).padStart(64, '0')}${signature[64] === 0 ? '1c' : '1b'}`;
    expect(fromWalletSignature(twin)).toEqual(signature);
    const raw = Uint8Array.from(twin.slice(2).match(/../g)!, (pair) => parseInt(pair, 16));
    raw[64] = raw[64]! - 27;
    expect(recoverSigner({ transaction, network, signature: raw }, compiled('Transfer'), crypto)).toBeUndefined();
    for (const bad of ['0x', `${twin}00`, twin.slice(0, -2), `${twin.slice(0, -2)}1d`, 'no signature']) {
      expect(fromWalletSignature(bad)).toBeUndefined();
    }
  });
});
