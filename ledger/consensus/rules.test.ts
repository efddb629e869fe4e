import { describe, expect, it } from 'vitest';
import type { Input } from './effects.ts';
import { built, checked, elapsed, expected, play, proposal, start, vote, type Step } from './step-table.ts';

function table(title: string, own: string, before: readonly Input[], steps: readonly Step[]): void {
  it(title, () => expect(play(own, before, steps).done).toEqual(expected(steps)));
}

/** a has locked and precommitted v in round 0, where c and d did not follow, and is in round 1. */
const LOCKED_IN_ROUND_0: readonly Input[] = [
  start(),
  proposal('1/0', 'v', 'b'),
  checked('1/0', 'v'),
  vote('prevote', '1/0', 'v', 'a'),
  vote('prevote', '1/0', 'v', 'b'),
  vote('prevote', '1/0', 'v', 'c'),
  vote('precommit', '1/0', 'v', 'a'),
  vote('precommit', '1/0', 'nil', 'c'),
  vote('precommit', '1/0', 'nil', 'd'),
  elapsed('precommit', '1/0'),
];

/** a has prevoted v in round 0. */
const PREVOTED: readonly Input[] = [
  start(),
  proposal('1/0', 'v', 'b'),
  checked('1/0', 'v'),
  vote('prevote', '1/0', 'v', 'a'),
];

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

describe('a proposal that refers to a polka', () => {
  const skippedTo2 = [
    ...LOCKED_IN_ROUND_0,
    vote('prevote', '1/1', 'w', 'b'),
    vote('prevote', '1/1', 'w', 'c'),
    vote('precommit', '1/2', 'nil', 'b'),
    vote('precommit', '1/2', 'nil', 'c'),
  ];

  table(
    'a later polka for another value opens the lock [8.2.1-a]',
    'a',
    [...skippedTo2, proposal('1/2', 'w', 'd', 1), checked('1/2', 'w')],
    [
      {
        what: 'the third prevote of round 1 completes the polka',
        lines: 'L28 L29 L30 L33',
        input: vote('prevote', '1/1', 'w', 'd'),
        outputs: ['sign prevote 1/2 w of a'],
        next: '1/2 prevote, lock v@0, valid v@0',
      },
    ],
  );

  table(
    'an earlier polka than the lock does not open it [8.2.1-a]',
    'a',
    [
      start(),
      // Round 0 had a polka for w that a has not seen; a locks v in round 1.
      vote('prevote', '1/1', 'v', 'b'),
      vote('prevote', '1/1', 'v', 'c'),
      proposal('1/1', 'v', 'c'),
      checked('1/1', 'v'),
      vote('prevote', '1/1', 'v', 'a'),
      vote('precommit', '1/1', 'v', 'a'),
      vote('prevote', '1/0', 'w', 'b'),
      vote('prevote', '1/0', 'w', 'c'),
      vote('prevote', '1/0', 'w', 'd'),
      vote('precommit', '1/2', 'nil', 'b'),
      vote('precommit', '1/2', 'nil', 'c'),
      proposal('1/2', 'w', 'd', 0),
    ],
    [
      {
        what: 'w with the polka of round 0 against the lock of round 1',
        lines: 'L29 L31 L32 L33',
        input: checked('1/2', 'w'),
        outputs: ['sign prevote 1/2 nil of a'],
        next: '1/2 prevote, lock v@1, valid v@1',
      },
    ],
  );

  table(
    'a second polka of the lock round itself opens the lock too, should a third of the power be faulty [8.2.1-a]',
    'a',
    [
      ...LOCKED_IN_ROUND_0,
      vote('prevote', '1/0', 'w', 'b'),
      vote('prevote', '1/0', 'w', 'c'),
      vote('prevote', '1/0', 'w', 'd'),
      proposal('1/1', 'w', 'c', 0),
    ],
    [
      {
        what: 'lockedRound = vr',
        lines: 'L29 L30',
        input: checked('1/1', 'w'),
        outputs: ['sign prevote 1/1 w of a'],
        next: '1/1 prevote, lock v@0, valid v@0',
      },
    ],
  );

  table(
    'an invalid value gets nil, whatever polka it has [8.2.1-a]',
    'a',
    [...skippedTo2, proposal('1/2', 'w', 'd', 1), vote('prevote', '1/1', 'w', 'd')],
    [
      {
        what: 'valid() refuses it',
        lines: 'L29 L31 L32 L33',
        input: checked('1/2', 'w', 'invalid'),
        outputs: ['sign prevote 1/2 nil of a'],
        next: '1/2 prevote, lock v@0, valid v@0',
      },
    ],
  );

  table(
    'without the polka it waits, and gives up when the time is over [8.2.1-a]',
    'a',
    [...skippedTo2, proposal('1/2', 'w', 'd', 1)],
    [
      {
        what: 'two prevotes are no polka',
        lines: 'L28',
        input: checked('1/2', 'w'),
        outputs: [],
        next: '1/2 propose, lock v@0, valid v@0',
      },
      {
        what: 'the propose timeout',
        lines: 'L57 L58 L59 L60',
        input: elapsed('propose', '1/2'),
        outputs: ['sign prevote 1/2 nil of a'],
        next: '1/2 prevote, lock v@0, valid v@0',
      },
    ],
  );
});

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
