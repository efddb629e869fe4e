import { describe, expect, it } from 'vitest';
import type { Input } from './effects.ts';
import {
  DECIDED_1,
  FOUR,
  checked,
  elapsed,
  expected,
  play,
  proposal,
  start,
  stateAfter,
  vote,
  type Step,
} from './step-table.ts';
import { EARLY_MAX } from './early.ts';
import { ROUNDS_AHEAD_MAX } from './log.ts';
import { step } from './driver.ts';
import { address } from './types.ts';
import { validatorSet } from './validators.ts';

function table(title: string, own: string, before: readonly Input[], steps: readonly Step[]): void {
  it(title, () => expect(play(own, before, steps).done).toEqual(expected(steps)));
}

describe('heights', () => {
  table('the next height begins with an empty log and no lock, and gets what came early [8.2.1-a]', 'a', DECIDED_1, [
    {
      what: 'a message of the next height waits',
      lines: 'A5',
      input: proposal('2/0', 'w', 'c'),
      outputs: [],
      next: '1/0 commit, lock v@0, valid v@0',
    },
    { what: 'the same again', lines: 'A5', input: proposal('2/0', 'w', 'c'), outputs: [], next: 'same' },
    {
      what: 'a vote of the next height waits',
      lines: 'A5',
      input: vote('prevote', '2/0', 'w', 'd'),
      outputs: [],
      next: '1/0 commit, lock v@0, valid v@0',
    },
    {
      what: 'one of the height after is not kept',
      lines: 'A5',
      input: vote('prevote', '3/0', 'w', 'd'),
      outputs: [],
      next: 'same',
    },
    {
      what: 'nor one of a stranger',
      lines: 'A2 A5',
      input: vote('prevote', '2/0', 'w', 'z'),
      outputs: [],
      next: 'same',
    },
    {
      what: 'the shell starts the next height',
      lines: 'L52 L53 L54 A5',
      input: start(2n),
      outputs: ['timeout propose 2/0 after 100 ms', 'deliver proposal 2/0 w valid round -1 of c, prevote 2/0 w of d'],
      next: '2/0 propose, lock -, valid -',
    },
    { what: 'once', lines: 'A5', input: start(2n), outputs: [], next: 'same' },
    {
      what: 'a vote of the height before',
      lines: 'A5',
      input: vote('precommit', '1/0', 'v', 'd'),
      outputs: [],
      next: 'same',
    },
    { what: 'a check of the height before', lines: 'A5', input: checked('1/0', 'v'), outputs: [], next: 'same' },
  ]);

  table(
    'block sync may go on at a later height, and what was early for another is dropped [8.2.1-a]',
    'a',
    [start(), vote('prevote', '2/0', 'w', 'd')],
    [
      {
        what: 'height 7',
        lines: 'A5 L53 L54',
        input: start(7n),
        outputs: ['timeout propose 7/0 after 100 ms'],
        next: '7/0 propose, lock -, valid -',
      },
    ],
  );

  it('each height has its own validators: one who left is a stranger, one who is none signs nothing (A2 A5) [8.2.1-a]', () => {
    const three = validatorSet(['b', 'c', 'd'].map((name) => ({ address: address(name), power: 1 })));
    const before = [...DECIDED_1, start(2n, three), proposal('2/0', 'w', 'd')];
    const votes = ['b', 'c', 'd'].map((name) => vote('prevote', '2/0', 'w', name));
    const { done } = play(
      'a',
      [...before, vote('prevote', '2/0', 'w', 'a')],
      [
        { what: '', lines: '', input: checked('2/0', 'w'), outputs: [], next: '' },
        ...votes.map((input) => ({ what: '', lines: '', input, outputs: [], next: '' })),
      ],
    );
    expect(done[0]).toEqual({ what: '', outputs: [], next: '2/0 prevote, lock -, valid -' });
    expect(done[3]?.next).toBe('2/0 precommit, lock w@0, valid w@0');
    expect(done.flatMap((each) => each.outputs).filter((output) => output.startsWith('sign'))).toEqual([]);
  });
});

describe('a change of the validators', () => {
  const four = validatorSet(['a', 'b', 'c', 'e'].map((name) => ({ address: address(name), power: 1 })));
  table(
    'what the next height’s members say early is kept, what one says who leaves is not [8.2.1-a]',
    'a',
    [start(1n, FOUR, four)],
    [
      {
        what: 'd is no member of height 2 any more',
        lines: 'A5',
        input: vote('prevote', '2/0', 'w', 'd'),
        outputs: [],
        next: 'same',
      },
      {
        what: 'e is one from then on',
        lines: 'A5',
        input: vote('prevote', '2/0', 'w', 'e'),
        outputs: [],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'in height 1 it is a stranger',
        lines: 'A2 A5',
        input: vote('prevote', '1/0', 'v', 'e'),
        outputs: [],
        next: 'same',
      },
      {
        what: 'its height begins',
        lines: 'A5',
        input: start(2n, four),
        outputs: ['timeout propose 2/0 after 100 ms', 'deliver prevote 2/0 w of e'],
        next: '2/0 propose, lock -, valid -',
      },
    ],
  );
});

