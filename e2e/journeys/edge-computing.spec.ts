import type { Page } from '@playwright/test';
import { describePicture, publishRequest } from '../fixtures/picture.ts';
import { confirmSigning, openPart, openTab, proveOffline } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

test.describe.configure({ mode: 'serial' });

// Every slot of the sample's machines must be free, and one of their agents is killed.
test.use({ chain: 'edge' });

/** Rounds of a point: a tile of the picture takes a second or two, long enough to be interrupted. */
const ROUNDS = '14000';

const planOf = (page: Page, aim: string) => page.getByRole('article', { name: `Plan: ${aim}` });

test('a task is divided over three providers; one is killed in the middle, its sub-tasks run elsewhere, the picture is whole, the bill right, the link dead and the receipt proved offline [I.1-1] [I.1-2] [I.1-3] [I.1-4] [I.1-5a] [I.1-5b] [I.1-5c] [I.1-6] [I.1-7] [6.2.1-f] [8.1.1-b] [8.4.2-d] [8.4.2-e]', async ({
  as,
  network,
}) => {
  test.setTimeout(480_000);
  const page = await as('Customer');
  await test.step('a demand that nobody meets says why not, and what to relax', async () => {
    await describePicture(page, ROUNDS);
    await publishRequest(page);
    await expect(page.getByText('Runs at the same time').first()).toBeVisible();
    await expect(page.getByText('No plan meets this request now')).toBeVisible();
    await expect(page.getByText('One run may take 5 seconds; a sub-task may take 10 seconds.').first()).toBeVisible();
    await page.getByRole('link', { name: 'With 5 seconds for a sub-task (3 more offers)' }).click();
  });

  await test.step('relaxed, it is met by several plans', async () => {
    await page.waitForURL(/\/customer\/requests\/new/);
    await openPart(page, 'One sub-task');
    await expect(page.getByLabel('Processor seconds')).toHaveValue('5');
    await page.getByRole('button', { name: 'Find plans' }).click();
    await confirmSigning(page);
    await page.waitForURL(/\/customer\/requests\/\d+/);
    await expect(planOf(page, 'Soonest').getByText(/Corvale Hosting/)).toBeVisible({ timeout: 30_000 });
  });

  await test.step('the map names the zones of the plan’s machines, and the table beside it says how far each is', async () => {
    const places = page.getByRole('region', { name: 'Places of the plans' });
    await places.getByRole('link', { name: 'Soonest', exact: true }).click();
    await expect(places.getByRole('link', { name: 'Soonest', exact: true })).toHaveAttribute('aria-current', 'true');
    const map = places.getByRole('img', { name: /^Where the 3 machines of the plan “soonest” stand/ });
    const machines = places.getByRole('table', { name: 'Machines of the plans' });
    for (const zone of ['Seattle 1', 'Spokane 1', 'Yakima 1']) {
      await expect(map).toHaveAccessibleName(new RegExp(`zone ${zone}`));
      await expect(map.getByText(zone)).toBeVisible();
      const row = machines.getByRole('row').filter({ hasText: zone });
      await expect(row).toContainText('runs a part of this plan');
      await expect(row).toContainText(/\d ms/);
    }
    await expect(
      planOf(page, 'Soonest').getByText('Round trip to the portal, measured by its agent').first(),
    ).toBeVisible();
  });

  await test.step('a plan over three providers is chosen with one signature', async () => {
    const soonest = planOf(page, 'Soonest');
    for (const provider of ['Larkspur Data Cooperative', 'Corvale Hosting', 'Thornmere Compute'])
      await expect(soonest.getByText(provider)).toBeVisible();
    await soonest.getByRole('button', { name: /^Choose for/ }).click();
    await confirmSigning(page);
    await page.waitForURL(/\/customer\/tasks\/\d+/);
  });

  await test.step('a provider falls silent in the middle', async () => {
    await expect(page.getByRole('img', { name: /running/ }).first()).toBeVisible({ timeout: 60_000 });
    network.signal('agent-2', 'SIGSTOP');
    await expect(page.getByText('the one before did not finish in time').first()).toBeVisible({ timeout: 120_000 });
    network.signal('agent-2', 'SIGKILL');
  });

  await test.step('the picture is whole all the same', async () => {
    await expect(page.getByText('Every sub-task has ended.', { exact: false })).toBeVisible({ timeout: 120_000 });
    await page.reload();
    await expect(page.getByRole('img', { name: /The picture of .*, whole/ })).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText(/are those that their providers signed on the ledger/)).toBeVisible();
  });

  await test.step('the part of the one that fell silent is settled, and its link is dead', async () => {
    const orders = page.getByRole('table', { name: 'Orders' }).getByRole('link', { name: /^O-\d+\/1$/ });
    await orders.click();
    await page.waitForURL(/\/customer\/orders\/\d+/);
    await expect(page.getByText('settled', { exact: true }).first()).toBeVisible({ timeout: 240_000 });
    await openTab(page, 'Money');
    await expect(page.getByText('unexplained: 0')).toBeVisible();
    await openTab(page, 'Access');
    await page.getByRole('button', { name: 'Try the link' }).click();
    await expect(page.getByText(/HTTP 410/)).toBeVisible();
  });

  await test.step('the receipt is proved offline', async () => {
    await openTab(page, 'Receipts');
    await proveOffline(page);
    await page.context().setOffline(false);
  });
});

test('a sample task takes two signatures to a picture, by the plan that a broker proposed; the broker is paid [8.3.2-a] [8.4.2-c] [8.4.2-e]', async ({
  as,
}) => {
  test.setTimeout(300_000);
  const page = await as('Customer');
  await page.goto('/customer');
  await page.getByRole('link', { name: 'Run a sample task' }).click();
  await confirmSigning(page);
  await page.waitForURL(/\/customer\/requests\/\d+/);
  const demand = /requests\/(\d+)/.exec(page.url())?.[1] ?? '';
  await expect(planOf(page, 'Cheapest')).toBeVisible();

  const broker = await as('Broker');
  await test.step('a broker proposes a plan', async () => {
    await broker.goto('/broker');
    await expect(broker.getByRole('link', { name: `D-${demand}` }).first()).toBeVisible();
    await broker.goto(`/broker/demands/${demand}`);
    await broker.getByLabel('Your fee in tokens').fill('0.25');
    await broker.getByRole('button', { name: 'Sign and propose' }).click();
    await confirmSigning(broker);
    await expect(broker.getByText(/Your plan stands beside the contract’s/)).toBeVisible();
  });

  await test.step('its plan is chosen, and the picture is there', async () => {
    await page.reload();
    const proposed = planOf(page, 'Proposed by a broker');
    await expect(proposed.getByText('Merrowby Brokers')).toBeVisible();
    await proposed.getByRole('button', { name: /^Choose for/ }).click();
    await expect(page.getByRole('alertdialog')).toContainText('0.25');
    await confirmSigning(page);
    await page.waitForURL(/\/customer\/tasks\/\d+/);
    await expect(page.getByRole('img', { name: /The picture of .*, whole/ })).toBeVisible({ timeout: 60_000 });
  });

  await test.step('the broker sees its match and its fee', async () => {
    await broker.goto('/broker/matches');
    await expect(broker.getByText('0.25', { exact: false }).first()).toBeVisible();
  });
});
