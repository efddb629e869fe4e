import { describe, expect, test } from 'vitest';
import { proposedSchema, shiftsToSign, type Proposed } from './shifts.ts';

const NOW_MS = 1_000_000;
const NOBODY = new Map<number, number>();
const proposed = (fields: Partial<Proposed> = {}): Proposed => ({
  node: 5,
  from: 'reserve',
  to: 'service',
  millicores: 2_000,
  reason: 'All slots are busy and 3 runs wait',
  changedAtMs: NOW_MS - 60_000,
  alert: { id: 1, forMs: 60_000 },
  ...fields,
});
const signed = (fields: Partial<Proposed> = {}, millicoresMax = 2_000, movedAtMs = NOBODY): Proposed[] =>
  shiftsToSign([proposed(fields)], { millicoresMax, nowMs: NOW_MS, movedAtMs });

describe('a program shifts by itself [6.2.2-c, I.2-8]', () => {
  test('what is proposed, where the vote allows as much', () => {
    expect(signed()).toEqual([proposed()]);
  });

  test('no more whole cores than the vote lets it, and none where that is less than one', () => {
    expect(signed({ millicores: 4_000 }, 2_999)).toMatchObject([{ millicores: 2_000 }]);
    expect(signed({}, 999)).toEqual([]);
    expect(signed({}, 0)).toEqual([]);
  });

  test('nothing before an alert is open', () => {
    expect(signed({ alert: null })).toEqual([]);
  });

  test('one host once within the time of the alert, whoever shifted it last', () => {
    expect(signed({ changedAtMs: NOW_MS - 59_999 })).toEqual([]);
    expect(signed({}, 2_000, new Map([[5, NOW_MS - 59_999]]))).toEqual([]);
    expect(signed({}, 2_000, new Map([[6, NOW_MS - 1]]))).toHaveLength(1);
    expect(signed({ changedAtMs: NOW_MS + 5_000 })).toEqual([]);
  });

  test('however short the rule is, not before its agent can have said how it is since', () => {
    const alert = { id: 1, forMs: 0 };
    expect(signed({ alert, changedAtMs: NOW_MS - 29_999 })).toEqual([]);
    expect(signed({ alert, changedAtMs: NOW_MS - 30_000 })).toHaveLength(1);
  });
});

test.each([
  ['a share that there is not', { to: 'toString' }],
  ['a part of a thousandth', { millicores: 0.5 }],
  ['less than nothing', { millicores: -1_000 }],
  ['a reason that the ledger would not take', { reason: 'x'.repeat(201) }],
  ['a node that is none', { node: 0 }],
])('a portal that answers with %s is not believed', (_, fields) => {
  expect(proposedSchema.safeParse({ shifts: [{ ...proposed(), ...fields }] }).success).toBe(false);
  expect(proposedSchema.safeParse({ shifts: [proposed()] }).success).toBe(true);
});
