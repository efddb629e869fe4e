import { readFileSync } from 'node:fs';
import type { Page } from '@playwright/test';
import { describePicture, painted, publishRequest, tiles } from '../fixtures/picture.ts';
import { confirmSigning, openPart, openTab, valueOf } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

// One of its providers lies: no other journey's business.
test.use({ chain: 'redundancy' });

const ROUNDS = '500';
/** Sells the cheapest computer of the sample, so that every plan of two copies begins with it. */
const LIAR = 'Corvale Hosting';
const HONEST = 'Larkspur Data Cooperative';
const BACKUP = 'Thornmere Compute';

/** Orders that an account broke, from its page, which a link of this page leads to. */
async function brokenBy(page: Page, name: string): Promise<number> {
  await page.getByRole('link', { name }).first().click();
  await page.waitForURL(/\/explorer\/accounts\/\d+/);
  return Number(await valueOf(page, 'Orders broken').innerText());
}

test('of two copies that differ a backup tells which is right: the provider that lied is not paid and its history says so, and the picture is the right one [8.1.2-b] [8.4.2-e]', async ({
  as,
  network,
}) => {
  test.setTimeout(600_000);
  const page = await as('Customer');
  await network.replaceAgent('agent-2', 'e2e/fixtures/lying-agent.ts');

  await test.step('a request for two compared copies, with a backup for each part', async () => {
    await describePicture(page, ROUNDS);
    await openPart(page, 'One sub-task');
    await page.getByLabel('Processor seconds').fill('5');
    await openPart(page, 'Copies and backup');
    await page.getByRole('radio', { name: 'Two, compared' }).check({ force: true });
    await page.getByRole('checkbox', { name: 'With a backup for each part' }).check({ force: true });
    await publishRequest(page);
  });

  let broken = 0;
  await test.step('its cheapest plan has the liar, an honest provider, and the third for a backup', async () => {
    const plan = page.getByRole('article', { name: 'Plan: Cheapest' });
    for (const provider of [LIAR, HONEST, BACKUP]) await expect(plan.getByText(provider).first()).toBeVisible();
    const request = page.url();
    broken = await brokenBy(page, LIAR);
    await page.goto(request);
    await plan.getByRole('button', { name: /^Choose for/ }).click();
    await confirmSigning(page);
    await page.waitForURL(/\/customer\/tasks\/\d+/);
  });

  const ranges = page.getByRole('table', { name: 'Ranges of sub-tasks with their providers' });
  await test.step('the page shows that the copies differ, who decides, and who was the odd one out', async () => {
    await expect(page.getByText('Every sub-task has ended.', { exact: false })).toBeVisible({ timeout: 150_000 });
    await expect(ranges.getByText('Two agree; the third is rejected.')).toBeVisible();
    const runs = ranges.getByRole('listitem');
    await expect(runs).toHaveCount(3);
    const rejected = 'Its result differs from that of two others: it is not paid, and counts as broken.';
    await expect(runs.filter({ hasText: LIAR })).toContainText(rejected);
    await expect(runs.filter({ hasText: HONEST })).not.toContainText(rejected);
    await expect(runs.filter({ hasText: BACKUP })).toContainText('two copies differ, and a third decides');
  });

  await test.step('the result is what the program writes, byte for byte', async () => {
    await page.reload();
    await expect(page.getByRole('img', { name: /The picture of .*, whole/ })).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText(/are those that their providers signed on the ledger/)).toBeVisible();
    const [file] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'Download 16 results in one file' }).click(),
    ]);
    const all = Buffer.concat(tiles().map((tile) => painted(tile, ROUNDS)));
    expect(readFileSync(await file.path()).equals(all)).toBe(true);
  });

  const task = page.url();
  const orders = page.getByRole('table', { name: 'Orders that run the task' });
  const openMoney = async (provider: string): Promise<void> => {
    await page.goto(task);
    await orders.getByRole('row').filter({ hasText: provider }).getByRole('link', { name: /^O-/ }).click();
    await expect(page.getByText('settled', { exact: true }).first()).toBeVisible({ timeout: 240_000 });
    await openTab(page, 'Money');
    await expect(page.getByText('unexplained: 0')).toBeVisible();
  };
  await test.step('the liar is paid nothing, both others are', async () => {
    await openMoney(LIAR);
    await expect(valueOf(page, 'Charged')).toHaveText('0.00 tokens');
    for (const provider of [HONEST, BACKUP]) {
      await openMoney(provider);
      await expect(valueOf(page, 'Charged')).not.toHaveText('0.00 tokens');
    }
  });

  await test.step('and it stands in its history', async () => {
    await page.goto(task);
    expect(await brokenBy(page, LIAR)).toBe(broken + 1);
  });
});
