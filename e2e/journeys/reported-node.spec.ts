import { expect, test } from '../fixtures/test.ts';

// Its agent is killed as in the journeys about monitoring, and is back in the end.
test.use({ chain: 'monitoring' });

const AGENT = 'Corvale agent';
const OWNER = 'Corvale Hosting';
const TOLD_MS = 45_000;
/** A started agent reads its data and learns what became of it; then its key signs. */
const HEARD_MS = 120_000;

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
  const restore = maintainer.getByRole('button', { name: 'Restore' });
  await expect(restore).toBeVisible({ timeout: HEARD_MS });
  await restore.click();
  const dialog = maintainer.getByRole('alertdialog');
  await dialog.getByRole('button', { name: 'Sign and restore' }).click();
  await expect(dialog).toHaveCount(0);
  const panel = maintainer.getByRole('region', { name: 'In the register of nodes' });
  await expect(panel.getByText('on probation', { exact: true })).toBeVisible();
  await customer.goto('/catalogue');
  await expect(catalogue.getByRole('row').filter({ hasText: OWNER })).toHaveCount(offered);
});
