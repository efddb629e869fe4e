import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import { firstDraft, parseUse } from '#components/ledger/intended-use.ts';
import { strategyFrom } from '#components/strategy/kept.ts';
import { draftOf, emptyStrategy, fitCapacity, parseTerms, previewOf } from '#components/strategy/terms.ts';
import { toQuantityDto } from '#lib/shared/amounts-dto.ts';
import { GRACE_MS_MAX } from '#ledger/contracts/kinds/kind.ts';
import {
  accessKeyOf,
  bucketNameOf,
  STORE_REGION,
  readGraceMs,
  storeTerms,
  storeWaysTerms,
} from '#ledger/contracts/kinds/storage.ts';
import { accessOf, parseWays, waysDraft } from './terms.ts';

const storage = kindOf('storage');
const attributes = storeTerms({ bytes: 20_000_000_000n, region: 'interpool' });

describe('what a store shares', () => {
  test('a time that the form can say is read as it was written: parse(draft(ways)) = ways', () => {
    fc.assert(
      fc.property(fc.bigInt(0n, GRACE_MS_MAX / 1_000n), (seconds) => {
        const ways = storeWaysTerms(seconds * 1_000n);
        expect(parseWays(waysDraft(ways))).toEqual({ ok: true, terms: ways });
      }),
    );
  });

  test('a time that the form cannot say is left open, and no other is signed for it', () => {
    const draft = waysDraft(storeWaysTerms(1_500n));
    expect([draft.grace, parseWays(draft).ok]).toEqual(['', false]);
  });

  test.each(['', ' ', '-1', '1.5', '1e3', '0x10', '１', 'constructor', '31', '99999999999999999999999999'])(
    '%j days is refused in words, at the field',
    (grace) => {
      const parsed = parseWays({ grace, graceUnit: 'days' });
      expect(parsed.ok ? {} : parsed.errors).toEqual({ grace: expect.stringMatching(/\S/) });
    },
  );

  test('no draft from anywhere makes ways that the ledger refuses', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('grace', 'graceUnit', 'x'), fc.oneof(fc.string(), fc.array(fc.string()))),
        (draft) => {
          const parsed = parseWays(draft);
          expect(parsed.ok ? readGraceMs(parsed.terms) : 0n).toBeDefined();
        },
      ),
    );
    expect(parseWays({ grace: '1', graceUnit: 'toString' })).toEqual({ ok: true, terms: storeWaysTerms(3_600_000n) });
  });
});

describe('a store in the forms', () => {
  test('needs nothing typed but words and a price: the room is what the test found', () => {
    const draft = fitCapacity(storage, emptyStrategy(storage), attributes);
    const parsed = parseTerms(storage, draft);
    expect(parsed).toMatchObject({
      ok: true,
      terms: {
        capacity: [{ meter: 'storedBytes', amount: 20_000_000_000n }],
        strategy: {
          useMsMax: 2_592_000_000n,
          prices: [{ meter: 'storedBytes', per: 1_000_000_000n, perMs: 3_600_000n, amountMicro: 1_000_000n }],
        },
      },
    });
  });

  test('more room than the test found is taken back to it, less stays as it was typed', () => {
    const typed = (storedBytes: string) => {
      const empty = emptyStrategy(storage);
      const draft = { ...empty, amounts: { ...empty.amounts, storedBytes } };
      return fitCapacity(storage, draft, attributes).amounts['storedBytes'];
    };
    expect(['', 'x', '30', '20', '0.5'].map(typed)).toEqual(['20', '20', '20', '20', '0.5']);
  });

  test('more room than the tested store has is refused at its field, with the bound [6.2.3-b]', () => {
    const asking = (storedBytes: string) => {
      const empty = emptyStrategy(storage);
      const draft = { ...empty, amounts: { ...empty.amounts, storedBytes } };
      const parsed = parseTerms(storage, draft, attributes);
      return parsed.ok ? undefined : parsed.errors;
    };
    expect(asking('5000')).toEqual({
      amounts: { storedBytes: 'At most 20 gigabytes: the tested source has no more.' },
    });
    expect(asking('20')).toBeUndefined();
  });

  test('a strategy in force comes back to its form, and a kept draft to itself', () => {
    const draft = fitCapacity(storage, emptyStrategy(storage), attributes);
    const parsed = parseTerms(storage, draft);
    if (!parsed.ok) throw new Error('the first draft is sound');
    const { strategy, capacity } = parsed.terms;
    const again = draftOf(storage, previewOf(strategy, { version: 1, nowMs: 0 }), capacity.map(toQuantityDto));
    expect(parseTerms(storage, again)).toEqual(parsed);
    expect(strategyFrom(storage, JSON.stringify(draft))).toEqual(draft);
    expect(strategyFrom(storage, '{"ways":{"grace":["24"]}}')).toEqual(emptyStrategy(storage));
  });

  test('a use asks for a gigabyte for a day at first, and for no choice', () => {
    const parsed = parseTerms(storage, fitCapacity(storage, emptyStrategy(storage), attributes));
    if (!parsed.ok) throw new Error('the first draft is sound');
    const strategy = previewOf(parsed.terms.strategy, { version: 1, nowMs: 0 });
    const free = parsed.terms.capacity.map(toQuantityDto);
    const draft = { ...firstDraft(storage, strategy, free), purpose: 'research', fieldOfBusiness: 'weather' };
    const scarce = firstDraft(storage, strategy, [{ meter: 'storedBytes', amount: 400_000_000 }]);
    expect([draft.amounts['storedBytes'], scarce.amounts['storedBytes']]).toEqual(['1', '0.4']);
    expect(parseUse(storage, draft)).toMatchObject({
      ok: true,
      use: {
        durationMs: 86_400_000,
        choices: [],
        amounts: [
          { meter: 'bytes', amount: 10_000_000_000n },
          { meter: 'bytesIn', amount: 10_000_000_000n },
          { meter: 'calls', amount: 100_000n },
          { meter: 'storedBytes', amount: 1_000_000_000n },
        ],
      },
    });
  });
});

test('a link opens the bucket that the agent keeps for the order, by the names that the agent gives it', () => {
  const link = { url: 'https://room.example:4100/v1/agreements/12', token: 'ab'.repeat(32) };
  expect(accessOf(link, { agreement: 12, issue: 3, bucket: 'order-7' })).toEqual({
    endpoint: 'https://room.example:4100',
    region: STORE_REGION,
    bucket: bucketNameOf(7),
    accessKey: accessKeyOf({ agreement: 12, issue: 3 }),
    secretKey: link.token,
  });
});
