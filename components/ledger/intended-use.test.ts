import { expect, test } from 'vitest';
import {
  durationDraft,
  megabytesDraft,
  parseDuration,
  parseMegabytes,
  parseUse,
  type UseDraft,
} from './intended-use.ts';

const draft: UseDraft = {
  purpose: 'research',
  fieldOfBusiness: 'weather',
  format: 'csv',
  duration: '2',
  durationUnit: 'hours',
  calls: '100',
  megabytes: '0.5',
};

test('a complete draft becomes exact numbers [I.2-4]', () => {
  expect(parseUse(draft)).toEqual({
    ok: true,
    use: {
      purpose: 'research',
      fieldOfBusiness: 'weather',
      format: 'csv',
      durationMs: 7_200_000,
      calls: 100,
      bytes: '500000',
    },
  });
});

test('every field that is wrong is named, not only the first', () => {
  const parsed = parseUse({
    purpose: '',
    fieldOfBusiness: '',
    format: '',
    duration: '1.5',
    durationUnit: 'hours',
    calls: '-1',
    megabytes: '0',
  });
  expect(parsed.ok ? [] : Object.keys(parsed.errors).sort()).toEqual([
    'calls',
    'duration',
    'fieldOfBusiness',
    'format',
    'megabytes',
    'purpose',
  ]);
});

test('no text that is not a plain number of the right size becomes one', () => {
  for (const text of ['', '0', '-1', '1e3', '0x1', ' ', '１', '1,5', 'NaN', 'Infinity', '99999999999999999999']) {
    expect(parseDuration(text, 'hours'), text).toBeUndefined();
    expect(parseMegabytes(text), text).toBeUndefined();
  }
  expect(parseDuration('367', 'days')).toBeUndefined();
});

test('drafts say exactly what they stand for: parse(draft(x)) = x', () => {
  for (const durationMs of [1_000, 45_000, 60_000, 5_400_000, 7_200_000, 172_800_000]) {
    const { duration, durationUnit } = durationDraft(durationMs);
    expect(parseDuration(duration, durationUnit)).toBe(durationMs);
  }
  for (const bytes of ['1', '500000', '1000000', '123456789'])
    expect(parseMegabytes(megabytesDraft(bytes))).toBe(bytes);
});
