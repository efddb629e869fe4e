import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { serveCountedPage, type CountedPage } from '../fixtures/counted-page.ts';
import { ANSWERED_MS, ask, awaitOperator, SUBSCRIBER } from '../fixtures/identity.ts';
import { claimedBytes, readRelay, RELAY_TITLE, signConnection } from '../fixtures/relay.ts';
import { confirmSigning, endEarly, openResource, openTab } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';
import { browseThrough, crawlThrough, fetchThrough, measureThrough } from '../fixtures/tunnels.ts';

// A fresh network: who is in the pool, and what is paid, is counted.
test.use({ chain: 'table-i3' });

const PICTURE_BYTES = 12_000_000;
/** The sample's epochs are a minute long. */
const PAID_MS = 180_000;
const SETTLED_MS = 240_000;
/** Long enough for two intervals of ten seconds, in which a probe of the line fails after ten more. */
const LIMITED_MS = 40_000;
/** Until probes are good again, and an interval after that has passed. */
const RECOVERED_MS = 45_000;
/** What a count on the disk may be ahead of what passed when the process is killed (agent/gateway/line-door.ts). */
const AHEAD_BYTES = 1024 * 1024;
/** Where the customer is: no text of any page but what is typed here. */
const TYPED = { latitude: '47.4137', longitude: '-121.9271' };

let target: CountedPage | undefined;
test.beforeEach(async () => {
  target = await serveCountedPage(PICTURE_BYTES);
});
test.afterEach(() => target?.close());

/** Whatever the page sends from now on: addresses, heads and bodies. */
function listen(page: Page): string[] {
  const sent: string[] = [];
  page.on('request', (request) => {
    sent.push(request.url(), JSON.stringify(request.headers()), request.postData() ?? '');
  });
  return sent;
}

async function findNearby(page: Page): Promise<void> {
  const sent = listen(page);
  await page.goto('/customer/nearby');
  await expect(page.getByRole('img', { name: 'Where you are' })).toHaveCount(0);
  await page.getByLabel('Latitude').fill(TYPED.latitude);
  await page.getByLabel('Longitude').fill(TYPED.longitude);
  const found = page.getByRole('region', { name: 'Recommended to you' });
  await expect(found.getByText('1 relay for 47.4° north, 121.9° west')).toBeVisible();
  const first = found.getByRole('listitem').first();
  await expect(first).toContainText(RELAY_TITLE);
  for (const part of ['Score', 'Quality', 'Free connections', 'History', 'Distance'])
    await expect(first.getByRole('term').filter({ hasText: part })).toBeVisible();
  // The map came from the server before anything was typed; the flag is the browser's own.
  await expect(page.getByRole('img', { name: 'Where you are' })).toBeVisible();
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1_440, height: 900 });
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  // Neither as it was typed nor rounded, neither sent nor kept.
  for (const text of [...sent, kept])
    for (const place of ['47.41', '121.92', '47.4', '121.9', '4741', '1219,']) expect(text).not.toContain(place);
  await first.getByRole('link', { name: 'Apply' }).click();
}

/** The lines of a program that the order's page shows. */
async function linesFor(page: Page, program: string): Promise<string> {
  await page.getByLabel('Program', { exact: true }).selectOption({ label: program });
  return page.getByRole('region', { name: `Lines for ${program}`, exact: true }).innerText();
}

