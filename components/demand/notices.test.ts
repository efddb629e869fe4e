import { expect, test } from 'vitest';
import { NOTICE_STATUSES } from '#ledger/contracts/demand/definition.ts';
import { answerArgs, answersLeft } from './answer-notice.tsx';
import { parseDigest } from './program-digest.ts';
import { noticeInWords } from './relay-notice.tsx';
import { noticeArgs } from './send-notice.tsx';
import { NOTICE_LOOKS } from './words.ts';

test('a provider can answer that it will share, then that it shares or declines; it names a resource only where it has one [8.4.2-e]', () => {
  expect(answersLeft('relayed', [{}])).toEqual(['will-share', 'shared', 'declined']);
  expect(answersLeft('will-share', [{}])).toEqual(['shared', 'declined']);
  expect(answersLeft('will-share', [])).toEqual(['declined']);
  expect(answerArgs(4, 'shared', '7')).toEqual({ notice: 4n, answer: 'shared', resource: 7n });
  // A resource that was looked at before another answer was chosen is not signed with it.
  expect(answerArgs(4, 'declined', '7')).toEqual({ notice: 4n, answer: 'declined', resource: 0n });
  expect(answerArgs(4, 'shared', '')).toBeUndefined();
  expect(answerArgs(4, '', '7')).toBeUndefined();
});

test('a broker’s request names whom, through whom and for what, or nothing is signed [8.4.2-e]', () => {
  const whole = { kind: 'data', provider: '1', nodeProvider: '3' };
  expect(noticeArgs(2, whole)).toEqual({ demand: 2n, provider: 1n, nodeProvider: 3n, kind: 'data' });
  for (const part of ['kind', 'provider', 'nodeProvider'])
    expect(noticeArgs(2, { ...whole, [part]: '' })).toBeUndefined();
});

test('what a broker asks is one sentence, with a name that somebody else wrote kept apart', () => {
  const account = (id: number, name: string | null) => ({ id, address: '', name });
  const words = noticeInWords({
    notice: 1,
    kind: 'data',
    broker: account(7, null),
    provider: account(1, 'Weather\u202e'),
    demand: { id: 2 },
  });
  expect(words).toMatch(/^A-7 asks .*Weather.* \(A-1\) to share data for D-2\.$/);
  expect(words).not.toContain('\u202e');
});

test('every status of a request has its words', () => {
  expect(Object.keys(NOTICE_LOOKS).toSorted()).toEqual([...NOTICE_STATUSES].toSorted());
});

test('the SHA-256 of a program is taken in either case and with room around it, and nothing shorter or longer', () => {
  expect(parseDigest(` ${'Ab'.repeat(32)}\n`)).toEqual(new Uint8Array(32).fill(0xab));
  expect(parseDigest(`0x${'ab'.repeat(32)}`)).toEqual(new Uint8Array(32).fill(0xab));
  for (const typed of ['', 'ab', 'ab'.repeat(31), 'ab'.repeat(33), 'zz'.repeat(32)])
    expect([typed.slice(0, 4), parseDigest(typed)]).toEqual([typed.slice(0, 4), undefined]);
});
