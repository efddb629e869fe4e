import { renderToStaticMarkup } from 'react-dom/server';
import type { ReactElement } from 'react';
import { expect, test } from 'vitest';
import type { AccountRef, BillDto, OrderDetail, OrderSummary, RunDto } from '#lib/shared/dto.ts';
import { AGREEMENT_STATUSES, END_REASONS } from '#ledger/contracts/agreement/definition.ts';
import { dataWaysTerms } from '#ledger/contracts/kinds/data.ts';
import { OrderHeader } from './order-header.tsx';
import { billCsv } from './bill-csv.ts';
import { endSentence } from './end-sentence.ts';
import { OrderMoney } from './order-money.tsx';
import { OrderOverview } from './order-overview.tsx';
import { OrderUsage } from './order-usage.tsx';
import { totalOf } from './order-total.ts';

/** What a person reads: the markup's text, with a blank where an element ends. */
function textOf(element: ReactElement): string {
  return renderToStaticMarkup(element)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/[\u2068\u2069]/g, '')
    .replaceAll(/\s+/g, ' ');
}

const START_MS = Date.UTC(2026, 10, 23, 12);
const MINUTE_MS = 60_000;
const account = (id: number): AccountRef => ({ id, address: `0x${id}`, name: null });

const runs: RunDto[] = [run(0, 30, 'kept', 180), run(30, 40, 'degraded', 900), run(40, 60, 'down', undefined)];

function run(from: number, until: number, state: RunDto['state'], firstByteMs: number | undefined): RunDto {
  const measured = firstByteMs === undefined ? [] : [{ meter: 'firstByteMs', amount: firstByteMs }];
  return { startMs: START_MS + from * MINUTE_MS, endMs: START_MS + until * MINUTE_MS, state, measured };
}

const hourly = { meter: 'places', per: 1, perMs: 3_600_000, amountMicro: '6000000' };
const bill: BillDto = {
  lines: [{ price: hourly, amount: 1, amountMicro: '3500000' }],
  runs: [
    { ...runs[0]!, factorPerMille: 1_000, chargeMicro: '3000000', isAgreed: false },
    { ...runs[1]!, factorPerMille: 500, chargeMicro: '500000', isAgreed: false },
    { ...runs[2]!, factorPerMille: 0, chargeMicro: '0', isAgreed: false },
  ],
  channel: null,
  promise: [{ meter: 'firstByteMs', amount: 250 }],
  holdMicro: '6000000',
  chargeMicro: '3500000',
  keptMs: 30 * MINUTE_MS,
  degradedMs: 10 * MINUTE_MS,
  degradedPerMille: 500,
  wholeMs: 60 * MINUTE_MS,
  providerMicro: '3430000',
  feeMicro: '70000',
  refundMicro: '2500000',
  contested: false,
  unexplainedMicro: '0',
  tx: null,
  settledAtMs: START_MS + 80 * MINUTE_MS,
};

const summary: OrderSummary = {
  id: 13,
  order: 12,
  part: 2,
  parts: 2,
  status: 'settled',
  resource: { id: 4, title: 'Weather', kind: 'data' },
  customer: account(2),
  provider: account(3),
  prices: [hourly],
  holdMicro: '6000000',
  chargeMicro: '3500000',
  reservedAtMs: START_MS,
  startsAtMs: START_MS,
  endsAtMs: START_MS + 60 * MINUTE_MS,
  endReason: 'time-up',
};

