import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Meter } from './gateway/meter.ts';
import { OrderBook } from './order-book.ts';
import { Quality } from './quality.ts';
import { FirstByteTimes } from './resources/first-byte.ts';
import type { OrderTerms } from './resources/kind.ts';

const START = 1_000_000;
const terms: OrderTerms = {
  agreement: 1,
  order: 1,
  part: 1,
  first: 1,
  customer: 2,
  resource: 1,
  kind: 'data',
  sourceId: 'trees',
  choices: [],
  ways: [],
  amounts: {},
  promise: [{ meter: 'firstByteMs', amount: 100 }],
  degradedPerMille: 500,
  intervalMs: 1_000,
  encryptionKey: '',
  prepareByMs: START,
};

let folder: string;
let book: OrderBook;
let meter: Meter;
let times: FirstByteTimes;
let quality: Quality;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-quality-'));
  start();
  book.record({ kind: 'reserved', terms });
  book.record({ kind: 'window', agreement: 1, issue: 1, startsAtMs: START, endsAtMs: START + 60_000 });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function start(): void {
  book = must(OrderBook.open(join(folder, 'orders.journal')));
  meter = must(Meter.open(join(folder, 'meter.journal')));
  times = new FirstByteTimes();
  const measure = ({ agreement }: OrderTerms, interval: { fromMs: number; toMs: number }) => ({
    firstByteMs: times.takePercentile(agreement, interval),
  });
  quality = new Quality({ book, meter, measure });
}

function must<Value>(outcome: { ok: true; value: Value } | { ok: false; sentence: string }): Value {
  if (!outcome.ok) throw new Error(outcome.sentence);
  return outcome.value;
}

describe('the quality of an order', () => {
  test('is measured once an interval is over, and kept where there were calls [8.1.2-b]', () => {
    times.add(1, { atMs: START + 500, firstByteMs: 20 });
    quality.beat(START + 999);
    expect(meter.measurements(1).size).toBe(0);
    quality.beat(START + 1_000);
    times.add(1, { atMs: START + 3_999, firstByteMs: 40 });
    times.add(1, { atMs: START + 4_000, firstByteMs: 60 });
    quality.beat(START + 4_500);
    expect([...meter.measurements(1)]).toEqual([
      [START, { firstByteMs: 20 }],
      [START + 3_000, { firstByteMs: 40 }],
    ]);
  });

  test('of the part of an interval at a proved end is measured before the order is let go', () => {
    times.add(1, { atMs: START + 2_100, firstByteMs: 70 });
    book.record({
      kind: 'ended',
      agreement: 1,
      endedAtMs: START + 2_300,
      settleAtMs: START + 9_000,
      graceUntilMs: 0,
      reason: 'done',
    });
    quality.beat(START + 2_299);
    expect(meter.measurements(1).size).toBe(0);
    quality.beat(START + 2_300);
    quality.beat(START + 5_000);
    expect([...meter.measurements(1)]).toEqual([[START + 2_000, { firstByteMs: 70 }]]);
  });

  test('that was kept stays over a restart, which finds nothing new of the time before it', () => {
    times.add(1, { atMs: START + 500, firstByteMs: 20 });
    quality.beat(START + 1_200);
    times.add(1, { atMs: START + 1_500, firstByteMs: 30 });
    book.close();
    meter.close();
    start();
    quality.beat(START + 2_500);
    expect([...meter.measurements(1)]).toEqual([[START, { firstByteMs: 20 }]]);
  });

  test('is not measured where nothing was promised', () => {
    book.record({ kind: 'reserved', terms: { ...terms, agreement: 2, promise: [] } });
    book.record({ kind: 'window', agreement: 2, issue: 1, startsAtMs: START, endsAtMs: START + 60_000 });
    times.add(2, { atMs: START + 1, firstByteMs: 5 });
    quality.beat(START + 5_000);
    expect(meter.measurements(2).size).toBe(0);
  });
});

describe('the wait for the first byte', () => {
  test.each([
    ['no call', [], 0],
    ['one call', [30], 30],
    ['19 fast calls and a slow one', [...Array.from({ length: 19 }, () => 5), 900], 5],
    ['18 fast calls and two slow ones', [...Array.from({ length: 18 }, () => 5), 900, 800], 800],
    ['a hundred different ones, in any order', Array.from({ length: 100 }, (_, index) => ((index * 37) % 100) + 1), 95],
  ])('of %s is the one that 95 of 100 did not exceed', (_, waits, expected) => {
    waits.forEach((firstByteMs, index) => times.add(1, { atMs: START + index, firstByteMs }));
    expect(times.takePercentile(1, { fromMs: START, toMs: START + 1_000 })).toBe(expected);
    expect(times.takePercentile(1, { fromMs: START, toMs: START + 1_000 })).toBe(0);
  });
});
