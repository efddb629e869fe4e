import { describe, expect, it } from 'vitest';
import type { Input } from './effects.ts';
import {
  LOCKED_IN_ROUND_0,
  built,
  checked,
  elapsed,
  expected,
  play,
  proposal,
  start,
  vote,
  type Step,
} from './step-table.ts';

function table(title: string, own: string, before: readonly Input[], steps: readonly Step[]): void {
  it(title, () => expect(play(own, before, steps).done).toEqual(expected(steps)));
}

describe('starting a round', () => {
  table(
    'a validator that is not the proposer waits for a proposal, for a time [8.2.1-a]',
    'a',
    [],
    [
      {
        what: 'the first round of the first height',
        lines: 'L1 L2 L3 L4 L5 L6 L7 L8 L9 L10 L11 L12 L13 L14 L20 L21',
        input: start(),
        outputs: ['timeout propose 1/0 after 100 ms'],
        next: '1/0 propose, lock -, valid -',
      },
    ],
  );

  table(
    'the proposer builds a value, proposes it once, and prevotes its own proposal [8.2.1-a]',
    'b',
    [],
    [
      {
        what: 'asks for a value, with a time limit',
        lines: 'L14 L15 L17 L18 A4',
        input: start(),
        outputs: ['build 1/0', 'timeout propose 1/0 after 100 ms'],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'proposes what was built',
        lines: 'L18 L19',
        input: built('1/0', 'v'),
        outputs: ['sign proposal 1/0 v valid round -1 of b'],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'prevotes it as soon as it is signed, without a check of its own work',
        lines: 'L22 L23 L24 L27 A3',
        input: proposal('1/0', 'v', 'b'),
        outputs: ['sign prevote 1/0 v of b'],
        next: '1/0 prevote, lock -, valid -',
      },
      { what: 'ignores a second answer', lines: 'A4', input: built('1/0', 'w'), outputs: [], next: 'same' },
    ],
  );

  table(
    'a value that is built too late is not proposed [8.2.1-a]',
    'b',
    [start()],
    [
      {
        what: 'the propose timeout of the proposer itself',
        lines: 'A4 L57 L58 L59 L60',
        input: elapsed('propose', '1/0'),
        outputs: ['sign prevote 1/0 nil of b'],
        next: '1/0 prevote, lock -, valid -',
      },
      { what: 'the late answer', lines: 'A4', input: built('1/0', 'v'), outputs: [], next: 'same' },
    ],
  );

  table(
    'a proposer with a valid value proposes it again with the round of its polka [8.2.1-a]',
    'c',
    [
      start(),
      proposal('1/0', 'v', 'b'),
      checked('1/0', 'v'),
      vote('prevote', '1/0', 'v', 'c'),
      vote('prevote', '1/0', 'v', 'a'),
      vote('prevote', '1/0', 'v', 'b'),
      vote('precommit', '1/0', 'v', 'c'),
      vote('precommit', '1/0', 'nil', 'a'),
      vote('precommit', '1/0', 'nil', 'b'),
    ],
    [
      {
        what: 'round 1 is its own',
        lines: 'L15 L16 L19 L65 L66 L67',
        input: elapsed('precommit', '1/0'),
        outputs: ['sign proposal 1/1 v valid round 0 of c', 'timeout propose 1/1 after 110 ms'],
        next: '1/1 propose, lock v@0, valid v@0',
      },
      {
        what: 'its own proposal needs no check, and the polka of round 0 is at hand',
        lines: 'L28 L29 L30 L33',
        input: proposal('1/1', 'v', 'c', 0),
        outputs: ['sign prevote 1/1 v of c'],
        next: '1/1 prevote, lock v@0, valid v@0',
      },
    ],
  );
});

describe('a new proposal', () => {
  table(
    'a valid value is prevoted when nothing is locked [8.2.1-a]',
    'a',
    [start()],
    [
      {
        what: 'the shell is asked first',
        lines: 'A3',
        input: proposal('1/0', 'v', 'b'),
        outputs: ['check 1/0 v valid round -1'],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'then it is prevoted',
        lines: 'L22 L23 L24 L27',
        input: checked('1/0', 'v'),
        outputs: ['sign prevote 1/0 v of a'],
        next: '1/0 prevote, lock -, valid -',
      },
    ],
  );

  for (const verdict of ['invalid', 'untimely'] as const) {
    table(
      `a value that is ${verdict} gets a prevote for nil [8.2.1-a]`,
      'a',
      [start(), proposal('1/0', 'v', 'b')],
      [
        {
          what: `the answer is ${verdict}`,
          lines: 'L22 L23 L25 L26 L27 A3',
          input: checked('1/0', 'v', verdict),
          outputs: ['sign prevote 1/0 nil of a'],
          next: '1/0 prevote, lock -, valid -',
        },
      ],
    );
  }

  table(
    'a proposal that cannot be checked now is forgotten and may come again [8.2.1-a]',
    'a',
    [start(), proposal('1/0', 'v', 'b')],
    [
      {
        what: 'unknown',
        lines: 'A3',
        input: checked('1/0', 'v', 'unknown'),
        outputs: [],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'asked again',
        lines: 'A3',
        input: proposal('1/0', 'v', 'b'),
        outputs: ['check 1/0 v valid round -1'],
        next: '1/0 propose, lock -, valid -',
      },
    ],
  );

  table(
    'another value than the locked one is not prevoted without a polka [8.2.1-a]',
    'a',
    [...LOCKED_IN_ROUND_0, proposal('1/1', 'w', 'c')],
    [
      {
        what: 'w against the lock on v',
        lines: 'L23 L25 L26 L27',
        input: checked('1/1', 'w'),
        outputs: ['sign prevote 1/1 nil of a'],
        next: '1/1 prevote, lock v@0, valid v@0',
      },
    ],
  );

  table(
    'the locked value itself is prevoted again [8.2.1-a]',
    'a',
    [...LOCKED_IN_ROUND_0, proposal('1/1', 'v', 'c')],
    [
      {
        what: 'v as a new proposal',
        lines: 'L23 L24',
        input: checked('1/1', 'v'),
        outputs: ['sign prevote 1/1 v of a'],
        next: '1/1 prevote, lock v@0, valid v@0',
      },
    ],
  );

  table(
    'a proposal of somebody who is not the proposer changes nothing [8.2.1-a]',
    'a',
    [start()],
    [
      { what: 'c in the round of b', lines: 'A2', input: proposal('1/0', 'v', 'c'), outputs: [], next: 'same' },
      {
        what: 'a validRound that is not earlier',
        lines: 'A2',
        input: proposal('1/0', 'v', 'b', 0),
        outputs: [],
        next: 'same',
      },
      {
        what: 'a validRound that is no round',
        lines: 'A2',
        input: proposal('1/0', 'v', 'b', -2),
        outputs: [],
        next: 'same',
      },
      { what: 'a round that is none', lines: 'A2', input: proposal('1/0.5', 'v', 'b'), outputs: [], next: 'same' },
    ],
  );
});
