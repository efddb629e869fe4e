import { describe, expect, it } from 'vitest';
import type { Input } from './effects.ts';
import {
  DECIDED_1,
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

function table(title: string, own: string, before: readonly Input[], steps: readonly Step[]): void {
  it(title, () => expect(play(own, before, steps).done).toEqual(expected(steps)));
}

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
