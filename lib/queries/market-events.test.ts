import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { freeOf, MarketCopy, noticeStatusOf, statusOf, type Payload } from '#agent/broker/market-copy.ts';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import { amountOf } from '#ledger/contracts/shared/terms.ts';
import { database } from '#lib/db.ts';
import { MARKET_EVENTS, NOTICE_EVENTS } from '#lib/shared/market-events.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { sampleChain } from '#lib/testing/sample-chain.ts';
import { PROVIDER } from '#lib/testing/sample-genesis.ts';
import { BROKER, sampleTask } from '#lib/testing/sample-task.ts';
import { marketShare, ofTheMarket } from './market-events.ts';
import { toQuantities } from './stored-lists.ts';

const blocks: CommittedBlock[] = [...sampleChain(), sampleTask()];
let model: TestReadModel;
let folder: string;
beforeAll(async () => {
  model = await startReadModel(undefined, [sampleTask()]);
  folder = mkdtempSync(join(tmpdir(), 'interpool-market-'));
});
afterAll(async () => {
  rmSync(folder, { recursive: true });
  await model.stop();
});

/** The events that an account's program is fed, item by item, as its receipts prove them. */
async function fed(account: bigint): Promise<{ after: string; events: Payload[] }[]> {
  const items: { after: string; events: Payload[] }[] = [];
  for (let after = -1n; ;) {
    const found = await ofTheMarket(account, after);
    const isShared = await marketShare(found, Number(account));
    for (const logIndex of found) {
      const item = blocks.flatMap((block) => block.items).find((each) => each.logIndex === logIndex);
      const events = (item?.events ?? []).map(({ payload }) => payload);
      const own = events.filter((payload, sequence) => isShared({ logIndex, sequence, payload }));
      items.push({ after: logIndex.toString(), events: own });
    }
    const last = found.at(-1);
    if (last === undefined) return items;
    after = last;
  }
}

describe('the feed of the market', () => {
  test('a copy that is kept by it holds what the read model holds: resources, open demands, the broker’s notices [6.2.6-a/c/d] [8.4.2-b]', async () => {
    const rows = await database().resource.findMany({ orderBy: { id: 'asc' } });
    const regions = [...new Set(rows.map(({ region }) => region))];
    const opened = MarketCopy.open(join(folder, 'market.journal'), { regions, account: Number(BROKER) });
    if (!opened.ok) throw new Error(opened.sentence);
    const copy = opened.value;
    for (const { after, events } of await fed(BROKER))
      expect(copy.take({ after, events, checkpoint: null }).ok).toBe(true);
    const copied = [...copy.resources.values()].map((resource) => ({
      id: resource.published.resource,
      status: statusOf(resource),
      version: resource.strategy?.strategyVersion,
      free: resource.published.capacity.map(({ meter }) => [meter, Number(amountOf(freeOf(resource), meter))]),
    }));
    const shown = rows.map(({ id, status, strategyVersion: version, capacity, free }) => {
      const left = toQuantities(free);
      const meters = toQuantities(capacity).map(({ meter }) => meter);
      const amounts = meters.map((meter) => [meter, left.find((each) => each.meter === meter)?.amount ?? 0]);
      return { id, status, version, free: amounts };
    });
    expect(copied.length).toBeGreaterThan(1);
    expect(copied).toEqual(shown);
    const open = await database().demand.findMany({ where: { status: 'open' }, orderBy: { id: 'asc' } });
    expect([...copy.demands.keys()]).toEqual(open.map(({ id }) => id));
    const notices = await database().notice.findMany({ orderBy: { id: 'asc' } });
    expect([...copy.notices].map(([id, notice]) => [id, noticeStatusOf(notice)])).toEqual(
      notices.map(({ id, status }) => [id, status]),
    );
    copy.close();
  });

  test('a broker’s program is shown the market’s events and its own notices alone; another account no demand [7.2.1-b]', async () => {
    const told = new Set((await fed(BROKER)).flatMap(({ events }) => events.map(({ type }) => String(type))));
    const known: readonly string[] = [...MARKET_EVENTS, ...NOTICE_EVENTS];
    expect([...told].filter((type) => !known.includes(type))).toEqual([]);
    const others = new Set((await fed(PROVIDER)).flatMap(({ events }) => events.map(({ type }) => String(type))));
    for (const type of ['DemandPublished', 'PlansMade', 'PlanProposed', 'NoticeSent']) {
      expect([type, told.has(type)]).toEqual([type, true]);
      expect([type, others.has(type)]).toEqual([type, false]);
    }
  });
});
