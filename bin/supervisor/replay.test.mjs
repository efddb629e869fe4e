import { expect, test } from 'vitest';
import { watchReplay } from './replay.mjs';

/** What is said of the lines, and whether the read model is of use after them. */
async function hearing(lines) {
  const said = [];
  const { hear, done } = watchReplay((sentence) => said.push(sentence));
  lines.forEach(hear);
  const outcome = await Promise.race([done.then(() => 'done'), Promise.resolve('waiting').then((word) => word)]);
  return { said, outcome };
}

const replay = (percent, height) => JSON.stringify({ replay: { percent, height, untilHeight: '200' } });

test('how far a new read model is gets told line by line, and it is of use at 100 per cent', async () => {
  const begun = [
    '{"ready":true,"height":"0","hasCaughtUp":false}',
    replay(0, '0'),
    replay(25, '50'),
    replay(50, '100'),
  ];
  expect(await hearing(begun)).toEqual({
    said: [
      'The read model is being made from the ledger: 25 % (block 50 of 200).',
      'The read model is being made from the ledger: 50 % (block 100 of 200).',
    ],
    outcome: 'waiting',
  });
  const { said, outcome } = await hearing([...begun, replay(100, '200')]);
  expect([said.at(-1), outcome]).toEqual([
    'The read model is being made from the ledger: 100 % (block 200 of 200).',
    'done',
  ]);
});

test('one that is made at once is not spoken of', async () => {
  expect(await hearing([replay(0, '0'), replay(100, '200')])).toEqual({ said: [], outcome: 'done' });
});

test('one that has caught up before, and one that another projector makes, are not waited for', async () => {
  for (const line of ['{"ready":true,"height":"7","hasCaughtUp":true}', '{"ready":true,"standby":true}'])
    expect(await hearing([line])).toEqual({ said: [], outcome: 'done' });
});

test('other lines are none of its business', async () => {
  expect(await hearing(['Interrupted.', '{"process":"projector"}', '{half', ''])).toEqual({
    said: [],
    outcome: 'waiting',
  });
});
