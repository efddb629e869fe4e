import { expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import { areTermsValid } from '#ledger/contracts/strategy/terms.ts';
import { dataSetTerms } from '#ledger/contracts/kinds/data.ts';
import { storeTerms } from '#ledger/contracts/kinds/storage.ts';
import {
  groupWords,
  ACCESS_PRESETS,
  baseOf,
  changedGroups,
  pricePresetOf,
  presetInWords,
  pricePresets,
  withPreset,
} from './presets.ts';
import { emptyStrategy, fitCapacity, parseTerms, type StrategyDraft } from './terms.ts';

const kinds = [
  {
    kind: kindOf('data'),
    attributes: dataSetTerms({
      format: 'csv',
      rows: 3,
      bytes: 100,
      checksum: '9f31',
      columns: [{ name: 'wind', type: 'DOUBLE', nulls: 0 }],
    }),
  },
  { kind: kindOf('storage'), attributes: storeTerms({ bytes: 3_000_000_000n, region: 'interpool' }) },
];

function firstDraft({ kind, attributes }: (typeof kinds)[number]): StrategyDraft {
  const empty = emptyStrategy(kind);
  return fitCapacity(kind, { ...empty, ways: kind.screen.fitWays(empty.ways, attributes) }, attributes);
}

test('every preset of every kind can be signed as it is, once partners are named [6.2.3-b] [I.2-1]', () => {
  for (const of of kinds) {
    for (const preset of ACCESS_PRESETS) {
      for (const { lines } of pricePresets(of.kind)) {
        const filled = { ...withPreset(of.kind, firstDraft(of), preset), prices: lines };
        const conditions = { ...filled.conditions, partners: [{ id: 4, name: '' }] };
        const parsed = parseTerms(of.kind, { ...filled, conditions });
        if (!parsed.ok) throw new Error(`${preset.name}: ${JSON.stringify(parsed.errors)}`);
        expect(areTermsValid(parsed.terms.strategy, of.kind.ledger, of.attributes)).toBe(true);
        expect(parsed.terms.strategy.accessClass).toBe(preset.name === 'everyone' ? 'public' : 'conditional');
        expect(changedGroups(of.kind, filled, baseOf(of.kind, filled)).size).toBe(0);
        expect(pricePresetOf(of.kind, lines)).not.toBe('');
      }
    }
  }
});

test('a preset says the amounts and the longest use that it sets for this kind', () => {
  for (const of of kinds) {
    for (const preset of ACCESS_PRESETS) {
      const words = presetInWords(of.kind, preset);
      const set = groupWords(of.kind, withPreset(of.kind, firstDraft(of), preset));
      // `at most 100 MB, 1,000 calls an order; …` and `at most 2 hours an order; …`.
      expect(words).toContain(`: ${set.amount.split('; ')[0] ?? ''}`);
      expect(words).toContain(`for up to ${/^at most (.*) an order/.exec(set.time)?.[1] ?? 'none'}.`);
    }
  }
  const [, research] = ACCESS_PRESETS;
  expect(presetInWords(kindOf('storage'), research!)).toMatch(
    /one of these two purposes: at most 1\.00 TB .*30 days\.$/,
  );
});

test('what is edited after a preset is marked, group by group, and the preset itself restores it', () => {
  const [of = kinds[0]!] = kinds;
  const { kind } = of;
  const preset = ACCESS_PRESETS.find(({ name }) => name === 'research')!;
  const filled = withPreset(kind, firstDraft(of), preset);
  const edited: StrategyDraft = {
    ...filled,
    longest: '3',
    amounts: { ...filled.amounts, calls: '7' },
    conditions: { ...filled.conditions, fields: ['weather'], expert: [{ rule: 'true', sentence: 'x' }] },
  };
  expect([...changedGroups(kind, edited, baseOf(kind, edited))]).toEqual(['what', 'time', 'amount', 'rules']);
  expect(withPreset(kind, edited, preset)).toEqual(filled);
});

test('a preset keeps whom the provider has named, so that they need not be found again', () => {
  const [of = kinds[0]!] = kinds;
  const [everyone, , partners] = ACCESS_PRESETS;
  if (!everyone || !partners) throw new Error('both presets are there');
  const chosen = withPreset(of.kind, firstDraft(of), partners);
  const named = { ...chosen, conditions: { ...chosen.conditions, partners: [{ id: 4, name: 'North' }] } };
  const open = withPreset(of.kind, named, everyone);
  const parsed = parseTerms(of.kind, open);
  expect(parsed.ok && parsed.terms.strategy.accessClass).toBe('public');
  expect(withPreset(of.kind, open, partners).conditions.partners).toEqual([{ id: 4, name: 'North' }]);
});

test('what is in force stands in plain words, and what cannot be read says so', () => {
  const [of = kinds[0]!] = kinds;
  const { kind } = of;
  const draft = firstDraft(of);
  const plain = (words: string): string => words.replaceAll(/[\u2068\u2069]/g, '');
  const words = groupWords(kind, draft);
  expect(plain(words.ways)).toBe('Formats: csv; Columns: wind; Rows: all of them');
  expect({ ...words, ways: '' }).toEqual({
    who: 'everyone with an account and the customer role',
    what: 'any purpose, in any field of business',
    ways: '',
    time: 'at most 2 hours an order; always open',
    amount: 'at most 100 MB, 1,000 calls an order; customers at the same time: at most 10 places',
    rules: 'none',
  });
  const hostile = { id: 4, name: '<img src=x>\u202E' };
  const named = groupWords(kind, {
    ...draft,
    longest: '1,5',
    conditions: { ...draft.conditions, isNamed: true, partners: [hostile] },
  });
  expect(plain(named.who)).toBe('only <img src=x>\uFFFD (A-4)');
  expect(named.time).toBe('a field is not complete yet');
});
