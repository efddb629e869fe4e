import { describe, expect, it } from 'vitest';
import type { Input } from './effects.ts';
import {
  LOCKED_IN_ROUND_0,
  PREVOTED,
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

describe('prevotes', () => {
  table('two thirds exactly are no polka, one vote more is, and it locks [8.2.1-a]', 'a', PREVOTED, [
    {
      what: 'two of four',
      lines: 'L36',
      input: vote('prevote', '1/0', 'v', 'b'),
      outputs: [],
      next: '1/0 prevote, lock -, valid -',
    },
    {
      what: 'three of four',
      lines: 'L34 L35 L36 L37 L38 L39 L40 L41 L42 L43',
      input: vote('prevote', '1/0', 'v', 'c'),
      outputs: ['timeout prevote 1/0 after 100 ms', 'sign precommit 1/0 v of a'],
      next: '1/0 precommit, lock v@0, valid v@0',
    },
    {
      what: 'the fourth changes nothing more',
      lines: 'L34 L36',
      input: vote('prevote', '1/0', 'v', 'd'),
      outputs: [],
      next: '1/0 precommit, lock v@0, valid v@0',
    },
  ]);

  table('prevotes that disagree start the timeout once, and its end gives nil [8.2.1-a]', 'a', PREVOTED, [
    {
      what: 'a second vote',
      lines: 'L34',
      input: vote('prevote', '1/0', 'nil', 'b'),
      outputs: [],
      next: '1/0 prevote, lock -, valid -',
    },
    {
      what: 'a third vote of any kind',
      lines: 'L34 L35 A1',
      input: vote('prevote', '1/0', 'w', 'c'),
      outputs: ['timeout prevote 1/0 after 100 ms'],
      next: '1/0 prevote, lock -, valid -',
    },
    {
      what: 'a fourth: not again',
      lines: 'L34',
      input: vote('prevote', '1/0', 'nil', 'd'),
      outputs: [],
      next: '1/0 prevote, lock -, valid -',
    },
    { what: 'a timeout of another round', lines: 'L62', input: elapsed('prevote', '1/1'), outputs: [], next: 'same' },
    { what: 'a timeout of another height', lines: 'L62', input: elapsed('prevote', '2/0'), outputs: [], next: 'same' },
    {
      what: 'the timeout',
      lines: 'L61 L62 L63 L64',
      input: elapsed('prevote', '1/0'),
      outputs: ['sign precommit 1/0 nil of a'],
      next: '1/0 precommit, lock -, valid -',
    },
    { what: 'the timeout again', lines: 'L62', input: elapsed('prevote', '1/0'), outputs: [], next: 'same' },
  ]);

  table(
    'a polka for nil gives a precommit for nil at once and locks nothing [8.2.1-a]',
    'a',
    [...PREVOTED, vote('prevote', '1/0', 'nil', 'b'), vote('prevote', '1/0', 'nil', 'c')],
    [
      {
        what: 'three of four for nil',
        lines: 'L44 L45 L46 A1',
        input: vote('prevote', '1/0', 'nil', 'd'),
        outputs: ['sign precommit 1/0 nil of a'],
        next: '1/0 precommit, lock -, valid -',
      },
    ],
  );

  table(
    'a polka that comes after the precommit sets the valid value, not the lock [8.2.1-a]',
    'a',
    [...PREVOTED, vote('prevote', '1/0', 'v', 'b'), vote('prevote', '1/0', 'nil', 'd'), elapsed('prevote', '1/0')],
    [
      {
        what: 'the late prevote',
        lines: 'L36 L37 L42 L43',
        input: vote('prevote', '1/0', 'v', 'c'),
        outputs: [],
        next: '1/0 precommit, lock -, valid v@0',
      },
    ],
  );

  table(
    'a polka without the proposal waits for it, and asks for it once [8.2.1-a]',
    'a',
    [start(), elapsed('propose', '1/0'), vote('prevote', '1/0', 'v', 'b'), vote('prevote', '1/0', 'v', 'c')],
    [
      {
        what: 'the polka',
        lines: 'L34 A7',
        input: vote('prevote', '1/0', 'v', 'd'),
        outputs: ['timeout prevote 1/0 after 100 ms', 'need proposal 1/0 v'],
        next: '1/0 prevote, lock -, valid -',
      },
      {
        what: 'the proposal',
        lines: 'L36 A3',
        input: proposal('1/0', 'v', 'b'),
        outputs: ['check 1/0 v valid round -1'],
        next: '1/0 prevote, lock -, valid -',
      },
      {
        what: 'late, hence untimely, but three vouch for its time',
        lines: 'L36 L38 L40 A3',
        input: checked('1/0', 'v', 'untimely'),
        outputs: ['sign precommit 1/0 v of a'],
        next: '1/0 precommit, lock v@0, valid v@0',
      },
    ],
  );

  table(
    'a polka for a known value still needs the proposal of its own round [8.2.1-a]',
    'a',
    [
      ...LOCKED_IN_ROUND_0,
      elapsed('propose', '1/1'),
      vote('prevote', '1/1', 'v', 'b'),
      vote('prevote', '1/1', 'v', 'c'),
    ],
    [
      {
        what: 'v was proposed in round 0, not in round 1',
        lines: 'L36 A7',
        input: vote('prevote', '1/1', 'v', 'd'),
        outputs: ['timeout prevote 1/1 after 110 ms', 'need proposal 1/1 v'],
        next: '1/1 prevote, lock v@0, valid v@0',
      },
      {
        what: 'now it is',
        lines: 'L36 L39 L43',
        input: proposal('1/1', 'v', 'c', 0),
        outputs: ['sign precommit 1/1 v of a'],
        next: '1/1 precommit, lock v@1, valid v@1',
      },
    ],
  );

  table('a propose timeout after the prevote changes nothing [8.2.1-a]', 'a', PREVOTED, [
    { what: 'late', lines: 'L58', input: elapsed('propose', '1/0'), outputs: [], next: 'same' },
    { what: 'a stranger has no vote', lines: 'A2', input: vote('prevote', '1/0', 'v', 'z'), outputs: [], next: 'same' },
  ]);

  table(
    'a polka for an invalid value locks nothing [8.2.1-a]',
    'a',
    [
      start(),
      proposal('1/0', 'v', 'b'),
      checked('1/0', 'v', 'invalid'),
      vote('prevote', '1/0', 'nil', 'a'),
      vote('prevote', '1/0', 'v', 'b'),
      vote('prevote', '1/0', 'v', 'c'),
    ],
    [
      {
        what: 'three of four for it',
        lines: 'L36',
        input: vote('prevote', '1/0', 'v', 'd'),
        outputs: [],
        next: '1/0 prevote, lock -, valid -',
      },
    ],
  );

  table(
    'a polka in a later round moves the lock [8.2.1-a]',
    'a',
    [
      ...LOCKED_IN_ROUND_0,
      proposal('1/1', 'w', 'c'),
      checked('1/1', 'w'),
      vote('prevote', '1/1', 'nil', 'a'),
      vote('prevote', '1/1', 'w', 'b'),
      vote('prevote', '1/1', 'w', 'c'),
    ],
    [
      {
        what: 'the others prevote w',
        lines: 'L36 L38 L39 L40 L42 L43',
        input: vote('prevote', '1/1', 'w', 'd'),
        outputs: ['sign precommit 1/1 w of a'],
        next: '1/1 precommit, lock w@1, valid w@1',
      },
    ],
  );
});
