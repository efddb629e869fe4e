import { appendFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ledgerVerifier } from '#agent/ledger-proof.ts';
import { MarketRig } from '#agent/testing/market-rig.ts';
import { NO_VOUCHER_KEY } from '#ledger/contracts/shared/voucher-fields.ts';
import { MarketCopy, statusOf } from './market-copy.ts';
import { takeMarket } from './market-feed.ts';

const scope = { regions: ['US-WA'], account: 6 };
let folder: string;
let rig: MarketRig;
let copy: MarketCopy;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-broker-'));
  rig = new MarketRig();
  copy = open();
});
afterEach(() => {
  copy.close();
  rmSync(folder, { recursive: true });
});

function open(of = scope): MarketCopy {
  const opened = MarketCopy.open(join(folder, 'market.journal'), of);
  if (!opened.ok) throw new Error(opened.sentence);
  return opened.value;
}

function take(body: unknown = rig.feed(copy.cursor)): ReturnType<typeof takeMarket> {
  return takeMarket(body, { copy, verifier: ledgerVerifier(() => rig.ledger.anchor) });
}

const byNumber = <Item extends { resource: bigint }>(items: Iterable<Item>): Item[] =>
  [...items].toSorted((left, right) => Number(left.resource - right.resource));

/** Offers of data as the ledger's own index has them. */
const ledgersOffers = () => byNumber(rig.ledger.network.machine.offers.of('data'));
const copiedOffers = (of = copy) => byNumber(of.offers('data'));

/** Three data sets, one of another region: one is bought from, one suspended and put back at another price. */
function busyMarket(): void {
  const { ledger } = rig;
  const { network } = ledger;
  rig.publish('first');
  const second = rig.publish('second', { microPerHour: 1_800_000n });
  rig.publish('abroad', { region: 'EU-DE' });
  rig.succeed(network.customer, 'Apply', network.applyArgs());
  rig.succeed(network.provider, 'SuspendResource', { resource: second, reason: 'owner-decision' });
}

test('the copy of a region holds what the ledger itself offers there, at every block [6.2.6-a] [8.4.2-b]', () => {
  busyMarket();
  expect(take()).toMatchObject({ ok: true, value: { isComplete: true } });
  const abroad = 3n;
  expect(copiedOffers()).toEqual(ledgersOffers().filter(({ resource }) => resource !== abroad));
  expect(copiedOffers().map(({ resource, free }) => [resource, free])).toEqual([
    [1n, [{ meter: 'places', amount: 1n }]],
  ]);
  expect([...copy.resources].map(([number, resource]) => [number, statusOf(resource)])).toEqual([
    [1n, 'published'],
    [2n, 'suspended'],
  ]);
  rig.succeed(rig.ledger.network.provider, 'ResumeResource', { resource: 2n });
  expect(take()).toMatchObject({ ok: true });
  expect(copiedOffers()).toEqual(ledgersOffers().filter(({ resource }) => resource !== abroad));
  expect(copy.asOf).toEqual({ height: Number(rig.ledger.network.machine.info().height), timeMs: rig.ledger.nowMs });
});

test('what was taken survives kill -9 in the midst of a write, and is not asked for again [8.4.2-a]', () => {
  busyMarket();
  const demand = rig.demand();
  take();
  const [cursor, asOf, offers] = [copy.cursor, copy.asOf, copiedOffers()];
  expect(copy.demands.get(demand)?.analysed?.plans.length).toBeGreaterThan(0);
  // The process ends without closing anything, half of a record on the disk.
  appendFileSync(join(folder, 'market.journal'), '0badc0de {"kind":"cursor","af');
  const again = open();
  expect([again.cursor, again.asOf, copiedOffers(again)]).toEqual([cursor, asOf, offers]);
  expect(again.demands).toEqual(copy.demands);
  expect(
    takeMarket(rig.feed(again.cursor), { copy: again, verifier: ledgerVerifier(() => rig.ledger.anchor) }),
  ).toMatchObject({
    ok: true,
    value: { items: 0 },
  });
  again.close();
});

test('an item is taken twice without a change, as after a crash between its events and the cursor', () => {
  busyMarket();
  rig.demand();
  take();
  const [offers, demands] = [copiedOffers(), new Map(copy.demands)];
  const { items } = rig.feed('') as { items: { logIndex: string; receipt: unknown }[] };
  for (const { receipt } of items) {
    const proved = ledgerVerifier(() => rig.ledger.anchor).receipt(receipt);
    if (proved === null) throw new Error('the ledger proves its items');
    expect(copy.take({ after: copy.cursor, events: proved.events, checkpoint: null }).ok).toBe(true);
  }
  expect([copiedOffers(), copy.demands]).toEqual([offers, demands]);
});

test('a copy for other regions is begun anew', () => {
  busyMarket();
  take();
  copy.close();
  copy = open({ regions: ['EU-DE'], account: 6 });
  expect([copy.cursor, copy.asOf, copiedOffers()]).toEqual(['', null, []]);
  take();
  expect(copiedOffers().map(({ resource }) => resource)).toEqual([3n]);
});

test('nothing behind a forged item is believed, and no block that nobody decided [6.2.6-e]', () => {
  busyMarket();
  const feed = rig.feed('') as {
    items: { receipt: { events: string[] } }[];
    completeTo: { height: number; timeMs: number };
  };
  const [first] = feed.items;
  const forged = structuredClone(feed);
  const altered = forged.items[1]?.receipt;
  if (first === undefined || altered?.events[0] === undefined) throw new Error('the market has moved');
  altered.events[0] = altered.events[0].replace(/.$/, (digit) => (digit === '0' ? '1' : '0'));
  expect(take(forged)).toMatchObject({ ok: false, sentence: expect.stringContaining('does not hold') as unknown });
  expect([copy.resources.size, copy.asOf]).toEqual([0, null]);
  const boast = { ...feed, completeTo: { ...feed.completeTo, height: feed.completeTo.height + 5 } };
  expect(take(boast)).toMatchObject({ ok: false, sentence: expect.stringContaining('not decided') as unknown });
  expect(copy.asOf).toBeNull();
  // A portal whose pages stand still tells the truth of an older block, and is not taken for one that is up to date.
  const height = feed.completeTo.height - 5;
  expect(take({ ...feed, completeTo: { ...feed.completeTo, height } })).toMatchObject({ value: { isComplete: false } });
  expect(copy.asOf?.height).toBe(height);
  expect(take(feed)).toMatchObject({ ok: true, value: { isComplete: true } });
});

const KEYS = { encryptionKey: new Uint8Array(32).fill(9), voucherKey: NO_VOUCHER_KEY };

test('demands come with their plans, go when they are decided, and are counted then; other regions’ stay out [6.2.6-c/d]', () => {
  rig.publish('first');
  const here = rig.demand();
  rig.demand({}, 'EU-DE');
  take();
  expect([...copy.demands.keys()]).toEqual([here]);
  const [plan] = copy.demands.get(here)?.analysed?.plans ?? [];
  if (plan === undefined) throw new Error('the market meets the demand');
  const { plan: number, parts, holdMicro } = plan;
  const chosen = { demand: here, plan: number, parts, holdMicro, broker: 0n, feeMicro: 0n, keys: [] };
  rig.succeed(rig.ledger.network.customer, 'ChoosePlan', { ...chosen, ...KEYS });
  take();
  expect([copy.demands.size, copy.chosen.get(here)?.chosen?.holdMicro]).toEqual([0, holdMicro]);
  copy.close();
  copy = open();
  expect(copy.chosen.get(here)?.chosen?.holdMicro).toBe(holdMicro);
});
