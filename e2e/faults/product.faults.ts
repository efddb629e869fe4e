import { execFile } from 'node:child_process';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import type { Network, ProcessName } from '../fixtures/network.ts';
import { applyAndGet, awaitLink, downloadText, endEarly, openResource, openTab } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';
import { refusalsWhile } from './outage.ts';
import { differencesBetween } from './nodes.ts';

test.use({ chain: 'faults', engine: 'cometbft' });

const TITLE = 'Seattle daily weather, 2012 to 2015';
const USE = { purpose: 'research', field: 'weather', format: 'csv', calls: 100, megabytes: 1 } as const;
const STOP_MS = Number(process.env.FAULTS_STOP_SECONDS ?? '60') * 1_000;
const SEED = Number(process.env.FAULTS_SEED ?? '1');
const BACK_MS = 120_000;
const SETTLED_MS = 240_000;
const REBUILD_MS = 120_000;
const REBUILDS_MAX = 5;
const OUTAGES = 3;
/** What nobody outside may read. */
const RAW = /Prisma|ECONNREFUSED|127\.0\.0\.1|at \/|node_modules/;
const root = path.resolve(import.meta.dirname, '../..');

const KILLED = ['portal', 'projector', 'agent', 'cometbft-1', 'application-3', 'application-0', 'cometbft-0'] as const;

/** The same seed, the same order: a linear congruential generator is chance enough for a shuffle. */
function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  let state = seed % 2_147_483_647;
  const next = (): number => (state = (state * 48_271 + 11) % 2_147_483_647);
  return items
    .map((item) => ({ item, at: next() }))
    .sort((left, right) => left.at - right.at)
    .map(({ item }) => item);
}

/** A panel's words without those that say how long ago something was. */
async function panelText(page: Page, tab: string): Promise<string> {
  await openTab(page, tab);
  const text = await page.getByRole('tabpanel', { name: tab }).innerText();
  return text.replaceAll(/ · [^\n]*ago/g, '').replaceAll(/\s+/g, ' ');
}

/** What the order's page says of the past, which never changes any more. */
async function orderText(page: Page, address: string): Promise<string[]> {
  await expect(async () => {
    await page.goto(address);
    await expect(page.getByText('settled', { exact: true }).first()).toBeVisible({ timeout: 5_000 });
  }).toPass({ timeout: BACK_MS });
  return [await panelText(page, 'Usage & QoS'), await panelText(page, 'Money'), await panelText(page, 'Receipts')];
}

/** The link serves again, as soon as whatever was killed is back. */
async function expectServed(page: Page, order: string): Promise<void> {
  await expect(async () => {
    await page.goto(order);
    await awaitLink(page);
    expect(await downloadText(page)).toContain('precipitation');
  }).toPass({ timeout: BACK_MS });
}

async function endAndSettle(page: Page, order: string): Promise<void> {
  await page.goto(order);
  await openTab(page, 'Access');
  await endEarly(page);
  await expect(page.getByText('settled', { exact: true }).first()).toBeVisible({ timeout: SETTLED_MS });
  await openTab(page, 'Money');
  await expect(page.getByText('unexplained: 0')).toBeVisible();
  await openTab(page, 'Events');
  await expect(page.getByText('AgreementSettled')).toHaveCount(1);
}

/** Drops every row and makes it again from the ledger. Whichever projector has the database writes: the new one waits, the old one is killed. */
async function rebuild(network: Network): Promise<void> {
  const args = ['--conditions=react-server', 'lib/projector/main.ts', 'rebuild'];
  for (let attempt = 1; attempt <= REBUILDS_MAX; attempt += 1) {
    const env = { ...process.env, ...network.environment('projector') };
    const work = promisify(execFile)(process.execPath, args, { cwd: root, env, timeout: REBUILD_MS }).then(
      () => 'done',
      (error: unknown) => String((error as { stderr?: unknown }).stderr ?? error),
    );
    // The waiting one asks for the lock again and again, and gets it as soon as the other is dead.
    await delay(2_000);
    await network.crash('projector');
    const ended = await work;
    if (ended === 'done') return;
    if (attempt === REBUILDS_MAX) throw new Error(`The read model was not rebuilt: ${ended}`);
  }
}

test('an order survives kill -9 of portal, projector, PostgreSQL, agent, CometBFT and application, and a validator that stands still [8.2.1-a] [8.3.1-a] [8.5.1-f]', async ({
  as,
  network,
}) => {
  test.setTimeout(STOP_MS + 20 * 60_000);
  const customer = await as('Customer');
  const provider = await as('Provider');
  await customer.goto('/customer/orders');
  const orders = customer.getByRole('table', { name: 'Orders, newest first' });
  const before = await orders.getByRole('row').count();
  await openResource(customer, TITLE);
  const first = await applyAndGet(customer, { ...USE, amount: 2, unit: 'hours' });
  const firstOrder = new URL(customer.url()).pathname;
  await awaitLink(customer);

  for (const name of shuffled<ProcessName>(KILLED, SEED)) {
    await test.step(`kill -9 of ${name}`, async () => {
      await network.crash(name);
      await expectServed(customer, firstOrder);
    });
  }

  await test.step('kill -9 of PostgreSQL: whoever asks meanwhile gets a sentence', async () => {
    const refusals = await refusalsWhile(network, '/catalogue', async () => {
      for (let time = 0; time < OUTAGES; time += 1) await network.crash('postgres');
    });
    const told = refusals.filter(({ status }) => status === 503);
    expect(told.length).toBeGreaterThan(0);
    for (const { text } of told) expect(text).toMatch(/database cannot be reached/);
    // A page that was half made when the server died says its sentence in the browser, by the page's own error boundary.
    const halfMade = refusals.filter(({ status }) => status !== 503);
    expect(halfMade.map(({ status }) => status)).toEqual(halfMade.map(() => 500));
    expect(halfMade.length).toBeLessThanOrEqual(OUTAGES);
    for (const { text } of refusals) expect(text).not.toMatch(RAW);
    await expectServed(customer, firstOrder);
  });

  const second =
    await test.step(`one validator stands still: an order is granted and delivered meanwhile`, async () => {
      for (const name of ['application-2', 'cometbft-2'] as const) network.signal(name, 'SIGSTOP');
      const heldUntilMs = Date.now() + STOP_MS;
      try {
        await openResource(customer, TITLE);
        const label = await applyAndGet(customer, { ...USE, amount: 2, unit: 'hours' });
        await awaitLink(customer);
        await delay(Math.max(0, heldUntilMs - Date.now()));
        return { label, address: new URL(customer.url()).pathname };
      } finally {
        for (const name of ['application-2', 'cometbft-2'] as const) network.signal(name, 'SIGCONT');
      }
    });

  for (const address of [firstOrder, second.address]) await endAndSettle(customer, address);
  await customer.goto('/customer/orders');
  await expect(orders.getByRole('row')).toHaveCount(before + 2);
  for (const label of [first, second.label])
    await expect(orders.getByRole('row').filter({ hasText: label })).toHaveCount(1);

  const mine = await orderText(customer, firstOrder);
  const theirs = await orderText(provider, firstOrder.replace('/customer/', '/provider/'));
  expect(theirs).toEqual(mine);
  await rebuild(network);
  expect(await orderText(customer, firstOrder)).toEqual(mine);
  expect(await orderText(provider, firstOrder.replace('/customer/', '/provider/'))).toEqual(mine);
  await expect(async () => expect(await differencesBetween(network)).toEqual([])).toPass({ timeout: BACK_MS });
});
