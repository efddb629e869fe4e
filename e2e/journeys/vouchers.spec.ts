import type { Page } from '@playwright/test';
import { awaitLink, confirmSigning, describeUse, endEarly, openResource, openTab, valueOf } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

const TITLE = 'Wildlife strikes reported to the FAA';
/** Ten seconds of the sample’s intervals, several times over, on a machine with other work. */
const AGREED_MS = 90_000;

const panelOf = (page: Page) => page.getByRole('region', { name: 'Payment while it is used' });

/** Intervals that the page says both have agreed on; 0 before the first. */
async function agreedOn(page: Page): Promise<number> {
  const said = await panelOf(page).innerText();
  return Number(/for (\d+) intervals?/.exec(said)?.[1] ?? 0);
}

/** Status of a call of the order’s link, as the page’s own command line makes it. */
async function callOf(page: Page): Promise<() => Promise<number>> {
  await page.getByRole('button', { name: 'Copy as curl' }).click();
  const copied = () => page.evaluate(() => navigator.clipboard.readText());
  await expect.poll(copied).toContain('Authorization: Bearer');
  const command = await copied();
  const [, token = ''] = /Bearer ([0-9a-f]+)/.exec(command) ?? [];
  const [, url = ''] = /'(https?:[^']+)'/.exec(command) ?? [];
  return async () => (await fetch(`${url}?limit=1`, { headers: { authorization: `Bearer ${token}` } })).status;
}

test('a browser pays by vouchers while the order’s page is open: it signs by itself within what its person allowed, one tab alone, nothing is served long after it was closed, it goes on when it is back, and the bill is agreed by both [8.1.2-a] [I.3-5]', async ({
  as,
}) => {
  test.setTimeout(480_000);
  const page = await as('Customer', { permissions: ['clipboard-read', 'clipboard-write'] });
  await test.step('a person agrees once to so much a minute and in all', async () => {
    await openResource(page, TITLE);
    await page.getByRole('link', { name: 'Apply to use it' }).click();
    const form = page.getByRole('form', { name: 'Application' });
    await describeUse(page, 'Application', { purpose: 'research', field: 'logistics', amount: 20, unit: 'minutes' });
    await form.getByRole('checkbox', { name: 'Agree on the cost while it is used' }).check({ force: true });
    await form.getByLabel('At most, a minute, in tokens').fill('1.5');
    await form.getByLabel('At most, in all, in tokens').fill('none');
    await page.getByRole('button', { name: /^Apply for / }).click();
    await expect(form.getByLabel('At most, in all, in tokens')).toHaveAttribute('aria-invalid', 'true');
    await expect(page.getByRole('alertdialog')).toHaveCount(0);
    await form.getByLabel('At most, in all, in tokens').fill('2');
    await page.getByRole('button', { name: /^Apply for / }).click();
    await expect(page.getByRole('alertdialog')).toContainText('at most 1.50 tokens a minute and 2.00 tokens in all');
    await confirmSigning(page);
    await page.waitForURL(/\/customer\/orders\/\d+/);
    await awaitLink(page);
  });
  const order = page.url();
  const status = await callOf(page);

  await test.step('the page signs by itself, and the data set is served', async () => {
    await expect(panelOf(page)).toContainText('1.50 tokens a minute, 2.00 tokens in all');
    await expect.poll(() => agreedOn(page), { timeout: AGREED_MS }).toBeGreaterThanOrEqual(3);
    expect(await status()).toBe(200);
  });

  const second = await page.context().newPage();
  await test.step('a second tab waits, and takes over when the first is gone', async () => {
    await second.goto(order);
    await openTab(second, 'Access');
    await expect(panelOf(second)).toContainText('Another tab of this browser signs');
    const before = await agreedOn(page);
    await page.goto('/customer');
    await expect.poll(() => agreedOn(second), { timeout: AGREED_MS }).toBeGreaterThan(before);
  });

  await test.step('with no page open nothing is signed: two intervals on, the gateway asks for the voucher', async () => {
    await second.close();
    await expect.poll(status, { timeout: AGREED_MS }).toBe(402);
  });

  await test.step('opened again it signs what is due, and the data set is served again', async () => {
    await page.goto(order);
    await openTab(page, 'Access');
    await expect.poll(status, { timeout: AGREED_MS }).toBe(200);
  });

  await test.step('another browser of the same person says which one signs', async () => {
    const elsewhere = await as('Customer');
    await elsewhere.goto(order);
    await openTab(elsewhere, 'Access');
    await expect(elsewhere.getByText('This device cannot open the link').or(panelOf(elsewhere)).first()).toBeVisible();
  });

  await test.step('it ends, and the bill says that both agreed', async () => {
    await endEarly(page);
    await expect(page.getByText('settled', { exact: true }).first()).toBeVisible({ timeout: 240_000 });
    await openTab(page, 'Money');
    await expect(page.getByText('unexplained: 0')).toBeVisible();
    const lines = page.getByRole('table', { name: 'Lines of the bill' });
    await expect(lines.getByRole('row').nth(1)).toContainText('agreed by both');
  });
});

