import { describe, expect, test } from 'vitest';
import { judge, lookAgain, RETURN_MS, type Condition, type Look, type Telling } from './condition.ts';

const MINUTE = 60_000;
type Seen = 'bad' | 'between' | 'good' | 'bad, silenced' | 'good, silenced';

const looks: Record<Seen, Pick<Look, 'isBreached' | 'isOver' | 'isSilenced'>> = {
  bad: { isBreached: true, isOver: false, isSilenced: false },
  between: { isBreached: false, isOver: false, isSilenced: false },
  good: { isBreached: false, isOver: true, isSilenced: false },
  'bad, silenced': { isBreached: true, isOver: false, isSilenced: true },
  'good, silenced': { isBreached: false, isOver: true, isSilenced: true },
};

/** What is told at each of the looks. */
function told(steps: readonly [atMs: number, seen: Seen][], forMs = 0): Telling[] {
  let condition: Condition | undefined;
  return steps.map(([atMs, seen]) => {
    const { next, tell } = lookAgain(condition, { atMs, forMs, ...looks[seen] });
    condition = next ?? undefined;
    return tell;
  });
}

describe('a cause', () => {
  test('is told once however long it lasts, and once that it is over [6.2.1-c]', () => {
    expect(
      told([
        [0, 'bad'],
        [1, 'bad'],
        [2, 'bad'],
        [3, 'good'],
        [4, 'good'],
      ]),
    ).toEqual(['fire', null, null, 'resolve', null]);
  });

  test('is told when it has lasted for its time, and not when it was interrupted', () => {
    expect(
      told(
        [
          [0, 'bad'],
          [59_999, 'bad'],
          [60_000, 'bad'],
        ],
        MINUTE,
      ),
    ).toEqual([null, null, 'fire']);
    expect(
      told(
        [
          [0, 'bad'],
          [50_000, 'good'],
          [60_000, 'bad'],
          [110_000, 'bad'],
        ],
        MINUTE,
      ),
    ).toEqual([null, null, null, null]);
  });

  test('is over only beyond the way back', () => {
    expect(
      told([
        [0, 'bad'],
        [1, 'between'],
        [2, 'bad'],
        [3, 'between'],
        [4, 'good'],
      ]),
    ).toEqual(['fire', null, null, null, 'resolve']);
  });

  test('that comes and goes is told as flapping at its third coming, then not at all until it has stayed away', () => {
    const steps: [number, Seen][] = [];
    for (let turn = 0; turn < 8; turn += 1) steps.push([turn * MINUTE, 'bad'], [turn * MINUTE + 30_000, 'good']);
    const last = 7 * MINUTE + 30_000;
    steps.push([last + RETURN_MS - 1, 'good'], [last + RETURN_MS, 'good'], [last + RETURN_MS + 1, 'bad']);
    expect(told(steps)).toEqual([
      ...['fire', 'resolve', 'again', 'resolve', 'flap', null],
      ...Array.from({ length: 5 }, () => ['again', null]).flat(),
      ...[null, 'resolve', 'fire'],
    ]);
  });

  test('that comes back after ten minutes is a new one', () => {
    expect(
      told([
        [0, 'bad'],
        [1, 'good'],
        [RETURN_MS + 1, 'good'],
        [RETURN_MS + 2, 'bad'],
      ]),
    ).toEqual(['fire', 'resolve', null, 'fire']);
  });

  test('in a maintenance window begins nothing, ends what is over, and is told after it when it still is so', () => {
    expect(
      told(
        [
          [0, 'bad, silenced'],
          [MINUTE, 'bad, silenced'],
          [MINUTE + 1, 'bad'],
          [2 * MINUTE, 'bad'],
        ],
        MINUTE,
      ),
    ).toEqual([null, null, null, 'fire']);
    expect(
      told([
        [0, 'bad'],
        [1, 'bad, silenced'],
        [2, 'good, silenced'],
        [3, 'bad, silenced'],
      ]),
    ).toEqual(['fire', null, 'resolve', null]);
  });
});

test('both sides of a rule have their way back', () => {
  const above = { comparison: 'above', threshold: 10, clearsAt: 5 } as const;
  const below = { comparison: 'below', threshold: 10, clearsAt: 20 } as const;
  expect([11, 10, 7, 5].map((value) => judge(above, value))).toEqual([
    { isBreached: true, isOver: false },
    { isBreached: false, isOver: false },
    { isBreached: false, isOver: false },
    { isBreached: false, isOver: true },
  ]);
  expect([9, 10, 15, 20].map((value) => judge(below, value))).toEqual([
    { isBreached: true, isOver: false },
    { isBreached: false, isOver: false },
    { isBreached: false, isOver: false },
    { isBreached: false, isOver: true },
  ]);
});
