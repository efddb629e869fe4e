import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { proseCodes } from '#ledger/contracts/prose/definition.ts';
import { OrderBook, type Order } from './order-book.ts';
import type { Lines, OrderTerms } from './resources/kind.ts';
import { reportSession, sessionReport } from './session-report.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'ip-session-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function openBook(): OrderBook {
  const opened = OrderBook.open(join(folder, 'orders.journal'));
  if (!opened.ok) throw new Error(opened.sentence);
  return opened.value;
}

const termsOf = (agreement: number): OrderTerms => ({
  agreement,
  order: agreement,
  part: 1,
  first: agreement,
  customer: 2,
  resource: 1,
  kind: 'connection',
  sourceId: 'line',
  choices: [],
  ways: [],
  amounts: {},
  promise: [],
  degradedPerMille: 0,
  intervalMs: 10_000,
  encryptionKey: '',
  prepareByMs: 1,
});

const figures = { roundTripMs: 12, jitterMs: 3, bytesPerS: 2 ** 40, lossPerMille: 4 };
const ended = { endedAtMs: 1, settleAtMs: 2, graceUntilMs: 0, reason: 'done' };
const order = { terms: termsOf(7), isSession: true, isSettled: false, ended } as Order;

test('an order is a session by where its relay was when it was reserved, also after a restart [I.3-6]', () => {
  const book = openBook();
  const reserve = (of: OrderBook, agreement: number) => of.record({ kind: 'reserved', terms: termsOf(agreement) });
  reserve(book, 1);
  book.record({ kind: 'pool', resource: 1, isIn: true });
  reserve(book, 2);
  book.close();
  // Opening writes the journal anew, and a second time reads what the first wrote.
  openBook().close();
  const again = openBook();
  reserve(again, 3);
  again.record({ kind: 'pool', resource: 1, isIn: false });
  reserve(again, 4);
  expect([1, 2, 3, 4].map((agreement) => again.orders.get(agreement)?.isSession)).toEqual([false, true, true, false]);
  again.close();
});

test('what was measured is said once an ended session is not yet settled, and of nothing else [I.3-6]', () => {
  const lines = { figuresOf: () => figures } as unknown as Lines;
  expect(sessionReport(order, lines)?.args).toEqual({
    agreement: 7n,
    roundTripMs: 12n,
    jitterMs: 3n,
    bytesPerS: 2n ** 32n - 1n,
    lossPerMille: 4n,
  });
  for (const other of [{ isSession: false }, { ended: null }, { isSettled: true }])
    expect(sessionReport({ ...order, ...other }, lines)).toBeNull();
  expect(sessionReport(order, { figuresOf: () => undefined } as unknown as Lines)).toBeNull();
  expect(sessionReport(order, undefined)).toBeNull();
});

test.each([
  [0, 1],
  [proseCodes.NO_OPEN_SESSION, 1],
  [proseCodes.MEASURED_ALREADY, 1],
  [proseCodes.MEASUREMENT_INVALID, 0],
  [null, 0],
])('what the ledger answered with %s to is forgotten %i times', async (code, times) => {
  const forgetFigures = vi.fn();
  const lines = { figuresOf: () => figures, forgetFigures } as unknown as Lines;
  const attempt = vi.fn(() => Promise.resolve(code));
  await reportSession(order, lines, attempt);
  expect(attempt).toHaveBeenCalledExactlyOnceWith('measure 7', expect.anything());
  expect(forgetFigures).toHaveBeenCalledTimes(times);
});
