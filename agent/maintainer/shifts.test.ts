import { describe, expect, test } from 'vitest';
import {
  proposedSchema,
  RETURN_AFTER_MS,
  returnsToSign,
  shiftsToSign,
  type Proposed,
  type ProposedReturn,
} from './shifts.ts';

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

describe('a program shifts back what it brought [6.2.2-c, I.2-8]', () => {
  const brought = (fields: Partial<ProposedReturn> = {}): ProposedReturn => ({
    node: 5,
    from: 'service',
    to: 'reserve',
    millicores: 2_000,
    reason: 'Nothing waits any more: what was brought goes back',
    changedAtMs: NOW_MS - RETURN_AFTER_MS,
    calmSinceMs: NOW_MS - RETURN_AFTER_MS,
    ...fields,
  });
  const returned = (
    returns: readonly ProposedReturn[],
    of: Partial<Parameters<typeof returnsToSign>[1]> = {},
  ): ProposedReturn[] =>
    returnsToSign(returns, { millicoresMax: 2_000, nowMs: NOW_MS, startedAtMs: 0, movedAtMs: NOBODY, ...of });

  test('once nothing has been short, and nothing changed at the host, for five minutes', () => {
    expect(returned([brought()])).toEqual([brought()]);
    expect(returned([brought({ calmSinceMs: NOW_MS - RETURN_AFTER_MS + 1 })])).toEqual([]);
    expect(returned([brought({ changedAtMs: NOW_MS - RETURN_AFTER_MS + 1 })])).toEqual([]);
    expect(returned([brought()], { movedAtMs: new Map([[5, NOW_MS - 1]]) })).toEqual([]);
    expect(returned([brought({ calmSinceMs: NOW_MS + 60_000 })])).toEqual([]);
  });

  test('no more at once than the vote lets it, and nothing where a vote lets it nothing', () => {
    expect(returned([brought({ millicores: 3_500 })])).toMatchObject([{ millicores: 2_000 }]);
    expect(returned([brought({ millicores: 1_500 })])).toMatchObject([{ millicores: 1_500 }]);
    expect(returned([brought()], { millicoresMax: 0 })).toEqual([]);
  });

  test('of one host one thing at a time', () => {
    const both = [brought(), brought({ from: 'consensus' }), brought({ node: 6 })];
    expect(returned(both).map(({ node, from }) => [node, from])).toEqual([
      [5, 'service'],
      [6, 'service'],
    ]);
  });

  test('not before it is known what became of the shifts that a process before it had signed', () => {
    expect(returned([brought()], { startedAtMs: NOW_MS - 119_999 })).toEqual([]);
    expect(returned([brought()], { startedAtMs: NOW_MS - 120_000 })).toHaveLength(1);
  });

  test('nothing of a portal that knows no returns', () => {
    expect(proposedSchema.parse({ shifts: [] })).toEqual({ shifts: [], returns: [] });
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
