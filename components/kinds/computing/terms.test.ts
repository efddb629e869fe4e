import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import { rateInWords } from '#components/ledger/prices.ts';
import { firstDraft, parseUse } from '#components/ledger/intended-use.ts';
import { ACCESS_PRESETS, pricePresets, withPreset } from '#components/strategy/presets.ts';
import { draftOf, emptyStrategy, fitCapacity, parseTerms, previewOf } from '#components/strategy/terms.ts';
import { toQuantityDto } from '#lib/shared/amounts-dto.ts';
import { computerTerms, computingWaysTerms, readRunMs, RUN_MS_MAX } from '#ledger/contracts/kinds/computing.ts';
import { parseWays, waysDraft } from './terms.ts';

const computing = kindOf('computing');
const attributes = computerTerms({
  architecture: 'x64',
  cores: 8n,
  isolation: 'bubblewrap',
  memoryMiB: 1_024n,
  place: '47.6,-122.3',
  region: 'US-WA',
  roundTripMs: 12n,
  score: 120n,
  sealingKey: 'ab'.repeat(32),
  slots: 2n,
  zone: 'Seattle 1',
});
const rates = new Map(computing.screen.pricings.map((pricing) => [pricing.title, pricing]));

describe('how long a run may take', () => {
  test('is typed in seconds as it was signed: parse(draft(ways)) = ways', () => {
    fc.assert(
      fc.property(fc.bigInt(1n, RUN_MS_MAX), (runMs) => {
        const ways = computingWaysTerms(runMs);
        expect(parseWays(waysDraft(ways))).toEqual({ ok: true, terms: ways });
      }),
    );
  });

  test.each(['', ' ', '0', '-1', '600.001', '601', '1e3', '0x10', '１', '1.234', 'constructor'])(
    '%j seconds is refused in words, at the field',
    (longestRun) => {
      const parsed = parseWays({ longestRun });
      expect(parsed.ok ? {} : parsed.errors).toEqual({ longestRun: expect.stringMatching(/\S/) });
    },
  );

  test('no draft from anywhere makes ways that the ledger refuses', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.constantFrom('longestRun', 'x'), fc.oneof(fc.string(), fc.array(fc.string()))),
        (draft) => {
          const parsed = parseWays(draft);
          expect(parsed.ok ? readRunMs(parsed.terms) : 0n).toBeDefined();
        },
      ),
    );
  });
});

describe('a computer in the forms', () => {
  test('needs nothing typed but words and a price: slots and memory are what the test found [8.1.1-a]', () => {
    const parsed = parseTerms(computing, fitCapacity(computing, emptyStrategy(computing), attributes));
    expect(parsed).toMatchObject({
      ok: true,
      terms: {
        capacity: [
          { meter: 'memoryMiB', amount: 1_024n },
          { meter: 'slots', amount: 2n },
        ],
        strategy: { prices: [{ meter: 'slots', per: 1n, perMs: 3_600_000n, amountMicro: 1_000_000n }] },
      },
    });
  });

  test('every preset of the wizard fills a strategy that can be signed, and is priced by time, use or what was served', () => {
    const fitted = fitCapacity(computing, emptyStrategy(computing), attributes);
    const presets = pricePresets(computing);
    expect(presets.map(({ name }) => name)).toEqual(['time', 'use', 'amount', 'free']);
    for (const access of ACCESS_PRESETS.filter(({ name }) => name !== 'partners'))
      for (const { name, lines } of presets) {
        const draft = { ...withPreset(computing, fitted, access), prices: lines };
        expect([access.name, name, parseTerms(computing, draft).ok]).toEqual([access.name, name, true]);
      }
  });

  test('a strategy in force comes back to its form', () => {
    const parsed = parseTerms(computing, fitCapacity(computing, emptyStrategy(computing), attributes));
    if (!parsed.ok) throw new Error('the first draft is sound');
    const { strategy, capacity } = parsed.terms;
    const again = draftOf(computing, previewOf(strategy, { version: 1, nowMs: 0 }), capacity.map(toQuantityDto));
    expect(parseTerms(computing, again)).toEqual(parsed);
  });

  test('a use asks for one slot, 64 MiB and a minute of processor time at first, which its machine has', () => {
    const parsed = parseTerms(computing, fitCapacity(computing, emptyStrategy(computing), attributes));
    if (!parsed.ok) throw new Error('the first draft is sound');
    const strategy = previewOf(parsed.terms.strategy, { version: 1, nowMs: 0 });
    const draft = firstDraft(computing, strategy, parsed.terms.capacity.map(toQuantityDto));
    expect(draft.amounts).toMatchObject({ cpuMs: '60', slots: '1', memoryMiB: '64', runs: '1000' });
    const read = parseUse(computing, { ...draft, purpose: 'research', fieldOfBusiness: 'weather' });
    expect(read.ok && computing.ledger.areAmountsSound(read.use.amounts)).toBe(true);
  });
});

test('prices read by the processor’s seconds and by the clock’s, and never one as the other', () => {
  const words = ['Per processor second', 'Per slot and hour', 'Per slot and use', 'Per run'].map((title) => {
    const { meter = '', per = 0n, perMs = 0n } = rates.get(title) ?? {};
    return rateInWords({ meter, per: Number(per), perMs: Number(perMs) }, computing);
  });
  expect(words).toEqual(['per processor second', 'per slot and hour', 'per slot and use', 'per run']);
});
