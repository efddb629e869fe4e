import { describe, expect, it } from 'vitest';
import { ANSWER_MESSAGES_MAX, STATUS_ROUNDS_MAX, missing, statusOf } from './catch-up.ts';
import { step } from './driver.ts';
import { isVote } from './early.ts';
import type { Input } from './effects.ts';
import { checked, elapsed, proposal, start, stateAfter, vote } from './step-table.ts';
import { textOfMessage } from './text.ts';
import { address } from './types.ts';
import { validatorSet } from './validators.ts';

const KNOWN: readonly Input[] = [
  start(),
  proposal('1/0', 'v', 'b'),
  checked('1/0', 'v'),
  vote('prevote', '1/0', 'v', 'a'),
  vote('prevote', '1/0', 'v', 'b'),
  vote('prevote', '1/0', 'v', 'd'),
  vote('prevote', '1/0', 'nil', 'd'),
  vote('precommit', '1/0', 'v', 'a'),
];

describe('catch-up', () => {
  it('a peer that has nothing gets all of it, votes of others and both faces of an equivocator included (A12) [8.2.1-a]', () => {
    const status = statusOf(stateAfter('c', [start()]));
    expect(missing(stateAfter('a', KNOWN), status).map(textOfMessage)).toEqual([
      'proposal 1/0 v valid round -1 of b',
      'prevote 1/0 v of a',
      'prevote 1/0 v of b',
      'prevote 1/0 v of d',
      'prevote 1/0 nil of d',
      'precommit 1/0 v of a',
    ]);
  });

  it('a peer gets exactly what it lacks, and after that nothing (A12) [8.2.1-a]', () => {
    const a = stateAfter('a', KNOWN);
    let c = stateAfter('c', [
      start(),
      proposal('1/0', 'v', 'b'),
      vote('prevote', '1/0', 'nil', 'd'),
      vote('prevote', '1/0', 'v', 'b'),
    ]);
    const lacking = missing(a, statusOf(c));
    expect(lacking.map(textOfMessage)).toEqual(['prevote 1/0 v of a', 'prevote 1/0 v of d', 'precommit 1/0 v of a']);
    for (const message of lacking) if (isVote(message)) c = step(c, { kind: 'vote', signed: message }).state;
    expect(missing(a, statusOf(c))).toEqual([]);
  });

  it('a peer in a later round still gets the polka that its proposal refers to (A12 L28) [8.2.1-a]', () => {
    const c = stateAfter('c', [
      start(),
      vote('prevote', '1/2', 'nil', 'a'),
      vote('prevote', '1/2', 'nil', 'b'),
      proposal('1/2', 'v', 'd', 0),
    ]);
    const lacking = missing(stateAfter('a', KNOWN), statusOf(c)).map(textOfMessage);
    expect(lacking).toContain('prevote 1/0 v of b');
    expect(lacking).toContain('prevote 1/0 v of d');
  });

  it('a flood of rounds ahead crowds nothing out of a status or an answer (A5 A12) [8.2.1-a]', () => {
    const names = Array.from({ length: 31 }, (_, index) => `n${String(index).padStart(2, '0')}`);
    const set = validatorSet(names.map((name) => ({ address: address(name), power: 1 })));
    const flood = names
      .slice(21)
      .flatMap((name, index) => [
        vote('prevote', `1/${100 + 3 * index}`, 'x', name),
        vote('prevote', `1/${101 + 3 * index}`, 'x', name),
      ]);
    const begin = [start(1n, set), ...flood];
    const peer = stateAfter('n00', begin);
    const ahead = stateAfter('n01', [
      ...begin,
      ...names.slice(0, 11).map((name) => vote('precommit', '1/3', 'nil', name)),
    ]);
    expect(ahead.round).toBe(3);
    const caughtUp = missing(ahead, statusOf(peer)).reduce(
      (state, message) => (isVote(message) ? step(state, { kind: 'vote', signed: message }).state : state),
      peer,
    );
    expect(caughtUp.round).toBe(3);
  });

  it('another height gets nothing (A12) [8.2.1-a]', () => {
    const a = stateAfter('a', KNOWN);
    expect(missing(a, statusOf(stateAfter('c', [start(2n)])))).toEqual([]);
  });

  it('status and answer are bounded, whatever the number of rounds (A12) [8.2.1-a]', () => {
    const rounds = Array.from({ length: 300 }, (_, at) => [
      vote('precommit', `1/${at}`, 'nil', 'b'),
      vote('precommit', `1/${at}`, 'nil', 'c'),
      vote('precommit', `1/${at}`, 'nil', 'd'),
      elapsed('precommit', `1/${at}`),
    ]);
    const a = stateAfter('a', [start(), ...rounds.flat()]);
    expect(a.round).toBe(300);
    expect(statusOf(a).rounds).toHaveLength(STATUS_ROUNDS_MAX);
    const answer = missing(a, statusOf(stateAfter('c', [start()])));
    expect(answer.length).toBeGreaterThan(0);
    expect(answer.length).toBeLessThanOrEqual(ANSWER_MESSAGES_MAX);
  });
});