test('the seven steps of Table I.3: a provider registers, is identified by an operator and joins the pool; a user whom no place leaves finds it, pays and browses through it; quality is limited and recovers, either side is killed and comes back; the session is recorded with what both sides measured, the bill is what an independent counter saw, and the operator pays for the minutes [I.3-1] [I.3-2] [I.3-3] [I.3-4] [I.3-5] [I.3-6] [I.3-7] [I.3-8]', async ({
  as,
  browser,
  network,
}) => {
  test.setTimeout(1_200_000);
  if (target === undefined) throw new Error('the page to reach is not served');
  const { port, bytes } = target;
  const url = `https://127.0.0.1:${port}/`;
  const provider = await as('Provider 3');
  const operator = await as('Operator');
  const customer = await as('Customer');
  const other = await as('Provider 2');

  await test.step('1: it stands in the register as a service node, and is told what is missing for the pool', async () => {
    await provider.goto('/provider/agents');
    await expect(provider.getByText('Thornmere agent').first()).toBeVisible();
    await provider.goto('/provider/service-node');
    await expect(provider.getByText('No operator has identified you: ask one on the page Identity.')).toBeVisible();
    await expect(provider.getByRole('button', { name: 'Sign and join the pool' })).toHaveCount(0);
  });

  await test.step('2: an operator identifies it by its own records', async () => {
    await awaitOperator(provider);
    await ask(provider, SUBSCRIBER);
    await operator.goto('/operator/identity');
    const request = operator.getByRole('article', { name: /^Request of A-/ });
    await request.getByRole('button', { name: 'Sign and identify' }).click({ timeout: ANSWERED_MS });
    await expect(provider.getByText(/reviewed by a person, until/)).toBeVisible();
  });

  await test.step('3: it joins the pool, and the operator publishes a tariff', async () => {
    await provider.goto('/provider/service-node');
    await provider.getByRole('button', { name: 'Sign and join the pool' }).click();
    await expect(provider.getByText('In the pool since')).toBeVisible();
    await operator.goto('/operator/proximity');
    await expect(operator.getByRole('table', { name: 'Relays of the pool' })).toContainText(RELAY_TITLE);
    await operator.getByLabel('Tokens for a minute').fill('0.6');
    await operator.getByLabel('Budget of an epoch').fill('5');
    await operator.getByRole('button', { name: 'Sign and publish the tariff' }).click();
    await confirmSigning(operator);
    await expect(provider.getByText('for each minute of completed use on top')).toBeVisible({ timeout: 30_000 });
  });

  await test.step('4: a user finds it nearby, and its place leaves the browser nowhere', () => findNearby(customer));

  const [relay, printed] =
    await test.step('5: it pays, a real browser fetches a page, and the line is measured', async () => {
      await signConnection(customer);
      const relay = await readRelay(customer);
      const reached = await browseThrough(browser, relay);
      await reached.goto(url);
      await expect(reached.getByRole('heading', { name: 'Reached through the relay' })).toBeVisible();
      const width = () => reached.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth);
      await expect.poll(width, { timeout: 60_000 }).toBe(1_024);
      const lines = await linesFor(customer, 'curl, to measure the line');
      const printed = await measureThrough(lines, { url, password: relay.password });
      expect(printed.trim().split('\n')).toHaveLength(20);
      await reached.context().close();
      return [relay, printed] as const;
    });

  await test.step('5: quality is limited, while connections go on, and recovers', async () => {
    // What the relay's own probe fetches is the portal's, which stands still meanwhile.
    network.signal('portal', 'SIGSTOP');
    try {
      await sleep(LIMITED_MS / 2);
      expect(await fetchThrough(url, relay)).toBeGreaterThan(0);
      await sleep(LIMITED_MS / 2);
    } finally {
      network.signal('portal', 'SIGCONT');
    }
    await sleep(RECOVERED_MS);
    await customer.reload();
    await openTab(customer, 'Access');
    await endEarly(customer);
  });

  await test.step('6: the bill is what the counter saw, within one per cent, and shows where quality was limited', async () => {
    const off = async (meter: string, counted: number) => Math.abs((await claimedBytes(customer, meter)) / counted - 1);
    expect(await off('Bytes sent', bytes.out)).toBeLessThan(0.01);
    expect(await off('Bytes received', bytes.in)).toBeLessThan(0.01);
    const runs = customer.getByRole('table', { name: 'Promised and measured, run by run' });
    const text = await runs.innerText();
    expect(text).toMatch(/kept[\s\S]*degraded[\s\S]*kept/);
  });

  const before = bytes.out;
  const seen = { whole: 0 };
  await test.step('a second user is killed and comes back, the service node is killed and comes back', async () => {
    await openResource(other, RELAY_TITLE);
    await other.getByRole('link', { name: 'Apply to use it' }).click();
    await signConnection(other);
    const way = await readRelay(other);
    const picture = `${url}picture.bmp`;
    const slow = crawlThrough(picture, way);
    await sleep(3_000);
    slow.kill();
    expect(await slow.ended).toBeNull();
    seen.whole += await fetchThrough(picture, way);
    const struck = crawlThrough(picture, way);
    await sleep(3_000);
    await network.crash('agent-3');
    expect(await struck.ended).not.toBe(0);
    await expect(async () => {
      seen.whole += await fetchThrough(url, way);
    }).toPass({ timeout: 60_000 });
    await endEarly(other);
  });

  await test.step('its bill has all that came whole, and at most what a kill leaves uncertain beyond the counter', async () => {
    const claimed = await claimedBytes(other, 'Bytes sent');
    expect(seen.whole).toBeGreaterThan(PICTURE_BYTES * 0.99);
    expect(claimed).toBeGreaterThanOrEqual(seen.whole * 0.99);
    expect(claimed).toBeLessThanOrEqual((bytes.out - before) * 1.01 + AHEAD_BYTES);
  });

  await test.step('6: the session is recorded once it is settled, and both sides’ measurements stand beside each other', async () => {
    const session = customer.getByRole('region', { name: 'Session with the service node' });
    await expect(session).toContainText('User-Request', { timeout: SETTLED_MS });
    await session.getByText('4', { exact: true }).click();
    await session.getByLabel('What curl printed').fill(printed);
    await expect(session.getByText('Read from 20 tries.')).toBeVisible();
    await session.getByRole('button', { name: 'Sign and evaluate' }).click();
    await expect(session).toContainText('4 of 5');
    await expect(session.getByRole('button', { name: 'Sign and evaluate' })).toHaveCount(0);
    const measured = session.getByRole('table', { name: 'What both sides measured' });
    for (const figure of ['Round trip', 'Jitter', 'Throughput, the fastest', 'Lost of 1,000'])
      await expect(measured.getByRole('row').filter({ hasText: figure })).not.toContainText('not said');
  });

  await test.step('7: the operator has paid at the end of the epoch, and its file has the sessions by the names of RADIUS', async () => {
    const payments = operator.getByRole('table', { name: 'Payments by tariff, newest first' });
    await expect(payments.getByRole('row').nth(1)).toBeVisible({ timeout: PAID_MS });
    const earned = provider.getByRole('table', { name: 'Payments by tariff, newest first' });
    await expect(earned.getByRole('row').nth(1)).toContainText('Northmere Operations', { timeout: PAID_MS });
    const download = operator.waitForEvent('download');
    await operator
      .getByRole('region', { name: 'Sessions' })
      .getByRole('link')
      .filter({ hasText: /csv|file/i })
      .click();
    const text = await readFile(await (await download).path(), 'utf8');
    const [head = '', row = ''] = text.trim().split('\r\n');
    const cells = row.split(',');
    const cell = (name: string): string => cells[head.split(',').indexOf(name)] ?? '';
    expect(cell('Acct-Terminate-Cause')).toBe('User-Request');
    expect(Number(cell('Acct-Session-Time'))).toBeGreaterThan(0);
    expect(Number(cell('Acct-Output-Octets'))).toBeGreaterThan(PICTURE_BYTES * 0.99);
    expect(cell('Score (1 to 5)')).toBe('4');
    expect(Number(cell('Round trip by the service node (ms)'))).toBeGreaterThan(0);
    expect(Number(cell('Due by the tariff (micro-units)'))).toBeGreaterThan(0);
  });
});
