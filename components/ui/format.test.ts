import { describe, expect, test } from 'vitest';
import {
  durationInWords,
  everyInWords,
  formatBytes,
  formatDuration,
  formatMeasured,
  formatMicro,
  formatRelative,
  formatUtc,
  parseMicro,
  shorten,
} from './format.ts';

describe('figures on screens', () => {
  test('micro-units are shown exactly, never rounded', () => {
    expect(formatMicro('0')).toBe('0.00');
    expect(formatMicro('1204500000')).toBe('1,204.50');
    expect(formatMicro('1')).toBe('0.000001');
    expect(formatMicro('-2500000')).toBe('−2.50');
    expect(formatMicro('9223372036854775807')).toBe('9,223,372,036,854.775807');
  });

  test('what is shown can be typed back: parseMicro(formatMicro(x)) = x', () => {
    for (const amount of ['0', '1', '999999', '1000000', '1234567890123', '9223372036854775807']) {
      expect(parseMicro(formatMicro(amount))).toBe(amount);
    }
  });

  test('no amount is shown with three decimals, which could be thousands', () => {
    expect(formatMicro('1234000')).toBe('1.2340');
    expect(parseMicro(formatMicro('1234000'))).toBe('1234000');
  });

  test('text that is no amount is refused, not guessed', () => {
    for (const text of ['', '-1', '1.2345678', '1e3', '0x10', '.5', '1.', 'NaN', '9999999999999999', '１', '1 2']) {
      expect(parseMicro(text), text).toBeUndefined();
    }
  });

  test('durations name their two largest units', () => {
    expect(formatDuration(8_040_000)).toBe('2 h 14 min');
    expect(formatDuration(45_900)).toBe('45 s');
    expect(formatDuration(0)).toBe('0 s');
    expect(formatDuration(-5)).toBe('0 s');
    expect(formatDuration(86_400_000)).toBe('1 d');
    expect(['451', '9549', '60451', '0', '-5'].map((ms) => formatMeasured(Number(ms)))).toEqual([
      '451 ms',
      '9 s 549 ms',
      '1 min',
      '0 s',
      '0 s',
    ]);
    expect(durationInWords(7_200_000)).toBe('2 hours');
    expect([60_000, 600_000, 5_400_000].map(everyInWords)).toEqual([
      'every minute',
      'every 10 minutes',
      'every 1 hour 30 minutes',
    ]);
    expect(durationInWords(5_400_000)).toBe('1 hour 30 minutes');
  });

  test('times carry their zone and say how far away they are', () => {
    expect(formatUtc(Date.UTC(2026, 10, 23, 12, 8, 5))).toBe('23 Nov 2026, 12:08:05 UTC');
    expect(formatUtc(Number.NaN)).toBe('unknown time');
    expect(formatRelative(8_040_000, 0)).toBe('in 2 h 14 min');
    expect(formatRelative(0, 180_000)).toBe('3 min ago');
    expect(formatRelative(500, 0)).toBe('now');
  });

  test('sizes and identifiers are short and unambiguous', () => {
    expect(formatBytes(48_219)).toBe('48.2 kB');
    expect(formatBytes('1000000')).toBe('1.00 MB');
    expect(formatBytes(12)).toBe('12 B');
    expect(shorten('0x9f31c2aa00000000000000000000000000000004be')).toBe('0x9f31c2…04be');
    expect(shorten('R-1042')).toBe('R-1042');
  });
});
