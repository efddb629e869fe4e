import { confirmSigning } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

test('under a page translator a transfer is said to be done, and the page shows the balance after it', async ({
  as,
}) => {
  const page = await as('Customer');
  await page.goto('/customer/wallet');
  const lines = page.getByRole('table', { name: 'Statement, newest first' }).getByRole('row');
  await expect(page.locator('font').first()).toBeVisible();
  /** Newest first. Money of earlier orders may come back meanwhile, and has lines of its own. */
  const balances = async (): Promise<{ isTransfer: boolean; tokens: number }[]> => {
    const texts = (await lines.allInnerTexts()).slice(1);
    return texts.map((text) => ({
      isTransfer: /Sent to .*−1\.25/s.test(text),
      tokens: Number(/([0-9.,]+)\s*tokens\s*$/.exec(text)?.[1]?.replaceAll(',', '')),
    }));
  };
  const transfers = async () => (await balances()).filter(({ isTransfer }) => isTransfer).length;
  const before = await transfers();

  await page.getByLabel('To account').fill('A-1');
  await page.getByLabel('Amount').fill('1.25');
  await page.getByRole('button', { name: 'Sign and transfer 1.25 tokens' }).click();
  await confirmSigning(page);
  await expect(page.getByText('1.25 tokens went to A-1.')).toBeVisible();
  await expect.poll(transfers).toBe(before + 1);
  const shown = await balances();
  const at = shown.findIndex(({ isTransfer }) => isTransfer);
  expect(shown[at]?.tokens).toBeCloseTo((shown[at + 1]?.tokens ?? Number.NaN) - 1.25, 6);
  // The button waits for the next transfer and says so.
  await expect(page.getByRole('button', { name: 'Sign and transfer', exact: true })).toBeVisible();
});
