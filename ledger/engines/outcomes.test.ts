import { expect, test } from 'vitest';
import type { TransactionOutcome } from '#ledger/core/committed.ts';
import { createOutcomes } from './outcomes.ts';

const idOf = (place: number): Uint8Array => new Uint8Array(32).fill(place);
const outcomeOf = (place: number): TransactionOutcome => ({ txId: idOf(place), height: 1n, code: 0, data: null });

test('who waits hears of the decision at once, who comes later finds it, and the disk has what was before', async () => {
  const looked: number[] = [];
  const outcomes = createOutcomes(async ([place = 0]) => {
    looked.push(place);
    return place === 3 ? outcomeOf(3) : undefined;
  });
  const waited = outcomes.wait(idOf(1), 5_000);
  outcomes.keep([outcomeOf(1)]);
  expect(await waited).toEqual(outcomeOf(1));
  expect(await outcomes.wait(idOf(1), 0)).toEqual(outcomeOf(1));
  expect(await outcomes.wait(idOf(3), 5_000)).toEqual(outcomeOf(3));
  expect(await outcomes.wait(idOf(4), 1)).toBeUndefined();
  expect(looked).toEqual([1, 3, 4]);
});

test('what was let in and is not decided is not looked for on the disk, also by who waits in vain', async () => {
  const outcomes = createOutcomes(async () => {
    throw new Error('The disk was asked.');
  });
  outcomes.admitted(idOf(1));
  outcomes.admitted(idOf(2));
  const waited = outcomes.wait(idOf(1), 5_000);
  expect(await outcomes.wait(idOf(2), 1)).toBeUndefined();
  outcomes.keep([outcomeOf(1), outcomeOf(2)]);
  expect(await waited).toEqual(outcomeOf(1));
  expect(await outcomes.wait(idOf(2), 1)).toEqual(outcomeOf(2));
});

test('a repetition of what was decided is not taken for new', async () => {
  const outcomes = createOutcomes(async () => undefined);
  outcomes.keep([outcomeOf(1)]);
  outcomes.admitted(idOf(1));
  expect(await outcomes.wait(idOf(1), 0)).toEqual(outcomeOf(1));
});
