import { expect, test } from 'vitest';
import { durationDraft, exactDuration, parseDuration } from './duration.ts';

test('no text that is not a plain whole number within the bound becomes a length of time', () => {
  for (const text of ['', '0', '-1', '1e3', '0x1', ' ', '１', '1,5', '1.5', 'NaN', 'Infinity', '99999999999999999999'])
    expect(parseDuration(text, 'hours', Number.MAX_SAFE_INTEGER), text).toBeUndefined();
  expect(parseDuration('31', 'days', 31 * 86_400_000)).toBe(31 * 86_400_000);
  expect(parseDuration('32', 'days', 31 * 86_400_000)).toBeUndefined();
});

test('drafts say exactly what they stand for: parse(draft(x)) = x', () => {
  for (const durationMs of [1_000, 45_000, 60_000, 5_400_000, 7_200_000, 172_800_000]) {
    const { duration, durationUnit } = durationDraft(durationMs);
    expect(parseDuration(duration, durationUnit, durationMs)).toBe(durationMs);
  }
});

test('what a rate is per is said exactly', () => {
  expect(exactDuration(3_600_000)).toBe('hour');
  expect(exactDuration(5_400_000)).toBe('90 minutes');
  expect(exactDuration(90_061_000)).toBe('90,061 seconds');
  expect(exactDuration(1_500)).toBe('1,500 ms');
});
