import { expect, test } from '../fixtures/test.ts';
import { openTab } from '../fixtures/steps.ts';

test('a customer reads an order of two parts as one: its parts with one total, what was promised and measured, and the bill of each [I.2-4] [7.2.2-b] [8.1.2-b]', async ({
  as,
}) => {
  const page = await as('Customer');
  await page.goto('/customer/orders');
  await page.getByRole('link', { name: 'O-2/1', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'O-2/1' })).toBeVisible();
  const parts = page.getByRole('table', { name: 'Parts of the order' });
  await expect(parts.getByRole('row')).toHaveCount(3);
  await expect(page.getByRole('region', { name: 'Parts of O-2' })).toContainText(/held in all/);

  await parts.getByRole('link', { name: 'O-2/2', exact: true }).click();
  await expect(page.getByRole('heading', { level: 1, name: 'O-2/2' })).toBeVisible();
  await openTab(page, 'Usage & QoS');
  await expect(page.getByRole('table', { name: 'Promised and measured, run by run' })).toContainText(
    /kept|degraded|down/,
  );
  await openTab(page, 'Money');
  await expect(page.getByRole('table', { name: 'Promised, measured and charged, run by run' })).toBeVisible();
  await expect(page.getByText('unexplained: 0')).toBeVisible();
});
