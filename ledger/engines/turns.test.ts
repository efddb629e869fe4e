import { describe, expect, test } from 'vitest';
import { createTurns } from './turns.ts';

/** Jobs that write their names down when they begin, and end when they are told to. */
function jobs(): { begun: string[]; job: (name: string) => () => Promise<void>; end: (name: string) => Promise<void> } {
  const begun: string[] = [];
  const ends = new Map<string, () => void>();
  return {
    begun,
    job: (name) => () => {
      begun.push(name);
      return new Promise((resolve) => ends.set(name, resolve));
    },
    end: async (name) => {
      ends.get(name)?.();
      await new Promise(setImmediate);
    },
  };
}

describe('turns', () => {
  test('so many begin at once; then each asker’s next, by turns, however much one asks for [8.2.1-a]', async () => {
    const { begun, job, end } = jobs();
    const turns = createTurns<string>(2);
    for (const name of ['a1', 'a2', 'a3', 'a4']) turns.take('a', job(name));
    turns.take('b', job('b1'));
    turns.take('c', job('c1'));
    expect(begun).toEqual(['a1', 'a2']);
    expect([turns.waiting('a'), turns.waiting('b')]).toEqual([2, 1]);
    await end('a2');
    await end('a1');
    expect(begun).toEqual(['a1', 'a2', 'a3', 'b1']);
    turns.take('b', job('b2'));
    await end('a3');
    await end('b1');
    expect(begun).toEqual(['a1', 'a2', 'a3', 'b1', 'c1', 'a4']);
    await end('c1');
    expect(begun.at(-1)).toBe('b2');
    expect(turns.waiting('a')).toBe(0);
  });

  test('what an asker that has gone left waiting never begins', async () => {
    const { begun, job, end } = jobs();
    const turns = createTurns<string>(1);
    for (const name of ['a1', 'a2']) turns.take('a', job(name));
    turns.take('b', job('b1'));
    turns.forget('a');
    await end('a1');
    expect(begun).toEqual(['a1', 'b1']);
    expect(turns.waiting('a')).toBe(0);
  });
});