/** Intervals that the page says both have agreed on, part by part. */
async function agreedByPart(page: Page): Promise<number[]> {
  const rows = page.getByRole('table', { name: 'Parts that are paid while they are used' }).getByRole('row');
  const said = await rows.filter({ hasText: /O-\d+\/\d/ }).allInnerTexts();
  return said.map((row) => Number(/(\d+) intervals?/.exec(row)?.[1] ?? 0));
}

test('a plan of two providers is paid by vouchers: one page signs for both parts under one rule, and both bills are agreed by both [8.1.2-a] [8.4.2-d]', async ({
  as,
}) => {
  test.setTimeout(480_000);
  const page = await as('Customer');
  await test.step('a person asks for storage and a connection together', async () => {
    await page.goto('/customer/requests/new');
    const form = page.getByRole('form', { name: 'Request' });
    await form.getByRole('checkbox', { name: 'A program run over many inputs' }).uncheck({ force: true });
    await form.getByRole('checkbox', { name: 'Storage' }).check({ force: true });
    await form.getByRole('checkbox', { name: 'A connection through a relay' }).check({ force: true });
    await form.getByLabel('Budget in tokens').fill('20');
    await form.getByLabel('Use for').fill('20');
    await form.locator('select[name=durationUnit]').selectOption({ label: 'minutes' });
    await form.getByLabel('Purpose').selectOption('research');
    await form.getByLabel('Field of business').selectOption('logistics');
    await page.getByRole('button', { name: 'Find plans' }).click();
    await confirmSigning(page);
    await page.waitForURL(/\/customer\/requests\/\d+/);
  });

  await test.step('and agrees once, for the plan as a whole', async () => {
    const plan = page.getByRole('article', { name: 'Plan: Cheapest' });
    await plan.getByRole('checkbox', { name: 'Agree on the cost while it is used' }).check({ force: true });
    await plan.getByLabel('At most, a minute, in tokens').fill('5');
    await plan.getByRole('button', { name: /^Choose for/ }).click();
    await expect(page.getByRole('alertdialog')).toContainText('at most 5.00 tokens a minute');
    await confirmSigning(page);
    await page.waitForURL(/\/customer\/orders\/\d+/);
    await openTab(page, 'Access');
  });

  await test.step('the page of one part signs for both', async () => {
    await expect(panelOf(page)).toContainText('in all, over all parts together', { timeout: AGREED_MS });
    const least = async (): Promise<number> => Math.min(...(await agreedByPart(page)));
    await expect.poll(async () => (await agreedByPart(page)).length, { timeout: AGREED_MS }).toBe(2);
    await expect.poll(least, { timeout: AGREED_MS }).toBeGreaterThanOrEqual(2);
    await expect(panelOf(page)).toContainText('for 2 parts');
  });

  const first = page.url();
  await test.step('each part ends, and its bill says that both agreed', async () => {
    const others = page.getByRole('table', { name: /part/i }).getByRole('link', { name: /^O-\d+\/2$/ });
    await openTab(page, 'Overview');
    const second = await others.first().getAttribute('href');
    for (const url of [first, second ?? '']) {
      await page.goto(url);
      await openTab(page, 'Access');
      await endEarly(page);
      await expect(valueOf(page, 'Time left')).toHaveText('ended');
    }
    for (const url of [first, second ?? '']) {
      await page.goto(url);
      await expect(page.getByText('settled', { exact: true }).first()).toBeVisible({ timeout: 240_000 });
      await openTab(page, 'Money');
      await expect(page.getByText('unexplained: 0')).toBeVisible();
      const lines = page.getByRole('table', { name: 'Lines of the bill' });
      await expect(lines.getByRole('row').nth(1)).toContainText('agreed by both');
    }
  });
});
