import { describe, expect, test } from 'vitest';
import { claimDue } from './claim.ts';

import type { Order } from './order-book.ts';

const START = 1_000_000;
const END = START + 3_600_000;
const MINUTE = 60_000;
const used = { bytes: 300, calls: 3, rows: 30 };

function order(facts: Partial<Order> = {}): Order {
  const terms = { intervalMs: MINUTE } as Order['terms'];
  const window = { startsAtMs: START, endsAtMs: END };
  return {
    terms,
    links: new Map(),
    issue: 1,
    window,
    reissueRequested: null,
    ended: null,
    claimed: null,
    isReleased: false,
    isSettled: false,
    ...facts,
  };
}

describe('a claim', () => {
  const ended = { endedAtMs: START + 90_500, settleAtMs: START + 200_000, reason: 'done' };
  const whole = { untilMs: START + 90_500, used };
  const less = { ...used, calls: 2 };

  test.each<[string, Partial<Order>, number, ReturnType<typeof claimDue>]>([
    ['not before the window', { window: null }, START, null],
    ['not in the first 10 minutes', {}, START + 9 * MINUTE, null],
    [
      'for whole intervals only, every 10 minutes',
      {},
      START + 10 * MINUTE + 30_007,
      { isLast: false, untilMs: START + 10 * MINUTE },
    ],
    [
      'only to the last interval that ended 30 s ago or earlier',
      {},
      START + 10 * MINUTE + 29_999,
      { isLast: false, untilMs: START + 9 * MINUTE },
    ],
    ['not again at once', { claimed: { untilMs: START + 10 * MINUTE, used } }, START + 11 * MINUTE, null],
    ['not after the window while its end is not proved', {}, END + 1, null],
    ['at the proved end, to the millisecond', { ended }, START + 90_500, { isLast: true, untilMs: START + 90_500 }],
    ['not before the end by the agent’s clock', { ended }, START + 90_499, null],
    [
      'again when more was counted',
      { ended, claimed: { ...whole, used: less } },
      START + 91_000,
      { isLast: true, untilMs: START + 90_500 },
    ],
    [
      'never back behind what was claimed',
      { ended, claimed: { ...whole, untilMs: START + 90_600, used: less } },
      START + 91_000,
      { isLast: true, untilMs: START + 90_600 },
    ],
    ['not when the ledger has it', { ended, claimed: whole }, START + 91_000, null],
    ['not after settlement', { ended }, START + 200_000, null],
    [
      'at most to the end of the window',
      { ended: { ...ended, endedAtMs: END + 400, settleAtMs: END + 9_000 } },
      END + 500,
      { isLast: true, untilMs: END },
    ],
    ['not for a window that never opened', { ended: { ...ended, endedAtMs: START } }, START + 91_000, null],
  ])('is due %s [I.2-6]', (_, facts, nowMs, due) => {
    expect(claimDue(order(facts), { used, nowMs })).toEqual(due);
  });
});
