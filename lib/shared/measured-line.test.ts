import { expect, test } from 'vitest';
import { lineOfTries, triesOf } from './measured-line.ts';

/** As curl 7.88 wrote it, for a page of 500,000 bytes through a relay, and for one that it could not reach. */
const PASTED = `0.000213 0.004120 0.760310 500000 200
0.000300 0.004001 0.754000 500000 200
curl: (97) connection to proxy closed
0.000100 0.000000 0.000150 0 000
0,002000 0,004000 0,504000 500000 200
0.000250 0.003900 0.753900 500000 200
`;

test('a line is the median round trip, how far others lie from it, the fastest transfer and what found no answer [I.3-6]', () => {
  const tries = triesOf(PASTED);
  expect(tries).toHaveLength(5);
  expect(lineOfTries(tries)).toEqual({ roundTripMs: 1, jitterMs: 0, bytesPerS: 1_000_000, lossPerMille: 200 });
  const slow = [10, 30, 20, 40, 100].map((reachedMs) => ({ reachedMs, bytes: 1_000, ms: 1 }));
  expect(lineOfTries(slow)).toEqual({ roundTripMs: 30, jitterMs: 22, bytesPerS: 0, lossPerMille: 0 });
});

test('too few tries, tries without any answer and other words are no line', () => {
  expect(lineOfTries(triesOf(PASTED.split('\n').slice(0, 2).join('\n')))).toBeUndefined();
  expect(lineOfTries(triesOf('0.0 0.0 0.0 0 000\n'.repeat(9)))).toBeUndefined();
  expect(triesOf('1 2 3 4 200\n0.1 0.2 0.3 5 2000\nhello')).toEqual([]);
});
