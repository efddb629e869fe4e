import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from '#ledger/core/bytes.ts';
import { encode } from '#ledger/core/codec.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { withholdEvents, withoutBody } from '#ledger/core/receipt-file.ts';
import { eventsRoot } from '#ledger/core/receipt.ts';
import { sampleAnchor as anchor, sampleReceipt } from '#ledger/vectors/sample-receipt.ts';
import { verifyReceipt } from './receipt.ts';

const payloads = Array.from({ length: 7 }, (_, index) => ({
  contract: 'agreement',
  version: 1n,
  type: 'AgreementReserved',
  agreement: BigInt(index),
}));
const encoded = payloads.map((payload) => encode(payload));
const whole = withoutBody({
  ...sampleReceipt({ leaf: { eventsRoot: eventsRoot(encoded, crypto) } }),
  events: encoded.map(toHex),
});

function failed(input: unknown): string[] {
  return verifyReceipt(input, anchor, crypto)
    .steps.filter(({ ok }) => !ok)
    .map(({ name }) => name);
}

describe('a short receipt', () => {
  test('proves the events that are kept, whichever they are, and holds nothing of the others [7.2.5-b] [8.3.1-b]', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 7, maxLength: 7 }), (kept) => {
        const short = withholdEvents(whole, (index) => kept[index]!, crypto);
        const verdict = verifyReceipt(JSON.stringify(short), anchor, crypto);
        expect(verdict.steps.filter(({ ok }) => !ok)).toEqual([]);
        expect([verdict.authenticated, verdict.transaction]).toEqual([true, undefined]);
        expect(verdict.events).toEqual(payloads.filter((_, index) => kept[index]));
        const text = JSON.stringify(short);
        expect(whole.events.filter((payload) => text.includes(payload))).toEqual(short.events);
      }),
    );
  });

  test('says how many events are withheld, and of none says nothing', () => {
    const short = withholdEvents(whole, (index) => index === 4, crypto);
    const { steps } = verifyReceipt(short, anchor, crypto);
    expect(steps.find(({ name }) => name === 'events')?.sentence).toBe(
      'This is one of the entry’s 7 events, in their order; the others were withheld.',
    );
    expect(withholdEvents(whole, () => true, crypto)).not.toHaveProperty('withheld');
  });

  test('with a place or a hash that is not the entry’s own fails at the events [8.3.1-b]', () => {
    const short = withholdEvents(whole, (index) => index !== 2 && index !== 5, crypto);
    const [first, second] = short.withheld!;
    const hostile: [string, readonly { index: string; hash: string }[]][] = [
      ['another place', [{ ...first!, index: '3' }, second!]],
      ['one place twice', [first!, { ...second!, index: first!.index }]],
      ['a place behind the last', [first!, { ...second!, index: '7' }]],
      ['another hash', [first!, { ...second!, hash: first!.hash }]],
      ['one too few', [first!]],
      ['one too many', [first!, second!, { ...second!, index: '6' }]],
    ];
    for (const [what, withheld] of hostile) expect([what, failed({ ...short, withheld })]).toEqual([what, ['events']]);
    const { withheld: _withheld, ...dropped } = short;
    expect(failed(dropped)).toEqual(['events']);
    for (const withheld of [[], [{ index: '-1', hash: first!.hash }], [{ index: '2', hash: '00' }], 'all'])
      expect(failed({ ...short, withheld })).toEqual(['format']);
  });
});
