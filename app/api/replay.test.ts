import { NextRequest } from 'next/server';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAs } from '#lib/auth/viewer.ts';
import { ensureReadModel } from '#lib/projector/creation.ts';
import { applyBlocks, openCheckpoint } from '#lib/projector/projector.ts';
import { dropRows } from '#lib/projector/store.ts';
import { sweepExpired } from '#lib/operations/housekeeping.ts';
import { startPostgres, type TestPostgres } from '#lib/testing/postgres.ts';
import { setWebEnvironment } from '#lib/testing/read-model.ts';
import { sampleChain } from '#lib/testing/sample-chain.ts';
import { bytes, sampleGenesis } from '#lib/testing/sample-genesis.ts';
import { proxy } from '../../proxy.ts';
import { GET as health } from './v1/health/route.ts';

const origin = 'http://localhost:3000';
const ledger = {
  status: async () => ({ height: 7n, firstHeight: 1n, network: bytes(32, 9) }),
  subscribe: () => () => undefined,
};
let postgres: TestPostgres;
let projector: pg.Client;

beforeAll(async () => {
  postgres = await startPostgres();
  projector = new pg.Client(postgres.projectorUrl);
  await projector.connect();
  setWebEnvironment({ home: '/nonexistent', databaseUrl: postgres.webUrl });
});
afterAll(async () => {
  const { database } = await import('#lib/db.ts');
  await database().$disconnect();
  await projector.end();
  await postgres.stop();
});

const visit = (place: string, headers: Record<string, string> = {}): Promise<Response> =>
  proxy(new NextRequest(`${origin}${place}`, { headers }));
const isServed = (response: Response): boolean => response.headers.get('x-middleware-next') === '1';
const healthNow = async (): Promise<unknown> => (await runAs({ kind: 'public' }, health)).json();

const options = () => ({
  database: projector,
  ledger,
  genesis: sampleGenesis,
  readTransaction: () => undefined,
  signal: new AbortController().signal,
});

/** Pages, actions and endpoints say how far it is; only health answers as ever. */
async function expectReplaying({ percent, height }: { percent: number; height: number }): Promise<void> {
  const sentence = `${percent} % is done`;
  for (const place of ['/', '/catalogue/1', '/customer/orders/1']) {
    const page = await visit(place);
    const text = await page.text();
    expect([place, page.status, page.headers.get('retry-after')]).toEqual([place, 503, '5']);
    expect(text).toContain(sentence);
    expect(text).toContain('The portal is reading the ledger');
  }
  const action = await visit('/', { 'next-action': 'x' });
  expect([action.status, action.headers.get('content-type')]).toEqual([503, 'text/plain']);
  expect(await action.text()).toContain(sentence);
  for (const place of ['/api/v1/resources', '/api/auth/session']) {
    const answer = await visit(place);
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([503, '1']);
    expect(await answer.json()).toMatchObject({ code: 9019, status: 503, detail: expect.stringContaining(sentence) });
  }
  expect(isServed(await visit('/api/v1/health'))).toBe(true);
  expect(await healthNow()).toMatchObject({ status: 'replaying', height, replayPercent: percent, lagMs: null });
}

describe('while the read model is made from the ledger', () => {
  test('everybody hears how far it is, from before it is begun until it has caught up, and never after [7.2.2-d]', async () => {
    const chain = sampleChain();
    await expectReplaying({ percent: 0, height: 0 });
    await ensureReadModel(projector);
    await expectReplaying({ percent: 0, height: 0 });
    let checkpoint = await openCheckpoint(options());
    await expectReplaying({ percent: 0, height: 0 });
    checkpoint = await applyBlocks(chain.slice(0, 3), checkpoint, options());
    await expectReplaying({ percent: 42, height: 3 });
    checkpoint = await applyBlocks(chain.slice(3, 6), checkpoint, options());
    await expectReplaying({ percent: 85, height: 6 });
    await applyBlocks(chain.slice(6), checkpoint, options());
    for (const place of ['/', '/api/v1/resources'])
      expect([place, isServed(await visit(place))]).toEqual([place, true]);
    expect(await healthNow()).toMatchObject({ height: 7, replayPercent: 100 });
    // A ledger that has gone on since is no reason to close again: the portal shows what it has.
    const later = {
      ...options(),
      ledger: { ...ledger, status: async () => ({ ...(await ledger.status()), height: 9n }) },
    };
    await openCheckpoint(later);
    expect(isServed(await visit('/'))).toBe(true);
  });

  test('a rebuild says so too, and an agent whose key it has not read again is not forgotten', async () => {
    const { database } = await import('#lib/db.ts');
    const [paired, unpaired] = ['77'.repeat(20), '78'.repeat(20)];
    for (const address of [paired, unpaired]) {
      const seenAt = new Date(0);
      await database().agent.create({ data: { address, origin, label: 'Agent', sources: [], seenAt } });
    }
    const agents = async (): Promise<string[]> => (await database().agent.findMany()).map(({ address }) => address);
    await dropRows(projector);
    await expectReplaying({ percent: 0, height: 0 });
    await sweepExpired(Date.now() + 3_600_000);
    expect(await agents()).toEqual([paired, unpaired]);
    await applyBlocks(sampleChain(), await openCheckpoint(options()), options());
    expect(isServed(await visit('/'))).toBe(true);
    await sweepExpired(Date.now() + 7_200_000);
    expect(await agents()).toEqual([paired]);
  });
});
