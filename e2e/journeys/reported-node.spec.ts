import type { Page } from '@playwright/test';
import { publishRequest } from '../fixtures/picture.ts';
import { awaitLink, confirmSigning, openPart, openResource, openTab, valueOf } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

// Its agent is killed as in the journeys about monitoring, and is back in the end.
test.use({ chain: 'monitoring' });

const AGENT = 'Corvale agent';
const OWNER = 'Corvale Hosting';
const TOLD_MS = 45_000;
/** A started agent reads its data and learns what became of it; then its key signs. */
const HEARD_MS = 120_000;
const STORE = 'Low-cost room for objects, S3';
/** Of another provider: the cheapest plan for room has it for a backup. */
const OTHER_STORE = 'Edge storage by the S3 protocol';
/** What the sample's network gives a reported node that stays silent, and the block that says that it is over. */
const SILENCE_MS = 120_000 + 30_000;
/** Time to claim and to contest, two minutes in the sample, and then some. */
const SETTLED_MS = 300_000;
/** Long enough that neither the window nor the customer ends it. */
const MINUTES = 30;

/** Opens an incident about the killed agent and reports its node by the runbook's step, which says what will become of its orders. */
async function reportByRunbook(maintainer: Page): Promise<void> {
  await maintainer.goto('/maintainer/repairs');
  const proposed = maintainer.getByRole('list', { name: 'Proposed incidents' }).getByRole('listitem');
  await expect(proposed.filter({ hasText: `${AGENT} has failed` })).toBeVisible({ timeout: TOLD_MS });
  await proposed.getByRole('link', { name: /has failed/ }).click();
  await maintainer.getByRole('button', { name: `Sign and open an incident about` }).click();
  await maintainer.waitForURL(/\/maintainer\/repairs\/\d+$/);
  await maintainer.getByRole('button', { name: 'Sign and acknowledge' }).click();
  const step = moveStep(maintainer);
  await expect(step).toContainText(/\d orders run: 1 with a backup, \d+ without, whose customers get their money back/);
  await step.getByRole('button', { name: 'Report' }).click();
  const dialog = maintainer.getByRole('alertdialog');
  await dialog.getByLabel('For how many minutes').fill('0');
  await dialog.getByRole('button', { name: 'Sign and report' }).click();
  await expect(dialog).toHaveCount(0);
  await expect(step).toContainText(/It stands reported since .* Its orders move on .* unless its key signs before\./);
}

const moveStep = (maintainer: Page) =>
  maintainer
    .getByRole('list', { name: 'Runbook' })
    .getByRole('listitem')
    .filter({ hasText: 'Report it, so that its orders move to their backups.' });

/** Buys room by a plan that has a backup, and answers the order's page. */
async function buyWithBackup(customer: Page): Promise<string> {
  await customer.goto('/customer/requests/new');
  const form = customer.getByRole('form', { name: 'Request' });
  await form.getByRole('checkbox', { name: 'A program run over many inputs' }).uncheck({ force: true });
  await form.getByRole('checkbox', { name: 'Storage' }).check({ force: true });
  await form.getByLabel('Storage in gigabytes').fill('0.02');
  await form.getByLabel('Budget in tokens').fill('20');
  await form.getByLabel('Use for').fill(String(MINUTES));
  await form.locator('select[name=durationUnit]').selectOption({ label: 'minutes' });
  await form.getByLabel('Purpose').selectOption('planning');
  await form.getByLabel('Field of business').selectOption('logistics');
  await openPart(customer, 'Copies and backup');
  await customer.getByRole('checkbox', { name: 'With a backup for each part' }).check({ force: true });
  await publishRequest(customer);
  const plan = customer.getByRole('article', { name: 'Plan: Cheapest' });
  await expect(plan.getByText(OTHER_STORE).first()).toBeVisible({ timeout: 30_000 });
  await plan.getByRole('button', { name: /^Choose for/ }).click();
  await confirmSigning(customer);
  await customer.waitForURL(/\/customer\/orders\/\d+/);
  await awaitLink(customer);
  return customer.url();
}

/** On the node's page: once its key has signed, it can be restored. */
async function restoreReported(maintainer: Page): Promise<void> {
  const restore = maintainer.getByRole('button', { name: 'Restore' });
  await expect(restore).toBeVisible({ timeout: HEARD_MS });
  await restore.click();
  const dialog = maintainer.getByRole('alertdialog');
  await dialog.getByRole('button', { name: 'Sign and restore' }).click();
  await expect(dialog).toHaveCount(0);
  const panel = maintainer.getByRole('region', { name: 'In the register of nodes' });
  await expect(panel.getByText('on probation', { exact: true })).toBeVisible();
}

/** An amount of the bill, in tokens. */
async function tokensOf(page: Page, name: string): Promise<number> {
  return Number((await valueOf(page, name).innerText()).replaceAll(',', '').split(/\s/)[0]);
}

