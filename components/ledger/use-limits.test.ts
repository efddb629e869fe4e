import { expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import type { StrategyDto } from '#lib/shared/dto.ts';
import { firstDraft, parseUse, statedUse, wrongAsTyped, type UseDraft } from './intended-use.ts';
import { changedDraft } from './use-change.ts';
import { mostOfEach, overLimits, type Limits } from './use-limits.ts';

const HOUR_MS = 3_600_000;
const GB = 1_000_000_000;
const NOW_MS = Date.UTC(2026, 10, 23, 12);
const data = kindOf('data');
const storage = kindOf('storage');

const strategy = (fields: Partial<StrategyDto> = {}): StrategyDto => ({
  version: 1,
  accessClass: 'public',
  conditions: [],
  ways: [
    { name: 'columns', value: '["a"]' },
    { name: 'formats', value: '["csv"]' },
  ],
  opensAtMs: 0,
  closesAtMs: 0,
  useMsMax: 2 * HOUR_MS,
  limits: [
    { meter: 'bytes', amount: 2_000_000 },
    { meter: 'calls', amount: 10_000 },
  ],
  prices: [],
  promise: [],
  degradedPerMille: 0,
  recordedAtMs: 0,
  ...fields,
});
const limits = (fields: Partial<Limits> = {}): Limits => ({
  strategy: strategy(),
  free: [{ meter: 'places', amount: 3 }],
  intervalMs: 60_000,
  nowMs: NOW_MS,
  ...fields,
});
const draft = (fields: Partial<UseDraft> = {}): UseDraft => ({
  purpose: 'research',
  fieldOfBusiness: 'weather',
  duration: '1',
  durationUnit: 'hours',
  choices: { format: 'csv' },
  amounts: { bytes: '1', calls: '100' },
  ...fields,
});
const over = (typed: UseDraft, of: Limits, kind = data) =>
  overLimits(kind, statedUse(kind, typed), of).map(({ path, sentence, nearest }) => [path, sentence, nearest?.value]);

test('a use within every limit is stopped by none, and one on its border neither', () => {
  expect(over(draft(), limits())).toEqual([]);
  expect(over(draft({ duration: '2', amounts: { bytes: '2', calls: '10000' } }), limits())).toEqual([]);
});

test('what is above a limit is stopped in the form with the nearest value that is allowed, which is then taken [6.2.4-a] [I.2-4]', () => {
  const typed = draft({ duration: '6', amounts: { bytes: '2.0001', calls: '10001' } });
  const found = overLimits(data, statedUse(data, typed), limits());
  expect(found.map(({ path, sentence }) => [path, sentence])).toEqual([
    ['use.durationMs', 'One use must be at most 2 hours.'],
    ['use.amount.bytes', 'One use may take 2.00 MB at most.'],
    ['use.amount.calls', 'One use may take 10,000 calls at most.'],
  ]);
  const changes = found.flatMap(({ nearest }) => (nearest ? [nearest] : []));
  const next = changedDraft(data, typed, changes);
  expect(next).toMatchObject({ duration: '2', durationUnit: 'hours', amounts: { bytes: '2', calls: '10000' } });
  expect(over(next, limits())).toEqual([]);
});

test('numbers beyond everything that the ledger holds are stopped as well, and refused where they would be signed', () => {
  const typed = draft({
    duration: '9'.repeat(40),
    durationUnit: 'days',
    amounts: { bytes: '1', calls: '9'.repeat(30) },
  });
  expect(over(typed, limits()).map(([path, , value]) => [path, value])).toEqual([
    ['use.durationMs', String(2 * HOUR_MS)],
    ['use.amount.calls', '10000'],
  ]);
  const parsed = parseUse(data, typed);
  expect(parsed.ok ? [] : Object.keys(parsed.errors).toSorted()).toEqual(['amounts', 'duration']);
});

test('a strategy that closes leaves time to sign, one that opens later says when, and a fine metering interval bounds the time', () => {
  const closing = limits({ strategy: strategy({ closesAtMs: NOW_MS + 90 * 60_000 }) });
  expect(over(draft({ duration: '90', durationUnit: 'minutes' }), closing)).toEqual([]);
  expect(over(draft({ duration: '91', durationUnit: 'minutes' }), closing)).toEqual([
    ['use.durationMs', 'One use must be over by 23 Nov 2026, 13:30:00 UTC.', String(89 * 60_000)],
  ]);
  const closed = limits({ strategy: strategy({ closesAtMs: NOW_MS - 1 }) });
  expect(over(draft(), closed).map(([, , value]) => value)).toEqual([undefined]);
  const later = limits({ strategy: strategy({ opensAtMs: NOW_MS + HOUR_MS }) });
  expect(over(draft(), later)).toEqual([
    ['', 'Use begins at 23 Nov 2026, 13:00:00 UTC at the earliest: apply then.', undefined],
  ]);
  expect(over(draft(), limits({ intervalMs: 10 })).map(([path, , value]) => [path, value])).toEqual([
    ['use.durationMs', '655000'],
  ]);
});

test('what is not free is stopped: at its field where it has one, above the button where it has none [8.5.2-c]', () => {
  expect(over(draft(), limits({ free: [{ meter: 'places', amount: 0 }] }))).toEqual([
    ['', 'No place is free now: apply again when some is given back.', undefined],
  ]);
  const store = strategy({ ways: [{ name: 'graceMs', value: '0' }], limits: [] });
  const first = firstDraft(storage, store, [{ meter: 'storedBytes', amount: 2 * GB }]);
  const typed = {
    ...first,
    purpose: 'research',
    fieldOfBusiness: 'media',
    amounts: { ...first.amounts, storedBytes: '2.5' },
  };
  const free = [{ meter: 'storedBytes', amount: 2 * GB }];
  expect(over(typed, limits({ strategy: store, free }), storage)).toEqual([
    ['use.amount.storedBytes', 'Only 2.00 GB can be had now.', String(2 * GB)],
  ]);
  // The room of what is continued is taken over: it adds to what is free, and less of it is not taken.
  const continued = [{ meter: 'storedBytes', amount: GB }];
  expect(over(typed, limits({ strategy: store, free, continued }), storage)).toEqual([]);
  const less = { ...typed, amounts: { ...typed.amounts, storedBytes: '0.5' } };
  expect(over(less, limits({ strategy: store, free, continued }), storage)).toEqual([
    ['use.amount.storedBytes', 'What you continue has 1.00 GB: ask for at least as much.', String(GB)],
  ]);
});

test('a zero is wrong while it is typed, with the bound that holds: the strategy’s, or what is free', () => {
  const said = (typed: UseDraft, of: Limits, kind = data) => {
    const parsed = parseUse(kind, typed, { useMs: of.strategy.useMsMax, amounts: mostOfEach(kind, of) });
    return parsed.ok ? {} : wrongAsTyped(typed, parsed.errors);
  };
  expect(said(draft({ purpose: '', duration: '0', amounts: { bytes: '', calls: '0' } }), limits())).toEqual({
    duration: 'How long must be a whole number, from 1 second to 2 hours.',
    amounts: { calls: 'Calls must be a whole number from 1 to 10,000.' },
  });
  const store = strategy({ ways: [{ name: 'graceMs', value: '0' }], limits: [] });
  const free = [{ meter: 'storedBytes', amount: 2 * GB }];
  const first = firstDraft(storage, store, free);
  const typed = { ...first, amounts: { ...first.amounts, storedBytes: '0' } };
  const of = limits({ strategy: store, free });
  expect(said(typed, of, storage).amounts?.['storedBytes']).toContain('above 0, at most 2, with');
  const continued = [{ meter: 'storedBytes', amount: GB }];
  expect(said(typed, { ...of, continued }, storage).amounts?.['storedBytes']).toContain('at most 3, with');
});
