import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { equal } from '#ledger/core/bytes.ts';
import { decode, encode, type CborValue } from '#ledger/core/codec.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { TestNetwork } from './testing/test-network.ts';

const net = new TestNetwork(nobleCrypto);
const samples = [
  net.sign(net.customer, 'Transfer', { to: 1n, amountMicro: 1n }),
  net.sign(net.customer, 'Apply', net.applyArgs()),
  net.sign(net.provider, 'PublishResource', net.publishArgs()),
  net.sign(net.provider, 'AuthorizeKey', net.authorizeArgs()),
];
const context = { height: 1n, timeMs: net.nowMs, bytesMax: 1 << 20 };
const founded = net.machine.info();

function tryAll(bytes: Uint8Array): void {
  const { code } = net.machine.checkTx(bytes, { nowMs: net.nowMs, recheck: false });
  expect(code).toBeGreaterThan(0);
  // Any signature recovers somebody, so a proposal may hold it; that nobody of that address has the account is the state's to say.
  expect(typeof net.machine.processProposal([bytes], context)).toBe('boolean');
  expect(net.machine.prepareProposal([bytes], context)).toEqual([]);
}

const anyValue: fc.Arbitrary<CborValue> = fc.letrec<{ value: CborValue }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.bigInt(-(1n << 64n), (1n << 64n) - 1n),
    fc.string(),
    fc.boolean(),
    fc.constant(null),
    fc.uint8Array(),
    fc.array(tie('value'), { maxLength: 4 }),
    fc.dictionary(
      fc.string().filter((key) => key !== '__proto__'),
      tie('value'),
      { maxKeys: 3 },
    ),
  ),
})).value;

describe('hostile transactions', () => {
  test('random bytes never throw and never pass', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 600 }), tryAll), { numRuns: 3_000 });
  });

  test('a sound transaction with any bit flipped never throws, and never passes in its signer’s name', () => {
    const flips = fc.tuple(fc.constantFrom(...samples), fc.nat(), fc.integer({ min: 1, max: 255 }));
    fc.assert(
      fc.property(flips, ([sample, place, mask]) => {
        const bytes = sample.slice();
        const at = place % bytes.length;
        bytes[at] = bytes[at]! ^ mask;
        const { code } = net.machine.checkTx(bytes, { nowMs: net.nowMs, recheck: false });
        // The signer of changed bytes is somebody else, so at the least the account does not fit.
        expect(code).toBeGreaterThan(0);
        net.machine.processProposal([bytes], context);
      }),
      { numRuns: 600 },
    );
  });

  test('fields of any type in a sound frame never throw and never pass', () => {
    const change = fc.tuple(fc.constantFrom(...samples), fc.integer({ min: 0, max: 7 }), anyValue);
    fc.assert(
      fc.property(change, ([sample, at, value]) => {
        const decoded = decode(sample);
        const fields = decoded.ok ? [...(decoded.value as readonly CborValue[])] : [];
        fields[at] = value;
        const bytes = encode(fields);
        // Chance may put back the very value that stood there.
        fc.pre(!equal(bytes, sample));
        tryAll(bytes);
      }),
      { numRuns: 1_500 },
    );
  });

  test('args of any shape in a sound frame never throw and never pass', () => {
    fc.assert(
      fc.property(fc.constantFrom(...samples), fc.array(anyValue, { maxLength: 14 }), (sample, args) => {
        const decoded = decode(sample);
        const fields = decoded.ok ? [...(decoded.value as readonly CborValue[])] : [];
        fields[6] = args;
        tryAll(encode(fields));
      }),
      { numRuns: 1_500 },
    );
  });

  test('queries with any path and arguments answer with a value or a code', () => {
    const paths = ['account', 'account-by-address', 'key', 'nonce', 'balance', 'admission', 'parameters', 'supply'];
    const more = ['resource', 'strategy', 'agreement', 'proposal', 'genesis', 'record', 'constructor', '__proto__', ''];
    const names = ['id', 'account', 'key', 'address', 'resource', 'version', 'use', 'contract', 'table'];
    const args = fc.oneof(anyValue, fc.dictionary(fc.constantFrom(...names), anyValue));
    fc.assert(
      fc.property(fc.constantFrom(...paths, ...more), args, (path, value) => {
        const answer = net.machine.query(path, value);
        expect(answer.ok || answer.code > 0).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('none of it changed anything', () => {
    expect(net.machine.info()).toEqual({ ...founded, height: 0n });
  });
});
