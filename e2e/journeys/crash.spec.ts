import { expect, test } from '../fixtures/test.ts';
import { applyAndGet, awaitLink, downloadText, endEarly, openResource, openTab } from '../fixtures/steps.ts';

const TITLE = 'Seattle daily weather, 2012 to 2015';
const USE = { purpose: 'research', field: 'weather', format: 'csv', calls: 10, megabytes: 1 } as const;

test('kill -9 of the ledger process and then of the portal in the middle of an order loses and doubles nothing [8.3.1-a] [8.2.1-a]', async ({
  as,
  network,
}) => {
  const page = await as('Customer');
  await page.goto('/customer/orders');
  const orders = page.getByRole('table', { name: 'Orders, newest first' });
  const before = await orders.getByRole('row').count();

  await openResource(page, TITLE);
  const label = await applyAndGet(page, { ...USE, amount: 3, unit: 'minutes' });
  await awaitLink(page);

  await network.crash('ledger');
  // The provider's own gateway serves while the ledger is away.
  expect(await downloadText(page)).toContain('precipitation');

  await network.crash('portal');
  await expect(async () => {
    await page.goto('/customer/orders');
    await expect(orders).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 60_000 });
  await expect(orders.getByRole('row')).toHaveCount(before + 1);
  await expect(orders.getByRole('row').filter({ hasText: label })).toHaveCount(1);

  await orders.getByRole('link', { name: label, exact: true }).click();
  await openTab(page, 'Access');
  await endEarly(page);
  await expect(page.getByText('settled', { exact: true }).first()).toBeVisible({ timeout: 180_000 });
  await openTab(page, 'Money');
  await expect(page.getByText('unexplained: 0')).toBeVisible();
  await openTab(page, 'Events');
  await expect(page.getByText('AgreementSettled')).toHaveCount(1);
});
