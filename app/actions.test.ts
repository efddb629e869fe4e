import { expect, test } from 'vitest';
import { askAdmission } from './actions.ts';
import { refusalOf } from './(dashboard)/customer/requests/new/actions.ts';
import { findAccounts, readTest } from './(dashboard)/provider/actions.ts';

/** What a form asks; each case below is this with one field that no form sends. */
const question = { resource: 1, purpose: 'research', field: '', durationMs: 0, choices: [], amounts: [] };

test.each([
  ['nothing', undefined],
  ['a text', 'resource=1'],
  ['a list', [question]],
  ['no resource', { ...question, resource: undefined }],
  ['a resource that is none', { ...question, resource: 0 }],
  ['part of a resource', { ...question, resource: 1.5 }],
  ['a word of no list', { ...question, purpose: "research' OR 1=1" }],
  ['a negative time', { ...question, durationMs: -1 }],
  ['more time than the ledger holds', { ...question, durationMs: Number.MAX_SAFE_INTEGER }],
  ['no number', { ...question, durationMs: Number.NaN }],
  ['an amount of nothing', { ...question, amounts: [{ meter: 'calls', amount: 0 }] }],
  [
    'more amounts than a list has',
    { ...question, amounts: Array.from({ length: 1_000 }, () => ({ meter: 'calls', amount: 1 })) },
  ],
  ['a long word', { ...question, choices: [{ name: 'x'.repeat(33), value: '' }] }],
  ['a field more', { ...question, account: 2 }],
])('the contract is not asked about %s, and the form is told in words', async (_, asked) => {
  expect(await askAdmission(asked)).toEqual({
    ok: false,
    sentence: expect.stringContaining('check the fields') as unknown,
  });
});

test.each([[undefined], [7], [['A-1']], [{ toString: () => 'A-1' }], ['A'.repeat(121)]])(
  'accounts are looked for by a short text alone: %s finds nobody',
  async (text) => {
    expect(await findAccounts(text)).toEqual([]);
  },
);

test('a result of a test is asked for by a short name alone', async () => {
  expect([await readTest({ job: 'x' }), await readTest('x'.repeat(81))]).toEqual([null, null]);
});

test.each([[undefined], [7], ['ab'], ['A'.repeat(64)], [['0'.repeat(64)]]])(
  'the refusal of a program is asked for by a SHA-256 alone: %s finds none',
  async (digest) => {
    expect(await refusalOf(digest)).toBeNull();
  },
);

test('the question that each case spoils is one that is asked: it comes as far as the count of questions, which needs a request', async () => {
  await expect(askAdmission(question)).rejects.toThrow();
});
