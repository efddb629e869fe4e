import { expect, test } from '../fixtures/test.ts';

test('an amount typed with a comma is never sent as another amount, and Enter asks before it signs', async ({ as }) => {
  const page = await as('Customer');
  await page.goto('/customer/wallet');
  const amount = page.getByLabel('Amount', { exact: true });
  const dialog = page.getByRole('alertdialog');
  await page.getByLabel('To account').fill('A-1');

  await amount.fill('1,234');
  await expect(page.getByText('can be read as 1234 or as 1.234')).toBeVisible();
  await amount.press('Enter');
  await expect(amount).toHaveAttribute('aria-invalid', 'true');
  await expect(dialog).toBeHidden();

  await amount.fill('0,5');
  await expect(page.getByText('Read as 0.50 tokens.')).toBeVisible();
  await amount.press('Enter');
  await expect(dialog.getByText('(A-1)')).toBeVisible();
  await expect(dialog.getByText('0.50 tokens')).toBeVisible();
  await expect(dialog.getByText('Balance after')).toBeVisible();
  // A second Enter falls on the answer that changes nothing.
  await expect(dialog.getByRole('button', { name: 'Back' })).toBeFocused();
  await page.keyboard.press('Enter');
  await expect(dialog).toBeHidden();
  await expect(amount).toHaveValue('0,5');

  await amount.press('Enter');
  await dialog.getByRole('button', { name: 'Confirm and sign' }).click();
  await expect(page.getByText(/^0\.50 tokens went to .*A-1/)).toBeVisible();
  await expect(page.getByRole('cell', { name: '−0.50 tokens' }).first()).toBeVisible();

  await page.getByLabel('To account').fill('A-999999');
  await amount.fill('0.5');
  await amount.press('Enter');
  await expect(dialog.getByText('The ledger knows no account A-999999')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Confirm and sign' })).toBeDisabled();
});
