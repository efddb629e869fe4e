import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { serveCountedPage, type CountedPage } from '../fixtures/counted-page.ts';
import { ANSWERED_MS, ask, awaitOperator, SUBSCRIBER } from '../fixtures/identity.ts';
import { readRelay, RELAY_TITLE, signConnection } from '../fixtures/relay.ts';
import { confirmSigning, endEarly } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

// A fresh network: who is in the pool, and what is paid, is counted.
test.use({ chain: 'proximity' });

const PICTURE_BYTES = 3_000_000;
/** The sample's epochs are a minute long. */
const PAID_MS = 180_000;
const SETTLED_MS = 240_000;
/** Where the customer is: no text of any page but what is typed here. */
const TYPED = { latitude: '47.4137', longitude: '-121.9271' };
const run = promisify(execFile);

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
  await page.getByLabel('Latitude').fill(TYPED.latitude);
  await page.getByLabel('Longitude').fill(TYPED.longitude);
  const found = page.getByRole('region', { name: 'Recommended to you' });
  await expect(found.getByText('1 relay for 47.4° north, 121.9° west')).toBeVisible();
  const first = found.getByRole('listitem').first();
  await expect(first).toContainText(RELAY_TITLE);
  for (const part of ['Score', 'Quality', 'Free connections', 'History', 'Distance'])
    await expect(first.getByRole('term').filter({ hasText: part })).toBeVisible();
  await page.setViewportSize({ width: 320, height: 640 });
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(320);
  await page.setViewportSize({ width: 1_440, height: 900 });
  const kept = await page.evaluate(() => JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie]));
  // Neither as it was typed nor rounded, neither sent nor kept.
  for (const text of [...sent, kept])
    for (const place of ['47.41', '121.92', '47.4', '121.9', '4741', '1219,']) expect(text).not.toContain(place);
  await first.getByRole('link', { name: 'Apply' }).click();
}

test('an identified provider joins the proximity pool, a customer whom no place leaves finds it nearby, real bytes pass, the session is recorded and evaluated, and the operator pays for its minutes [I.3-1] [I.3-3] [I.3-4] [I.3-5] [I.3-6] [I.3-7] [I.3-8]', async ({
  as,
}) => {
  test.setTimeout(900_000);
  if (target === undefined) throw new Error('the page to reach is not served');
  const { port, bytes } = target;
  const provider = await as('Provider 3');
  const operator = await as('Operator');
  const customer = await as('Customer');

  await test.step('who is not identified is told what is missing', async () => {
    await provider.goto('/provider/service-node');
    await expect(provider.getByText('No operator has identified you: ask one on the page Identity.')).toBeVisible();
    await expect(provider.getByRole('button', { name: 'Sign and join the pool' })).toHaveCount(0);
  });

  await test.step('an operator identifies the provider by its own records', async () => {
    await awaitOperator(provider);
    await ask(provider, SUBSCRIBER);
    await operator.goto('/operator/identity');
    const request = operator.getByRole('article', { name: /^Request of A-/ });
    await request.getByRole('button', { name: 'Sign and identify' }).click({ timeout: ANSWERED_MS });
    await expect(provider.getByText(/reviewed by a person, until/)).toBeVisible();
  });

  await test.step('it joins the pool, and the operator publishes a tariff', async () => {
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

  await test.step('a customer finds it nearby, and its place leaves the browser nowhere', () => findNearby(customer));

  await test.step('real bytes pass the relay', async () => {
    await signConnection(customer);
    const relay = await readRelay(customer);
    const login = ['--proxy-user', `${relay.user}:${relay.password}`];
    const url = `https://127.0.0.1:${port}/`;
    const { stdout } = await run('curl', ['-sS', '-k', '--socks5-hostname', relay.address, ...login, url]);
    expect(stdout).toContain('Reached through the relay');
    expect(bytes.out).toBeGreaterThan(0);
    // A metering interval of the sample passes, so that there is time to be paid for.
    await expect(customer.getByText(/of 100 MB$/).first()).toBeVisible({ timeout: 30_000 });
    await customer.waitForTimeout(15_000);
    await endEarly(customer);
  });

  await test.step('the session is recorded once the order is settled, and evaluated once', async () => {
    const session = customer.getByRole('region', { name: 'Session with the service node' });
    await expect(session).toContainText('User-Request', { timeout: SETTLED_MS });
    await session.getByText('4', { exact: true }).click();
    await session.getByLabel('Round trip in ms').fill('12');
    await session.getByLabel('Lost per mille').fill('0');
    await session.getByRole('button', { name: 'Sign and evaluate' }).click();
    await expect(session).toContainText('4 of 5, 12 ms, 0 tries of 1,000 lost');
    await expect(session.getByRole('button', { name: 'Sign and evaluate' })).toHaveCount(0);
  });

  await test.step('the operator has paid at the end of the epoch, and its file has the session by the names of RADIUS', async () => {
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
    const [head = '', row = '', ...rest] = text.trim().split('\r\n');
    expect(rest).toEqual([]);
    const cells = row.split(',');
    const cell = (name: string): string => cells[head.split(',').indexOf(name)] ?? '';
    expect(cell('Acct-Terminate-Cause')).toBe('User-Request');
    expect(Number(cell('Acct-Session-Time'))).toBeGreaterThan(0);
    expect(Number(cell('Acct-Output-Octets'))).toBeGreaterThan(0);
    expect(cell('Score (1 to 5)')).toBe('4');
    expect(Number(cell('Due by the tariff (micro-units)'))).toBeGreaterThan(0);
  });
});