test('a maintainer reports a node that fails: what it serves is off the catalogue and says since when, until its key is heard and it is restored [7.2.5-d] [8.2.2-b]', async ({
  as,
  network,
}) => {
  test.setTimeout(400_000);
  const maintainer = await as('Maintainer');
  const customer = await as('Customer');
  const catalogue = customer.getByRole('table', { name: 'Resources in the catalogue' });
  await customer.goto('/catalogue');
  const own = catalogue.getByRole('row').filter({ hasText: OWNER }).first();
  const resource = (await own.getByRole('link').first().getAttribute('href')) ?? '';
  expect(resource).toMatch(/^\/catalogue\/\d+$/);
  const offered = await catalogue.getByRole('row').filter({ hasText: OWNER }).count();

  const letGo = network.strike('agent-2');
  try {
    await maintainer.goto('/maintainer');
    const told = maintainer.getByRole('table', { name: 'Nodes that have failed or are suspected' }).getByRole('row');
    await expect(told.filter({ hasText: AGENT }).getByText('failed', { exact: true })).toBeVisible({
      timeout: TOLD_MS,
    });
    await told.filter({ hasText: AGENT }).getByRole('link', { name: AGENT }).click();
    await maintainer.getByRole('button', { name: 'Report' }).click();
    const dialog = maintainer.getByRole('alertdialog');
    await expect(dialog).toContainText('Its listings come off the catalogue at once');
    await expect(dialog).toContainText('its running orders fail and their customers are refunded');
    await dialog.getByLabel('For how many minutes').fill('999999999');
    await expect(dialog.getByText('the fault cannot be older')).toBeVisible();
    await expect(dialog.getByRole('button', { name: 'Sign and report' })).toBeDisabled();
    await dialog.getByLabel('For how many minutes').fill('0');
    await dialog.getByRole('button', { name: 'Sign and report' }).click();
    await expect(dialog).toHaveCount(0);
    const panel = maintainer.getByRole('region', { name: 'In the register of nodes' });
    await expect(panel.getByText('suspended', { exact: true })).toBeVisible();
    await expect(panel).toContainText('It was reported: not reachable since');
    await expect(panel.getByRole('button', { name: 'Restore' })).toHaveCount(0);

    await customer.goto(resource);
    await expect(customer.getByText(/^Not reachable since/)).toBeVisible();
    await expect(customer.getByRole('link', { name: 'Apply to use it' })).toHaveCount(0);
    await customer.goto('/catalogue');
    await expect(catalogue).toBeVisible();
    await expect(catalogue.getByRole('row').filter({ hasText: OWNER })).toHaveCount(0);
  } finally {
    letGo();
  }
  await restoreReported(maintainer);
  await customer.goto('/catalogue');
  await expect(catalogue.getByRole('row').filter({ hasText: OWNER })).toHaveCount(offered);
});

test('an agent is killed during an order and reported by a maintainer: silent for two more minutes its order fails, the runbook says what moved where, the customer gets back what was not served, its listing is off, and after its return it is offered again [7.2.5-d] [8.1.2-b] [8.2.2-a] [8.2.2-b] [8.5.1-f]', async ({
  as,
  network,
}) => {
  test.setTimeout(900_000);
  const maintainer = await as('Maintainer');
  const customer = await as('Customer');
  const backed = await buyWithBackup(customer);
  await openResource(customer, STORE);
  const listing = customer.url();
  await customer.getByRole('link', { name: 'Apply to use it' }).click();
  const form = customer.getByRole('form', { name: 'Application' });
  await form.getByLabel('Purpose').selectOption('planning');
  await form.getByLabel('Field of business').selectOption('logistics');
  await form.getByLabel('How long').fill(String(MINUTES));
  await form.getByLabel('Unit').selectOption({ label: 'minutes' });
  await form.getByLabel('Storage in gigabytes').fill('0.02');
  await customer.getByRole('button', { name: /^Apply for / }).click();
  await confirmSigning(customer);
  await customer.waitForURL(/\/customer\/orders\/\d+/);
  const order = customer.url();
  await awaitLink(customer);

  const letGo = network.strike('agent-2');
  try {
    await reportByRunbook(maintainer);
    await customer.goto(listing);
    await expect(customer.getByText(/^Not reachable since/)).toBeVisible();
    await customer.goto(order);
    const header = customer.locator('main header');
    await expect(header.getByText('failed', { exact: true })).toBeVisible({ timeout: SILENCE_MS });
    await openTab(customer, 'Overview');
    await expect(customer.getByText('The provider’s node failed and stayed silent').first()).toBeVisible();
    const moved = moveStep(maintainer).getByRole('table', { name: 'What moved where' }).getByRole('row');
    await expect(moved.filter({ hasText: 'ended, refunded: no backup' })).toContainText(STORE);
    await expect(moved.filter({ hasText: OTHER_STORE })).toContainText(STORE);
    await customer.goto(backed);
    await openTab(customer, 'Overview');
    await valueOf(customer, 'Its place was taken by').getByRole('link').click();
    await expect(customer.locator('main header')).toContainText(OTHER_STORE);
    await awaitLink(customer);
    await customer.goto(order);
  } finally {
    letGo();
  }
  // What was served until then its agent may claim; the rest comes back.
  await expect(customer.getByText('settled', { exact: true }).first()).toBeVisible({ timeout: SETTLED_MS });
  await openTab(customer, 'Money');
  await expect(customer.getByText('unexplained: 0')).toBeVisible();
  const [held, charged, returned] = await Promise.all(
    ['Held', 'Charged', 'Returned to the customer'].map((name) => tokensOf(customer, name)),
  );
  expect(returned).toBeGreaterThan((held ?? 0) / 2);
  expect((charged ?? 0) + (returned ?? 0)).toBeCloseTo(held ?? 0, 6);

  const incident = maintainer.url();
  await maintainer.goto('/maintainer/nodes');
  await maintainer.getByRole('link', { name: AGENT }).click();
  await restoreReported(maintainer);
  await maintainer.goto(incident);
  await maintainer.getByRole('button', { name: 'Sign and close the incident' }).click();
  await expect(maintainer.getByRole('region', { name: 'What became of its orders' })).toContainText(STORE);
  await customer.goto(listing);
  await expect(customer.getByRole('link', { name: 'Apply to use it' })).toBeVisible();
});
