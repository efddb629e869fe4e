import { downloadFrom } from '../fixtures/steps.ts';
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
  await expect(dialog.getByRole('button', { name: 'Back' })).toBeFocused();
  await page.keyboard.press('Escape');
  await expect(dialog).toBeHidden();

  await amount.press('Enter');
  await dialog.getByRole('button', { name: 'Confirm and sign' }).click();
  await expect(page.getByText(/^0\.50 tokens went to .*A-1/)).toBeVisible();
  await expect(page.getByRole('cell', { name: '−0.50 tokens' }).first()).toBeVisible();

  const self = page.locator('main a[href^="/explorer/accounts/"]').first();
  const own = `A-${/\d+$/.exec((await self.getAttribute('href')) ?? '')?.[0]}`;
  await page.getByLabel('To account').fill(own);
  await amount.fill('0');
  await amount.press('Enter');
  await expect(page.getByText(`${own} is your own account: nothing would move.`)).toBeVisible();
  await expect(page.getByText('The amount must be more than zero.')).toBeVisible();
  await expect(dialog).toBeHidden();

  await page.getByLabel('To account').fill('A-999999');
  await amount.fill('0.5');
  await amount.press('Enter');
  await expect(dialog.getByText('The ledger knows no account A-999999')).toBeVisible();
  await expect(dialog.getByRole('button', { name: 'Confirm and sign' })).toBeDisabled();
});

test('a statement that is kept as a file explains its balance line by line, and on paper there is what is read and nothing to press', async ({
  as,
}) => {
  const page = await as('Customer');
  await page.goto('/customer/wallet');
  const text = await downloadFrom(page, page.getByRole('button', { name: 'Save as CSV' }));
  const [head, ...lines] = text.trimEnd().split('\r\n');
  expect(head).toMatch(/^\uFEFFTime,What,.*,Tokens,Balance after$/);
  // A part of an order is called there as on every page.
  expect(text).toContain(',O-2/2,');
  // The two last cells hold digits alone; names before them may hold anything.
  const micro = lines.map((line) =>
    line
      .split(',')
      .slice(-2)
      .map((tokens) => BigInt(tokens.replace('.', ''))),
  );
  expect(micro.length).toBeGreaterThan(3);
  for (const [at, [moved, balance]] of micro.entries()) expect(balance).toBe(moved! + (micro[at + 1]?.[1] ?? 0n));

  await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
  await expect(page.getByRole('table', { name: 'Statement, newest first' })).toBeVisible();
  for (const role of ['button', 'banner', 'contentinfo', 'textbox'] as const)
    await expect(page.getByRole(role)).toHaveCount(0);
  await expect(page.getByRole('heading', { level: 1, name: 'Wallet' })).toBeVisible();
  await expect(page.getByText(/Brackenford Logistics.*\(A-\d+\)/).first()).toBeVisible();
  // White paper, also where the screen is dark.
  await expect(page.locator('html')).toHaveAttribute('data-theme', 'dark');
  const surface = await page.evaluate("getComputedStyle(document.documentElement).getPropertyValue('--surface')");
  expect(surface).toMatch(/^\w+\((1|100%) 0 0\)$/);
});
