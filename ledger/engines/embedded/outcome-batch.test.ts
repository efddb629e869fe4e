import { expect, test } from 'vitest';
import { encode } from '#ledger/core/codec.ts';
import { decodeOutcomes, encodeOutcomes } from './outcome-batch.ts';

const rest = { events: [], logIndex: 0n, leaf: new Uint8Array(0) };

test('outcomes of a block are read as they were told, due work left out; other bytes are none [8.2.1-a]', () => {
  const [first, second] = [1, 2].map((fill) => new Uint8Array(32).fill(fill));
  const told = encodeOutcomes([
    { ...rest, txId: first!, code: 0, data: { agreement: 7n } },
    { ...rest, code: 0, data: null },
    { ...rest, txId: second!, code: 205, data: null },
  ]);
  expect(decodeOutcomes(told, 9n)).toEqual([
    { txId: first, height: 9n, code: 0, data: { agreement: 7n } },
    { txId: second, height: 9n, code: 205, data: null },
  ]);
  for (const bytes of [new Uint8Array(0), told.subarray(1), encode([[first!, 0n]]), encode([[0n, 0n, null]])])
    expect(decodeOutcomes(bytes, 9n)).toBeUndefined();
});