const order: OrderDetail = {
  ...summary,
  viewer: 'customer',
  purpose: 'research',
  fieldOfBusiness: 'weather',
  choices: [{ name: 'format', value: 'csv' }],
  ways: dataWaysTerms({ columns: ['date', 'wind'], formats: ['csv'], rowFilter: '' }),
  attributes: [],
  amounts: [
    { meter: 'bytes', amount: 10_000_000 },
    { meter: 'calls', amount: 100 },
    { meter: 'places', amount: 1 },
  ],
  promise: bill.promise,
  degradedPerMille: 500,
  durationMs: 60 * MINUTE_MS,
  intervalMs: MINUTE_MS,
  prepareByMs: START_MS,
  settleAtMs: START_MS + 70 * MINUTE_MS,
  strategyVersion: 1,
  identifiedBy: null,
  others: [{ ...summary, id: 12, part: 1, status: 'active', chargeMicro: null, holdMicro: '1500000' }],
  replaces: 12,
  replacedBy: null,
  channel: null,
  backup: { resource: { id: 9, title: 'Spare weather' }, provider: account(5), holdMicro: '4000000' },
  sealed: null,
  reissuePending: false,
  continues: null,
  continuedBy: null,
  isContinuable: false,
  stored: null,
  claim: {
    used: [
      { meter: 'bytes', amount: 2_500_000 },
      { meter: 'calls', amount: 12 },
      { meter: 'rows', amount: 1_461 },
    ],
    untilMs: START_MS + 60 * MINUTE_MS,
    history: [
      { untilMs: START_MS + 20 * MINUTE_MS, used: [{ meter: 'calls', amount: 9 }] },
      { untilMs: START_MS + 60 * MINUTE_MS, used: [{ meter: 'calls', amount: 12 }] },
    ],
    runs,
    tx: 'ab'.repeat(32),
  },
  contested: null,
  bill,
  events: [],
  serverTimeMs: START_MS + 90 * MINUTE_MS,
  asOf: { height: 77, timeMs: START_MS },
};

test('a part of several is named by its order and place, and shows the other parts with one total [I.2-4]', () => {
  expect(textOf(<OrderHeader order={order} />)).toContain('O-12/2');
  const text = textOf(<OrderOverview order={order} />);
  expect(text).toContain('Parts of O-12');
  expect(text).toContain('7.50 tokens held in all, 1 of 2 not settled; 3.50 tokens charged');
  expect(text).toContain('O-12/1');
  expect(text).toContain('O-12/2 (this one)');
  expect(text).toContain('Took the place of O-12/1');
  expect(text).toContain('Spare weather from A-5 , for at most 4.00 tokens');
});

test('an order of one part has its own number alone, and no list of parts', () => {
  const alone = { ...order, order: 13, part: 1, parts: 1, others: [], replaces: null, backup: null };
  expect(textOf(<OrderHeader order={alone} />)).toContain('O-13 ');
  const text = textOf(<OrderOverview order={alone} />);
  expect(text).not.toContain('Parts of');
  expect(text).not.toContain('Backup');
});

test('usage stands by meter with its limit, and each run with what was promised and measured [8.1.2-b]', () => {
  const text = textOf(<OrderUsage order={order} />);
  expect(text).toContain('Calls 12 of 100 calls');
  expect(text).toContain('Bytes 2.50 MB of 10.0 MB');
  expect(text).toContain('Rows 1,461 rows');
  expect(text).toContain('30 min kept, 10 min degraded, 20 min down.');
  expect(text).toContain('First byte of 95 of 100 calls: at most 250 ms');
  expect(text).toMatch(/30 min kept 180 ms .*10 min degraded 900 ms .*20 min down not measured/);
});

test('use over time is drawn for each meter, and its figures stand in a table [8.5.2-c]', () => {
  const markup = renderToStaticMarkup(<OrderUsage order={order} />);
  expect(markup).toContain('aria-label="Calls: from nothing to 12 calls in 1 h, by 2 claims"');
  const calls = markup.slice(markup.indexOf('aria-label="Calls: from')).match(/ d="(M[^"Z]*)" fill="none"/)?.[1];
  expect(calls).toBe('M0,96L133.333,27L400,4');
  expect(textOf(<OrderUsage order={order} />)).toMatch(/12:20:00 UTC 0 B 9 calls .*13:00:00 UTC 0 B 12 calls/);
});

