import { expect, test } from 'vitest';
import { nobleCrypto as crypto } from './crypto-noble.ts';
import { equalPowerSet, isQuorum, validatorIndex, validatorSet } from './validator-set.ts';

const keys = [1, 2, 3, 4].map((n) => crypto.publicKey(new Uint8Array(32).fill(n)));

test('a quorum is more than two thirds of the power, never exactly two thirds [8.2.1-a]', () => {
  const table: [power: bigint, totalPower: bigint, isEnough: boolean][] = [
    [2n, 3n, false],
    [3n, 3n, true],
    [2n, 4n, false],
    [3n, 4n, true],
    [4n, 6n, false],
    [5n, 6n, true],
    [0n, 1n, false],
    [1n, 1n, true],
    [2n ** 62n, 3n * 2n ** 61n, false],
    [2n ** 62n + 1n, 3n * 2n ** 61n, true],
  ];
  for (const [power, totalPower, isEnough] of table) expect(isQuorum(power, { totalPower })).toBe(isEnough);
});

test('the order of a set is by power, then address, whatever order it is given in [8.2.1-a]', () => {
  const set = equalPowerSet(keys, crypto);
  expect(equalPowerSet(keys.toReversed(), crypto)).toEqual(set);
  set.validators.forEach(({ address }, index) => expect(validatorIndex(set, address)).toBe(index));
  expect(validatorIndex(set, new Uint8Array(20))).toBe(-1);
  const weighted = validatorSet(
    keys.map((publicKey, i) => ({ publicKey, power: BigInt(i + 1) })),
    crypto,
  );
  expect(weighted.validators.map(({ power }) => power)).toEqual([4n, 3n, 2n, 1n]);
  expect(weighted.totalPower).toBe(10n);
});

test('a set with one key twice, no power or no member is a defect', () => {
  expect(() => equalPowerSet([keys[0]!, keys[0]!], crypto)).toThrow('distinct');
  const twice = [0, 1, 0].map((i, at) => ({ publicKey: keys[i]!, power: BigInt(at + 1) }));
  expect(() => validatorSet(twice, crypto)).toThrow('distinct');
  expect(() => validatorSet([{ publicKey: keys[0]!, power: 0n }], crypto)).toThrow('positive power');
  expect(() => equalPowerSet([], crypto)).toThrow();
});
