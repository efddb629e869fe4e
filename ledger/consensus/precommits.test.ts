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

describe('precommits', () => {
  table(
    'precommits that disagree start the timeout once, and its end starts the next round [8.2.1-a]',
    'a',
    [start(), vote('precommit', '1/0', 'nil', 'b'), vote('precommit', '1/0', 'v', 'c')],
    [
      {
        what: 'the third, in whatever step',
        lines: 'L47 L48 A1',
        input: vote('precommit', '1/0', 'w', 'd'),
        outputs: ['timeout precommit 1/0 after 100 ms'],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'the fourth',
        lines: 'L47',
        input: vote('precommit', '1/0', 'nil', 'a'),
        outputs: [],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'the timeout',
        lines: 'L65 L66 L67 L11 L12 L13',
        input: elapsed('precommit', '1/0'),
        outputs: ['timeout propose 1/1 after 110 ms'],
        next: '1/1 propose, lock -, valid -',
      },
      {
        what: 'the timeout of the round before',
        lines: 'L66',
        input: elapsed('precommit', '1/0'),
        outputs: [],
        next: 'same',
      },
      {
        what: 'a propose timeout of the round before',
        lines: 'L58',
        input: elapsed('propose', '1/0'),
        outputs: [],
        next: 'same',
      },
    ],
  );

  table(
    'more than two thirds for a valid value decide it, once [8.2.1-a]',
    'a',
    [...PREVOTED, vote('precommit', '1/0', 'v', 'd'), vote('precommit', '1/0', 'v', 'c')],
    [
      {
        what: 'the third precommit',
        lines: 'L49 L50 L51 A5',
        input: vote('precommit', '1/0', 'v', 'b'),
        outputs: ['decide 1/0 v by b c d'],
        next: '1/0 commit, lock -, valid -',
      },
      {
        what: 'a late one',
        lines: 'L49 A5 A9',
        input: vote('precommit', '1/0', 'v', 'a'),
        outputs: [],
        next: '1/0 commit, lock v@0, valid -',
      },
      {
        what: 'a timer of the decided height',
        lines: 'A5',
        input: elapsed('precommit', '1/0'),
        outputs: [],
        next: 'same',
      },
    ],
  );

  table('a round left behind can still decide [8.2.1-a]', 'a', LOCKED_IN_ROUND_0.slice(0, -3), [
    {
      what: 'round 3 begins first',
      lines: 'L55 L56',
      input: vote('prevote', '1/3', 'nil', 'b'),
      outputs: [],
      next: '1/0 precommit, lock v@0, valid v@0',
    },
    {
      what: 'by two others',
      lines: 'L55 L56 L16 L19 A11',
      input: vote('prevote', '1/3', 'nil', 'c'),
      outputs: ['sign proposal 1/3 v valid round 0 of a', 'timeout propose 1/3 after 130 ms'],
      next: '1/3 propose, lock v@0, valid v@0',
    },
    {
      what: 'b',
      lines: 'L49',
      input: vote('precommit', '1/0', 'v', 'b'),
      outputs: [],
      next: '1/3 propose, lock v@0, valid v@0',
    },
    {
      what: 'c completes round 0',
      lines: 'L49 L50 L51',
      input: vote('precommit', '1/0', 'v', 'c'),
      outputs: ['decide 1/0 v by a b c'],
      next: '1/3 commit, lock v@0, valid v@0',
    },
  ]);

  table(
    'precommits without the proposal ask for it, and decide when it is valid [8.2.1-a]',
    'a',
    [start(), vote('precommit', '1/0', 'v', 'b'), vote('precommit', '1/0', 'v', 'c')],
    [
      {
        what: 'the quorum',
        lines: 'L47 L48 A7',
        input: vote('precommit', '1/0', 'v', 'd'),
        outputs: ['timeout precommit 1/0 after 100 ms', 'need proposal 1/0 v'],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'the proposal',
        lines: 'L49 A3',
        input: proposal('1/0', 'v', 'b'),
        outputs: ['check 1/0 v valid round -1'],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'valid',
        lines: 'L49 L50 L51',
        input: checked('1/0', 'v', 'untimely'),
        outputs: ['decide 1/0 v by b c d'],
        next: '1/0 commit, lock -, valid -',
      },
    ],
  );

  table(
    'a quorum for a value that valid() refuses halts and decides nothing [8.2.1-a]',
    'a',
    [
      start(),
      proposal('1/0', 'v', 'b'),
      checked('1/0', 'v', 'invalid'),
      vote('precommit', '1/0', 'v', 'b'),
      vote('precommit', '1/0', 'v', 'c'),
    ],
    [
      {
        what: 'the quorum',
        lines: 'L50 A8',
        input: vote('precommit', '1/0', 'v', 'd'),
        outputs: ['timeout precommit 1/0 after 100 ms', 'halt 1/0 v'],
        next: '1/0 prevote, lock -, valid -',
      },
    ],
  );

  table(
    'precommits for nil decide nothing [8.2.1-a]',
    'a',
    [start(), vote('precommit', '1/0', 'nil', 'b'), vote('precommit', '1/0', 'nil', 'c')],
    [
      {
        what: 'three of four for nil',
        lines: 'L47 L48 A1',
        input: vote('precommit', '1/0', 'nil', 'd'),
        outputs: ['timeout precommit 1/0 after 100 ms'],
        next: '1/0 propose, lock -, valid -',
      },
    ],
  );
});

describe('round skip', () => {
  table(
    'more than one third in a later round pull along, whatever they send, each counted once [8.2.1-a]',
    'a',
    [start()],
    [
      {
        what: 'one of four',
        lines: 'L55',
        input: vote('prevote', '1/2', 'v', 'd'),
        outputs: [],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'the same again by another kind',
        lines: 'L55 A11',
        input: vote('precommit', '1/2', 'v', 'd'),
        outputs: [],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'and by a proposal',
        lines: 'L55 A11',
        input: proposal('1/2', 'v', 'd'),
        outputs: [],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'another one elsewhere',
        lines: 'L55',
        input: vote('prevote', '1/5', 'v', 'b'),
        outputs: [],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'two of four in one round',
        lines: 'L55 L56 A3',
        input: vote('precommit', '1/2', 'nil', 'c'),
        outputs: ['timeout propose 1/2 after 120 ms', 'check 1/2 v valid round -1'],
        next: '1/2 propose, lock -, valid -',
      },
    ],
  );

  table(
    'a proposal counts for the skip like a vote, and the highest round wins [8.2.1-a]',
    'a',
    [start(), vote('prevote', '1/1', 'v', 'b')],
    [
      {
        what: 'c proposes in round 1',
        lines: 'L55 L56 A11',
        input: proposal('1/1', 'v', 'c'),
        outputs: ['timeout propose 1/1 after 110 ms', 'check 1/1 v valid round -1'],
        next: '1/1 propose, lock -, valid -',
      },
    ],
  );
});