describe('equivocation', () => {
  table(
    'a vote that contradicts an earlier one is evidence, once, and counts for its value [8.2.1-a]',
    'a',
    [
      start(),
      proposal('1/0', 'v', 'b'),
      checked('1/0', 'v'),
      vote('prevote', '1/0', 'v', 'a'),
      vote('prevote', '1/0', 'v', 'b'),
      vote('prevote', '1/0', 'w', 'd'),
    ],
    [
      { what: 'the same vote again', lines: 'A6', input: vote('prevote', '1/0', 'w', 'd'), outputs: [], next: 'same' },
      {
        what: 'd votes for v too: c and d may have shown the others a polka',
        lines: 'A6 A10 L36',
        input: vote('prevote', '1/0', 'v', 'd'),
        outputs: ['evidence prevote 1/0 w of d and v', 'sign precommit 1/0 v of a'],
        next: '1/0 precommit, lock v@0, valid v@0',
      },
      {
        what: 'a third value that nobody else has',
        lines: 'A10',
        input: vote('prevote', '1/0', 'x', 'd'),
        outputs: [],
        next: 'same',
      },
      {
        what: 'the other kind is another matter',
        lines: 'A6',
        input: vote('precommit', '1/0', 'w', 'd'),
        outputs: [],
        next: '1/0 precommit, lock v@0, valid v@0',
      },
    ],
  );

  it('an equivocator makes no quorum of "anything" by voting twice (A1 A10) [8.2.1-a]', () => {
    const { done } = play(
      'a',
      [start(), elapsed('propose', '1/0'), vote('prevote', '1/0', 'v', 'd')],
      [
        { what: '', lines: '', input: vote('prevote', '1/0', 'w', 'd'), outputs: [], next: '' },
        { what: '', lines: '', input: vote('prevote', '1/0', 'nil', 'a'), outputs: [], next: '' },
      ],
    );
    expect(done.flatMap((each) => each.outputs)).toEqual(['evidence prevote 1/0 v of d and w']);
  });

  table(
    'of an equivocating proposer two proposals are kept, and the one that the others chose [8.2.1-a]',
    'a',
    [start(), proposal('1/0', 'v', 'b')],
    [
      {
        what: 'a second one is reported and checked',
        lines: 'A6 A7 A3',
        input: proposal('1/0', 'w', 'b'),
        outputs: ['evidence proposal 1/0 v valid round -1 of b and w', 'check 1/0 w valid round -1'],
        next: '1/0 propose, lock -, valid -',
      },
      { what: 'a third one is not kept', lines: 'A7', input: proposal('1/0', 'x', 'b'), outputs: [], next: 'same' },
      {
        what: 'precommits for it',
        lines: 'L49',
        input: vote('precommit', '1/0', 'x', 'b'),
        outputs: [],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'precommits for it',
        lines: 'L49',
        input: vote('precommit', '1/0', 'x', 'c'),
        outputs: [],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'a quorum for it',
        lines: 'A7',
        input: vote('precommit', '1/0', 'x', 'd'),
        outputs: ['timeout precommit 1/0 after 100 ms', 'need proposal 1/0 x'],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'now it is wanted',
        lines: 'A7',
        input: proposal('1/0', 'x', 'b'),
        outputs: ['check 1/0 x valid round -1'],
        next: '1/0 propose, lock -, valid -',
      },
      {
        what: 'and decided',
        lines: 'L49 L50 L51',
        input: checked('1/0', 'x'),
        outputs: ['decide 1/0 x by b c d'],
        next: '1/0 commit, lock -, valid -',
      },
    ],
  );
});

describe('bounds', () => {
  it('one validator occupies at most its highest rounds ahead (A5) [8.2.1-a]', () => {
    const rounds = [9, 3, 1_000_000, 8, 2, 7, 2 ** 31 - 1];
    const state = stateAfter('a', [start(), ...rounds.map((at) => vote('prevote', `1/${at}`, 'x', 'd'))]);
    expect([...state.log.keys()].sort((a, b) => a - b)).toEqual([8, 9, 1_000_000, 2 ** 31 - 1]);
    expect(state.log.size).toBe(ROUNDS_AHEAD_MAX);
  });

  it('no round outside [0, 2^31) enters the log (A2) [8.2.1-a]', () => {
    const before = stateAfter('a', [start()]);
    for (const at of [-1, 0.5, 2 ** 31, Number.NaN, Number.POSITIVE_INFINITY]) {
      expect(step(before, vote('prevote', `1/${at}`, 'x', 'd')).state).toBe(before);
    }
  });

  it('a flood of votes for invented values leaves two of each validator, round and kind (A10) [8.2.1-a]', () => {
    const flood = Array.from({ length: 500 }, (_, index) => vote('prevote', '1/0', `x${index}`, 'd'));
    const state = stateAfter('a', [start(), ...flood]);
    expect(state.log.get(state.round)?.prevotes.votes.get(address('d'))).toHaveLength(2);
  });

  it('a flood of messages of the next height leaves the newest few of each sender (A5) [8.2.1-a]', () => {
    const flood = Array.from({ length: 100 }, (_, index) => vote('prevote', `2/${index}`, 'x', 'd'));
    const state = stateAfter('a', [start(), vote('prevote', '2/0', 'y', 'c'), ...flood]);
    expect(state.early).toHaveLength(EARLY_MAX + 1);
    expect(state.early.at(-1)).toEqual(flood.at(-1)?.signed);
  });

  it('the state that goes in is never changed [8.2.1-a]', () => {
    const inputs = DECIDED_1;
    let state = stateAfter('a', []);
    for (const input of inputs) {
      const before = structuredClone(state);
      const { state: next } = step(state, input);
      expect(state).toEqual(before);
      state = next;
    }
    expect(FOUR.validators).toHaveLength(4);
  });
});
