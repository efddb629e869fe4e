import { expect, test } from 'vitest';
import { codeDefinitions } from '#ledger/contracts/definitions.ts';
import { askLedger, standingInWords } from './recorded.ts';

const SIGNED = { does: 'Sends tokens.', tx: 'ab'.repeat(32), validUntilMs: Date.parse('2026-01-01T00:10:00Z') };
const [refusal] = codeDefinitions.filter(({ code }) => code !== 0);

const answering =
  (status: number, body: unknown, date = '2026-01-01T00:05:00Z') =>
  async () =>
    new Response(JSON.stringify(body), { status, headers: { date: new Date(date).toUTCString() } });

test.each<[string, typeof fetch, string, RegExp]>([
  [
    'recorded',
    answering(200, { height: 7, code: 0, data: { id: '3' } }),
    'recorded',
    /in block 7: it is done. Do not sign it again/,
  ],
  [
    'refused',
    answering(200, { height: 7, code: refusal?.code, data: null }),
    'refused',
    /in block 7, and refused it: ./,
  ],
  ['not there within its time', answering(404, {}), 'open', /still may. Do not sign it again/],
  ['not there, and its time just over', answering(404, {}, '2026-01-01T00:10:30Z'), 'open', /Do not sign it again/],
  ['not there, long after its time', answering(404, {}, '2026-01-01T00:12:00Z'), 'expired', /You can sign it again/],
  ['not known, because the ledger is away', answering(503, {}), 'silent', /Do not sign it again/],
  ['not known, because there were too many questions', answering(429, {}), 'silent', /Do not sign it again/],
  ['not known, because nobody answers', () => Promise.reject(new TypeError('away')), 'silent', /Do not sign it again/],
])(
  'of what was signed the ledger is asked, and signing again is offered only when it cannot be recorded: %s',
  async (_, ask, state, words) => {
    const standing = await askLedger(SIGNED, ask);
    expect(standing.state).toBe(state);
    for (const isFollowed of [true, false]) expect(standingInWords(standing, { isFollowed })).toMatch(words);
  },
);

test('what a recorded transaction brought about is known from the ledger as from the answer that did not come', async () => {
  const standing = await askLedger(
    SIGNED,
    answering(200, { height: 7, code: 0, data: { agreement: '3', parts: [1] } }),
  );
  expect(standing).toEqual({ state: 'recorded', height: 7, data: { agreement: '3', parts: '[1]' } });
});
