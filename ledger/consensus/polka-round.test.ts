import { describe, expect, it } from 'vitest';
import type { Input } from './effects.ts';
import { LOCKED_IN_ROUND_0, checked, elapsed, expected, play, proposal, start, vote, type Step } from './step-table.ts';

function table(title: string, own: string, before: readonly Input[], steps: readonly Step[]): void {
  it(title, () => expect(play(own, before, steps).done).toEqual(expected(steps)));
}

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
