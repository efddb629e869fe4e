import { NextRequest } from 'next/server';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { viewerOfSession } from '#lib/auth/session.ts';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { codeOfFault, portalCodes, wordsOf } from '#lib/errors.ts';
import { nextHeight } from '#lib/height-feed.ts';
import { createSession } from '#lib/operations/sessions.ts';
import { places, routeAt } from '#lib/testing/api-routes.ts';
import { startOwnPostgres, type OwnPostgres } from '#lib/testing/postgres.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { proxy } from '../../proxy.ts';

const origin = 'http://localhost:3000';
const nobody: Viewer = { kind: 'public' };
const params = { id: '1', address: `0x${'01'.repeat(20)}`, tx: '00'.repeat(32), logIndex: '0', nextauth: ['session'] };
const context = { params: Promise.resolve(params) };
let postgres: OwnPostgres;
let model: TestReadModel;

beforeAll(async () => {
  postgres = await startOwnPostgres();
  model = await startReadModel(postgres);
});
afterAll(() => model.stop());

/** What is no route is not there whatever the database does. */
const needing = places.filter((place) => place !== '[[...path]]' && place !== 'v1/health');

async function send(place: string): Promise<Response> {
  const route = await routeAt(place);
  const allowed = (await route.OPTIONS!(new Request(origin, { method: 'OPTIONS' }), context)).headers.get('allow');
  const method = allowed?.includes('GET') === true ? 'GET' : 'POST';
  const body = method === 'POST' ? JSON.stringify({ transaction: '00' }) : undefined;
  const headers = { 'content-type': 'application/json' };
  const request = new Request(`${origin}/api/${place}`, { method, headers, ...(body !== undefined && { body }) });
  return runAs(nobody, async () => route[method]!(request, context));
}

const visit = (place: string, headers: Record<string, string> = {}): Promise<Response> =>
  proxy(new NextRequest(`${origin}${place}`, { headers }));

const isServed = (response: Response): boolean => response.headers.get('x-middleware-next') === '1';

/** Kills the server as kill -9 does, and starts it again whatever `work` finds. */
async function whileAway<Value>(work: () => Promise<Value>): Promise<Value> {
  await postgres.cluster.crash();
  try {
    return await work();
  } finally {
    await postgres.cluster.start();
  }
}

async function expectSentences(): Promise<void> {
  const answers = await Promise.all(needing.map(async (place) => [place, await send(place)] as const));
  for (const [place, response] of answers) {
    const text = await response.text();
    expect([place, response.status, response.headers.get('retry-after')]).toEqual([place, 503, '1']);
    expect([place, JSON.parse(text)]).toEqual([place, expect.objectContaining({ code: 9016 })]);
    expect([place, /Prisma|127\.0\.0\.1|at \//.test(text)]).toEqual([place, false]);
  }
  const health = await send('v1/health');
  const sentence = wordsOf(portalCodes.DATABASE_UNAVAILABLE).sentence;
  expect(health.status).toBe(200);
  expect(await health.json()).toMatchObject({
    status: 'degraded',
    height: null,
    troubles: expect.arrayContaining([sentence]),
  });
  for (const place of ['/', '/catalogue/1', '/customer/orders/1', '/explorer.rsc']) {
    const page = await visit(place);
    const text = await page.text();
    expect([page.status, page.headers.get('retry-after')]).toEqual([503, '5']);
    expect(text).toContain(wordsOf(portalCodes.DATABASE_UNAVAILABLE).sentence);
    const nonce = /<style nonce="([^"]+)"/.exec(text)?.[1] ?? 'none';
    expect(page.headers.get('content-security-policy')).toContain(`style-src 'self' 'nonce-${nonce}'`);
  }
  const action = await visit('/', { 'next-action': 'x' });
  expect([action.status, action.headers.get('content-type')]).toEqual([503, 'text/plain']);
  expect(isServed(await visit('/api/v1/health'))).toBe(true);
}

describe('while PostgreSQL is away', () => {
  test('every endpoint says so as a problem, every page and action as a sentence, and all come back by themselves [7.2.2-d]', async () => {
    expect([(await send('v1/health')).status, isServed(await visit('/'))]).toEqual([200, true]);
    await whileAway(expectSentences);
    expect([(await send('v1/health')).status, isServed(await visit('/'))]).toEqual([200, true]);
  });

  test('nobody is taken for signed out: who asks for a session hears that nobody knows [7.2.2-d]', async () => {
    await createSession({ jti: 'standing', address: '01', expiresAtMs: Date.now() + 60_000 });
    const fault = await whileAway(() => viewerOfSession('standing').catch((error: unknown) => error));
    expect(codeOfFault(fault)).toBe(portalCodes.DATABASE_UNAVAILABLE);
    expect(await viewerOfSession('standing')).toMatchObject({ kind: 'person', address: '01' });
  });

  test('a statement under which the server is killed is answered like any other [7.2.2-d]', async () => {
    const { database } = await import('#lib/db.ts');
    const slow = database().$queryRaw`SELECT pg_sleep(60)::text`.then(
      () => undefined,
      (error: unknown) => error,
    );
    await until(async () => (await activity(`query LIKE '%pg_sleep(60)%' AND pid <> pg_backend_pid()`)) === 1);
    expect(codeOfFault(await whileAway(() => slow))).toBe(portalCodes.DATABASE_UNAVAILABLE);
    expect((await send('v1/resources')).status).toBe(200);
  });

  test('who waits for the next height hears of it after the server is back [7.2.2-d]', async () => {
    await nextHeight(60_000);
    await until(async () => (await activity(`query LIKE 'LISTEN%'`)) === 1);
    // Not awaited while the server is away: it resolves when somebody listens again.
    const { heard } = await whileAway(async () => ({ heard: nextHeight(60_000) }));
    await heard;
    expect(await activity(`query LIKE 'LISTEN%'`)).toBe(1);
  });
});

async function activity(where: string): Promise<number> {
  const client = new pg.Client(model.url);
  await client.connect();
  const { rowCount } = await client.query(`SELECT 1 FROM pg_stat_activity WHERE ${where}`);
  await client.end();
  return rowCount ?? 0;
}

/** Asks the server again and again until it is so. */
async function until(isSo: () => Promise<boolean>): Promise<void> {
  while (!(await isSo())) continue;
}
