import { describe, expect, it } from 'vitest';
import { EARLY_MAX } from './early.ts';
import type { Input } from './effects.ts';
import { ROUNDS_AHEAD_MAX } from './log.ts';
import {
  FOUR,
  built,
  checked,
  elapsed,
  expected,
  play,
  proposal,
  start,
  startReplay,
  stateAfter,
  vote,
  type Step,
} from './step-table.ts';
import { step } from './driver.ts';
import { textOfEffect } from './text.ts';
import { address } from './types.ts';
import { validatorSet } from './validators.ts';

function table(title: string, own: string, before: readonly Input[], steps: readonly Step[]): void {
  it(title, () => expect(play(own, before, steps).done).toEqual(expected(steps)));
}

/** Height 1 as a sees it when all goes well, up to its decision. */
const DECIDED_1: readonly Input[] = [
  start(),
  proposal('1/0', 'v', 'b'),
  checked('1/0', 'v'),
  vote('prevote', '1/0', 'v', 'a'),
  vote('prevote', '1/0', 'v', 'b'),
  vote('prevote', '1/0', 'v', 'c'),
  vote('precommit', '1/0', 'v', 'a'),
  vote('precommit', '1/0', 'v', 'b'),
  vote('precommit', '1/0', 'v', 'c'),
];

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

describe('restart', () => {
  const LOCKED = DECIDED_1.slice(0, 7).filter((input) => input.kind !== 'start-height');

  table(
    'the recorded inputs give the same state, and nothing is signed again [8.2.1-a]',
    'a',
    [startReplay(), ...LOCKED],
    [
      {
        what: 'the end of the replay',
        lines: 'A9',
        input: { kind: 'restored' },
        outputs: [
          'send again prevote 1/0 v of a',
          'send again precommit 1/0 v of a',
          'timeout propose 1/0 after 100 ms',
          'timeout prevote 1/0 after 100 ms',
        ],
        next: '1/0 precommit, lock v@0, valid v@0',
      },
      { what: 'once', lines: 'A9', input: { kind: 'restored' }, outputs: [], next: 'same' },
    ],
  );

  table(
    'a vote that had not become durable is signed after all [8.2.1-a]',
    'a',
    [startReplay(), ...LOCKED.slice(0, -1)],
    [
      {
        what: 'the end of the replay',
        lines: 'A9',
        input: { kind: 'restored' },
        outputs: [
          'send again prevote 1/0 v of a',
          'timeout propose 1/0 after 100 ms',
          'timeout prevote 1/0 after 100 ms',
          'sign precommit 1/0 v of a',
        ],
        next: '1/0 precommit, lock v@0, valid v@0',
      },
    ],
  );

  table(
    'of what was asked before the crash only what nobody answered is asked again [8.2.1-a]',
    'b',
    [
      startReplay(),
      built('1/0', 'v'),
      elapsed('propose', '1/0'),
      vote('precommit', '1/1', 'nil', 'c'),
      vote('precommit', '1/1', 'nil', 'd'),
      proposal('1/1', 'w', 'c'),
    ],
    [
      {
        what: 'the proposal of round 0 was signed, its timers are over; the check of round 1 and its timer are not',
        lines: 'A9',
        input: { kind: 'restored' },
        outputs: [
          'sign proposal 1/0 v valid round -1 of b',
          'sign prevote 1/0 nil of b',
          'timeout propose 1/1 after 110 ms',
          'check 1/1 w valid round -1',
        ],
        next: '1/1 propose, lock -, valid -',
      },
    ],
  );

  table(
    'a decision that was not applied is given again [8.2.1-a]',
    'a',
    [startReplay(), ...DECIDED_1.slice(1)],
    [
      {
        what: 'the end of the replay',
        lines: 'A9 L51',
        input: { kind: 'restored' },
        outputs: ['send again prevote 1/0 v of a', 'send again precommit 1/0 v of a', 'decide 1/0 v by a b c'],
        next: '1/0 commit, lock v@0, valid v@0',
      },
    ],
  );

  it('with nothing left but the own messages, none of them is contradicted (A9) [8.2.1-a]', () => {
    const before = [
      startReplay(),
      vote('prevote', '1/0', 'v', 'a'),
      vote('precommit', '1/0', 'v', 'a'),
      { kind: 'restored' } as const,
    ];
    const outputs = (
      [
        elapsed('propose', '1/0'),
        vote('prevote', '1/0', 'nil', 'b'),
        vote('prevote', '1/0', 'nil', 'c'),
        vote('prevote', '1/0', 'nil', 'd'),
        vote('precommit', '1/0', 'nil', 'b'),
        vote('precommit', '1/0', 'nil', 'c'),
        elapsed('precommit', '1/0'),
        proposal('1/1', 'w', 'c'),
        checked('1/1', 'w'),
      ] as const
    ).map((input) => ({ what: '', lines: '', input, outputs: [], next: '' }));
    const { done } = play('a', before, outputs);
    expect(done.flatMap((each) => each.outputs).filter((output) => output.startsWith('sign'))).toEqual([
      'sign prevote 1/1 nil of a',
    ]);
    expect(done.at(-1)?.next).toBe('1/1 prevote, lock v@0, valid -');
  });

  it('an own proposal on record is the only one of its round (A9) [8.2.1-a]', () => {
    const state = stateAfter('b', [startReplay(), proposal('1/0', 'v', 'b'), { kind: 'restored' }]);
    expect(step(state, built('1/0', 'w')).effects).toEqual([]);
    const later = stateAfter('b', [start(), vote('prevote', '1/4', 'nil', 'c'), proposal('1/4', 'v', 'b')]);
    expect(later.round).toBe(4);
    expect(step(later, built('1/4', 'w')).effects).toEqual([]);
  });

  it('any prefix of the record leads to a state that signs nothing else than the whole did (A9) [8.2.1-a]', () => {
    const recorded = DECIDED_1.slice(1);
    const signed = (inputs: readonly Input[]): string[] => {
      const outputs: string[] = [];
      inputs.reduce(
        (state, input) => {
          const done = step(state, input);
          for (const effect of done.effects) if (effect.kind === 'sign-vote') outputs.push(textOfEffect(effect));
          return done.state;
        },
        stateAfter('a', []),
      );
      return outputs;
    };
    const whole = signed([start(), ...recorded]);
    expect(whole).toEqual(['sign prevote 1/0 v of a', 'sign precommit 1/0 v of a']);
    for (let length = 0; length <= recorded.length; length += 1) {
      const restarted = signed([
        startReplay(),
        ...recorded.slice(0, length),
        { kind: 'restored' },
        ...recorded.slice(length),
      ]);
      for (const each of restarted) expect(whole).toContain(each);
    }
  });
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
