import { describe, expect, test } from 'vitest';
import { toFailed } from './failed-conditions.ts';

const asked = (name: string, value: string, kind = 'data'): string | null =>
  toFailed({ index: '0', sentence: 'it must hold', values: [{ name, value }], error: '' }, kind).asked;

describe('what a failed condition asked', () => {
  test.each([
    ['use.durationMs', '5400000', 'you asked for 1 hour 30 minutes'],
    ['use.choice.format', 'parquet', 'you chose the format parquet'],
    ['use.choice.format', '', 'you chose no format'],
    ['use.amount.calls', '1', 'you asked for 1 call'],
    ['use.amount.bytes', '2000', 'you asked for 2000 bytes'],
    ['use.amount.places', '0', 'you asked for 0 places'],
    ['applicant.brokenOrders', '2', 'you have broken 2 orders'],
    ['applicant.credit', '180', 'your credit is 180'],
    ['applicant.identifiedBy', '0', 'no operator has identified you'],
  ])('%s = %j is said in the titles and units of the kind: %s [6.2.4-b]', (name, value, words) => {
    expect(asked(name, value)).toBe(words);
  });

  test('a word of a kind that this version does not know is said as it stands', () => {
    expect(asked('use.amount.slots', '3', 'computer')).toBe('you asked for 3 slots');
    expect(asked('use.choice.image', 'debian', 'computer')).toBe('you chose the image debian');
    expect(asked('use.choice.toString', 'x')).toBe('you chose the toString x');
  });

  test('what nobody asked says nothing, and a rule that could not be evaluated says so', () => {
    expect(asked('nowMs', '5')).toBeNull();
    expect(asked('resource.kind', 'data')).toBeNull();
    const broken = { index: '0', sentence: 'it must hold', values: [], error: 'division by zero' };
    expect(toFailed(broken, 'data').asked).toBe('division by zero');
  });
});
