import { confirmSigning } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

test('under a page translator a transfer is said to be done, and the page shows the balance after it', async ({
  as,
}) => {
  const page = await as('Customer');
  await page.goto('/customer/wallet');
  const lines = page.getByRole('table', { name: 'Statement, newest first' }).getByRole('row');
  await expect(page.locator('font').first()).toBeVisible();
  const newest = () => lines.nth(1).getByRole('cell').last().innerText();
  const before = await newest();

  await page.getByLabel('To account').fill('A-1');
  await page.getByLabel('Amount').fill('1.25');
  await page.getByRole('button', { name: 'Sign and transfer 1.25 tokens' }).click();
  await confirmSigning(page);
  await expect(page.getByText('1.25 tokens went to A-1.')).toBeVisible();
  const after = (text: string) => Number(text.replaceAll(/[^0-9.]/g, ''));
  await expect.poll(async () => after(await newest())).toBeCloseTo(after(before) - 1.25, 6);
  // The button waits for the next transfer and says so.
  await expect(page.getByRole('button', { name: 'Sign and transfer', exact: true })).toBeVisible();
});
