import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from './bytes.ts';
import { nobleCrypto as crypto } from './crypto-noble.ts';
import { genesisSchedule, scheduleAfter, setAt, trailHeights, type ValidatorSchedule } from './validator-schedule.ts';
import { equalPowerSet, validatorSetHash } from './validator-set.ts';

const keyOf = (n: number): Uint8Array => new Uint8Array(33).fill(n, 1).fill(2, 0, 1);
const FOUNDERS = [1, 2, 3, 4];

/** Validators by number. */
interface Change {
  readonly number: number;
  readonly power: 0n | 1n;
}

/** CometBFT's state after each block (state/execution.go, updateState): two sets, of which the next one moves up. */
function cometbft(blocks: readonly (Change | undefined)[]): { validators: number[]; next: number[] }[] {
  let validators = FOUNDERS;
  let next = FOUNDERS;
  return blocks.map((change) => {
    const header = { validators, next };
    validators = next;
    if (change !== undefined) {
      const others = next.filter((number) => number !== change.number);
      next = change.power === 0n ? others : [...others, change.number].sort((a, b) => a - b);
    }
    return header;
  });
}

function scheduleOf(blocks: readonly (Change | undefined)[]): ValidatorSchedule {
  return blocks.reduce<ValidatorSchedule>(
    (schedule, change, at) => {
      const updates = change === undefined ? [] : [{ publicKey: keyOf(change.number), power: change.power }];
      return scheduleAfter(schedule, { height: BigInt(at + 1), updates }, crypto);
    },
    genesisSchedule(FOUNDERS.map(keyOf), crypto),
  );
}

/** One change a block at most, each of which changes something and leaves four members. */
const blocksArbitrary = fc
  .array(fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined }), { maxLength: 24 })
  .map((numbers) => {
    const members = new Set(FOUNDERS);
    return numbers.map((number): Change | undefined => {
      if (number === undefined || (members.has(number) && members.size <= 4)) return undefined;
      if (members.delete(number)) return { number, power: 0n };
      members.add(number);
      return { number, power: 1n };
    });
  });

const hashOf = (numbers: readonly number[]): string =>
  toHex(validatorSetHash(equalPowerSet(numbers.map(keyOf), crypto), crypto));

describe('a schedule of validators', () => {
  test('= CometBFT’s two sets that move up with each block, for every header [7.2.2-d]', () => {
    fc.assert(
      fc.property(blocksArbitrary, (blocks) => {
        const schedule = scheduleOf(blocks);
        for (const [at, header] of cometbft(blocks).entries()) {
          const height = BigInt(at + 1);
          expect(toHex(setAt(schedule, height).hash)).toBe(hashOf(header.validators));
          expect(toHex(setAt(schedule, height + 1n).hash)).toBe(hashOf(header.next));
        }
      }),
      { numRuns: 60 },
    );
  });

  test('after block H = the one that says who decides up to H + 2, whatever comes later [7.2.2-d]', () => {
    fc.assert(
      fc.property(blocksArbitrary, fc.nat(23), (blocks, cut) => {
        const early = scheduleOf(blocks.slice(0, cut));
        const late = scheduleOf(blocks);
        for (let height = 1; height <= Math.min(cut, blocks.length) + 2; height += 1) {
          expect(setAt(early, BigInt(height)).hash).toEqual(setAt(late, BigInt(height)).hash);
        }
      }),
      { numRuns: 40 },
    );
  });

  test('trail of a header = the heights below whose two sets differ, and it leads from genesis to the header’s set [8.3.1-b]', () => {
    fc.assert(
      fc.property(blocksArbitrary, (blocks) => {
        const schedule = scheduleOf(blocks);
        const headers = cometbft(blocks);
        const changes = headers.flatMap(({ validators, next }, at) =>
          hashOf(validators) === hashOf(next) ? [] : [{ height: BigInt(at + 1), validators, next }],
        );
        for (const [at, header] of headers.entries()) {
          const expected = changes.filter(({ height }) => height < BigInt(at + 1));
          const height = BigInt(at + 1);
          expect(trailHeights(schedule, { fromHeight: 1n, height })).toEqual(expected.map((change) => change.height));
          for (const fromHeight of [2n, height - 1n, height]) {
            const later = expected.filter((change) => change.height >= fromHeight).map((change) => change.height);
            expect(trailHeights(schedule, { fromHeight, height })).toEqual(later);
          }
          let trusted = FOUNDERS;
          for (const { validators, next } of expected) {
            expect(hashOf(validators)).toBe(hashOf(trusted));
            trusted = next;
          }
          expect(hashOf(trusted)).toBe(hashOf(header.validators));
        }
      }),
      { numRuns: 40 },
    );
  });

  test('refuses what CometBFT refuses: to remove a stranger, and blocks out of order', () => {
    const schedule = genesisSchedule(FOUNDERS.map(keyOf), crypto);
    const update = (number: number, power: 0n | 1n) => ({ publicKey: keyOf(number), power });
    expect(() => scheduleAfter(schedule, { height: 5n, updates: [update(9, 0n)] }, crypto)).toThrow(/is a validator/);
    const changed = scheduleAfter(schedule, { height: 5n, updates: [update(9, 1n)] }, crypto);
    expect(() => scheduleAfter(changed, { height: 5n, updates: [update(9, 0n)] }, crypto)).toThrow(/in order/);
    expect(() => scheduleAfter(schedule, { height: 5n, updates: [update(9, 1n), update(9, 1n)] }, crypto)).toThrow(
      /distinct/,
    );
    expect(scheduleAfter(schedule, { height: 5n, updates: [update(1, 1n)] }, crypto)).toBe(schedule);
  });
});
