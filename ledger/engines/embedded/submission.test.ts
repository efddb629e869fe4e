import { describe, expect, test } from 'vitest';
import { admissionOf, type Admission, type Asked } from './submission.ts';

const UNAVAILABLE = 18;
const USED = 14;
const ID = new Uint8Array(32).fill(7);
const ADMITTED = { code: 0, txId: ID };

const level = (answer: Admission): Asked => ({ isLevel: true, answer: Promise.resolve(answer) });
const behind = (answer: Admission): Asked => ({ isLevel: false, answer: Promise.resolve(answer) });

describe('what the engine says of a transaction', () => {
  test('is what those say that have executed the last block, however fast one behind them admits it again [8.2.1-a]', async () => {
    const late = Promise.withResolvers<Admission>();
    const asked = [behind(ADMITTED), { isLevel: true, answer: late.promise }, behind(ADMITTED)];
    const said = admissionOf(asked, UNAVAILABLE);
    await Promise.resolve();
    late.resolve({ code: USED });
    expect(await said).toEqual({ ok: false, code: USED });
  });

  test.each<[string, Asked[], { ok: boolean; code?: number }]>([
    ['the first that admits, whoever refuses', [level({ code: USED }), level(ADMITTED)], { ok: true }],
    ['a code, when nobody admits', [level(undefined), level({ code: USED })], { ok: false, code: USED }],
    ['that of the others, when no level one answers', [level(undefined), behind(ADMITTED)], { ok: true }],
    ['that of the others, when no level one has room', [level({ code: UNAVAILABLE }), behind(ADMITTED)], { ok: true }],
    ['to try again, when nobody can say', [level(undefined), behind(undefined)], { ok: false, code: UNAVAILABLE }],
    ['to try again, when nobody runs', [], { ok: false, code: UNAVAILABLE }],
  ])('is %s', async (_what, asked, expected) => {
    expect(await admissionOf(asked, UNAVAILABLE)).toMatchObject(expected);
  });
});
