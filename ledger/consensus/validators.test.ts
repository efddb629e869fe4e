import { describe, expect, it } from 'vitest';
import { address, height, round } from './types.ts';
import { isOneCorrect, isQuorum, proposerOf, validatorSet } from './validators.ts';
import { vote } from './step-table.ts';
import { isCertificate } from './votes.ts';

function setOf(...powers: number[]): ReturnType<typeof validatorSet> {
  return validatorSet(powers.map((power, index) => ({ address: address(`n${index}`), power })));
}

describe('power', () => {
  it('a quorum is more than two thirds, one correct more than one third: never exactly [8.2.1-a]', () => {
    const three = setOf(1, 1, 1);
    expect([isQuorum(three, 2), isQuorum(three, 3)]).toEqual([false, true]);
    expect([isOneCorrect(three, 1), isOneCorrect(three, 2)]).toEqual([false, true]);
    const four = setOf(1, 1, 1, 1);
    expect([isQuorum(four, 2), isQuorum(four, 3)]).toEqual([false, true]);
    expect([isOneCorrect(four, 1), isOneCorrect(four, 2)]).toEqual([false, true]);
    const seven = setOf(1, 1, 1, 1, 1, 1, 1);
    expect([isQuorum(seven, 4), isQuorum(seven, 5)]).toEqual([false, true]);
    expect([isOneCorrect(seven, 2), isOneCorrect(seven, 3)]).toEqual([false, true]);
  });

  it('any two quorums of any set share more than a third [8.2.1-a]', () => {
    for (let n = 1; n <= 40; n += 1) {
      const set = setOf(...Array.from({ length: n }, () => 1));
      const least = Array.from({ length: n + 1 }, (_, power) => power).find((power) => isQuorum(set, power)) ?? 0;
      expect(isOneCorrect(set, 2 * least - n)).toBe(true);
    }
  });

  it('a certificate counts each validator once, and strangers not at all [8.2.1-a]', () => {
    const set = setOf(1, 1, 1, 1);
    const precommits = ['n0', 'n1', 'n2', 'z'].map((name) => vote('precommit', '1/0', 'v', name).signed);
    expect(isCertificate(precommits.slice(0, 3), set)).toBe(true);
    expect(isCertificate(precommits.slice(0, 2), set)).toBe(false);
    expect(isCertificate([...precommits.slice(0, 2), ...precommits.slice(1, 2)], set)).toBe(false);
    expect(isCertificate([...precommits.slice(0, 2), ...precommits.slice(3)], set)).toBe(false);
    expect(isCertificate([...precommits.slice(0, 3), ...precommits.slice(0, 1)], set)).toBe(false);
  });

  it('a set that the rules could not rely on is refused [8.2.1-a]', () => {
    expect(() => setOf()).toThrow('not empty');
    expect(() => setOf(1, 0)).toThrow('positive');
    expect(() => setOf(1, 1.5)).toThrow('positive');
    expect(() => setOf(2 ** 50, 2 ** 50)).toThrow('safe integer');
    expect(() =>
      validatorSet([
        { address: address('n'), power: 1 },
        { address: address('n'), power: 1 },
      ]),
    ).toThrow('once');
  });
});

describe('the proposer', () => {
  it('with equal power everybody takes turns, with each height and with each round [8.2.1-a]', () => {
    for (const power of [1, 10]) {
      const set = setOf(power, power, power, power);
      const turns = (place: (at: number) => [bigint, number]): string[] =>
        Array.from({ length: 6 }, (_, at) => place(at)).map(([h, r]) => proposerOf(set, height(h), round(r)));
      expect(turns((at) => [BigInt(at), 0])).toEqual(['n0', 'n1', 'n2', 'n3', 'n0', 'n1']);
      expect(turns((at) => [5n, at])).toEqual(['n1', 'n2', 'n3', 'n0', 'n1', 'n2']);
    }
  });

  it('with unequal power the turns are in proportion, also far out [8.2.1-a]', () => {
    const set = setOf(6, 2, 4);
    const counts = new Map<string, number>();
    for (let at = 0; at < 60; at += 1) {
      const proposer = proposerOf(set, height(2n ** 60n + BigInt(at)), round(2 ** 31 - 1));
      counts.set(proposer, (counts.get(proposer) ?? 0) + 1);
    }
    expect(Object.fromEntries(counts)).toEqual({ n0: 30, n1: 10, n2: 20 });
  });
});