test('the bill shows its lines, and promised, measured, factor and charge of each run [8.1.2-b] [I.2-6]', () => {
  const text = textOf(<OrderMoney order={order} />);
  expect(text).toContain('Customers at the same time 1 place 6.00 tokens per hour');
  expect(text).toContain('1 place × 6.00 tokens per hour × (30 min kept + 10 min degraded at 50 %) 3.50 tokens');
  expect(text).toMatch(/kept 180 ms 100 % 3\.00 tokens .*degraded 900 ms 50 % 0\.50 tokens .*down not measured 0 %/);
  expect(text).toContain('unexplained: 0');
  const wrong = { ...order, bill: { ...bill, unexplainedMicro: '1' } };
  expect(textOf(<OrderMoney order={wrong} />)).toContain('unexplained: 0.000001');
});

test('the fee stands on its own line, and the provider’s line is what the provider got', () => {
  const text = textOf(<OrderMoney order={order} />);
  expect(text).toContain('Charged 3.50 tokens Paid to the provider 3.43 tokens to A-3 Fee to the treasury 0.07 tokens');
  const rows = billCsv(order, bill).split('\r\n');
  expect(rows).toContain('O-12/2,to the provider,,,,,3.430000');
  expect(rows).toContain('O-12/2,fee to the treasury,,,,,0.070000');
});

test('a bill names both parties, on paper and as a file, with the number of a name', () => {
  const named = { ...order, customer: { ...account(2), name: '=Brackenford, Ltd' } };
  expect(textOf(<OrderMoney order={named} />)).toContain('Customer =Brackenford, Ltd (A-2) Provider A-3');
  const rows = billCsv(named, bill).split('\r\n');
  expect(rows).toContain(`O-12/2,customer A-2,,,,"'=Brackenford, Ltd",`);
  expect(rows).toContain('O-12/2,provider A-3,,,,,');
});

test('an order that runs says what it has cost so far, of what is held [8.1.2-b]', () => {
  const running = { ...order, status: 'active' as const, bill: null, settleAtMs: null };
  expect(textOf(<OrderMoney order={running} />)).toContain('Cost so far 3.50 tokens of 6.00 tokens held');
  const waiting = { ...running, status: 'reserved' as const, startsAtMs: null, endsAtMs: null, claim: null };
  expect(textOf(<OrderMoney order={waiting} />)).not.toContain('Cost so far');
});

test('an order that goes on with another’s stored things, and one that was gone on with, lead to each other', () => {
  const text = textOf(<OrderOverview order={{ ...order, continues: 7, continuedBy: 15 }} />);
  expect(text).toContain('Goes on with what was stored by O-7');
  expect(text).toContain('What it stored goes on with O-15');
});

test('until the bill is made the page says how long the claim can be contested, and that it was', () => {
  const ended = { ...order, bill: null, settleAtMs: order.serverTimeMs + 2 * MINUTE_MS };
  expect(textOf(<OrderMoney order={ended} />)).toContain('2 min left. Until then the customer can contest the claim.');
  expect(textOf(<OrderHeader order={ended} />)).toContain('until then you can contest the claim');
  const contested = textOf(<OrderMoney order={{ ...ended, contested: 'wrong-usage' }} />);
  expect(contested).toContain('You contested the claim: the amounts that the claim says were used are wrong.');
  expect(contested).toContain('It changes no charge');
});

test('each end reason of the definition says why and what it means for the money', () => {
  const sentences = Object.keys(END_REASONS).map((endReason) =>
    endSentence({ endReason, startsAtMs: START_MS, chargeMicro: null }),
  );
  expect(new Set(sentences).size).toBe(sentences.length);
  for (const [index, { says }] of Object.values(END_REASONS).entries()) expect(sentences[index]).toContain(says);
  expect(endSentence({ endReason: null, startsAtMs: null, chargeMicro: null })).toBeUndefined();
  expect(endSentence({ endReason: 'not-delivered', startsAtMs: null, chargeMicro: '0' })).toContain(
    'all that was held',
  );
});

test('the parts’ total is the exact sum', () => {
  const parts = [
    { holdMicro: '9223372036854775807', chargeMicro: '1' },
    { holdMicro: '1', chargeMicro: null },
  ];
  expect(totalOf(parts)).toEqual({ holdMicro: '9223372036854775808', chargeMicro: '1', open: 1 });
  expect(AGREEMENT_STATUSES.length).toBeGreaterThan(0);
});
