import fc from 'fast-check';
import { expect, test } from 'vitest';
import { filled } from '#ledger/contracts/testing/samples.ts';
import { concat } from '#ledger/core/bytes.ts';
import { encode } from '#ledger/core/codec.ts';
import {
  FIELD_MAX,
  SALT_BYTES,
  SEALED_BYTES_MAX,
  claimBytes,
  isField,
  normalised,
  readClaim,
  sealingInfo,
  subscriberMessage,
} from './claim.ts';

const SALT = filled(7, SALT_BYTES);
/** HPKE's encapsulated key and tag. */
const HPKE_BYTES = 48;
const field = fc.string({ minLength: 1, maxLength: FIELD_MAX, unit: 'grapheme' }).filter(isField);
const claims = fc.record({ name: field, document: field, subscriber: field });

test('what is stated is read back as it was, and fits what a portal keeps', () => {
  fc.assert(
    fc.property(claims, (claim) => {
      const bytes = claimBytes(claim, SALT);
      expect(readClaim(bytes)).toEqual(claim);
      expect(bytes.length + HPKE_BYTES).toBeLessThanOrEqual(SEALED_BYTES_MAX);
    }),
  );
});

test('two claims, or two salts, have no bytes in common', () => {
  fc.assert(
    fc.property(claims, claims, (one, other) => {
      const isSame = one.name === other.name && one.document === other.document && one.subscriber === other.subscriber;
      expect(Buffer.compare(claimBytes(one, SALT), claimBytes(other, SALT)) === 0).toBe(isSame);
    }),
  );
});

test('bytes that are no claim are refused: cut off, followed by others, of another kind, with a field that is empty or none', () => {
  const whole = claimBytes({ name: 'Ada Brook', document: 'X1', subscriber: '+44 1' }, SALT);
  for (let length = 0; length < whole.length; length += 1) expect(readClaim(whole.subarray(0, length))).toBeUndefined();
  expect(readClaim(concat(whole, Uint8Array.of(0)))).toBeUndefined();
  expect(readClaim(claimBytes({ name: '', document: 'X1', subscriber: '1' }, SALT))).toBeUndefined();
  expect(readClaim(claimBytes({ name: 'a\u0000', document: 'X1', subscriber: '1' }, SALT))).toBeUndefined();
  expect(readClaim(claimBytes({ name: 'a', document: 'b', subscriber: 'c' }, SALT.subarray(1)))).toBeUndefined();
  expect(readClaim(encode(['another tag', SALT, 'a', 'b', 'c']))).toBeUndefined();
  expect(readClaim(encode(['interpool/identity/claim/v1', SALT, 'a', 'b', 1n]))).toBeUndefined();
  expect(readClaim(encode(['interpool/identity/claim/v1', SALT, 'a', 'b']))).toBeUndefined();
});

test('one spelling for what is meant by the same', () => {
  expect(normalised('name', '  Ada   Brook ')).toBe(normalised('name', 'ADA BROOK'));
  expect(normalised('name', 'Zoë')).toBe(normalised('name', 'Zoe\u0308'));
  expect(normalised('document', 'ab-12 34')).toBe('AB1234');
  expect(normalised('subscriber', '+44 (0) 20-79.46')).toBe(normalised('subscriber', '+440207946'));
  expect(normalised('name', 'Ada Brook')).not.toBe(normalised('name', 'Adab Rook'));
  expect(subscriberMessage('+44 20')).toEqual(subscriberMessage('+4420'));
});

test('a sealed claim belongs to one network, one account and one operator', () => {
  const of = { network: filled(1), account: 2n, operator: 3n };
  const others = [{ network: filled(2) }, { account: 3n }, { operator: 2n }, { account: 3n, operator: 2n }];
  for (const other of others) expect(sealingInfo({ ...of, ...other })).not.toEqual(sealingInfo(of));
});
