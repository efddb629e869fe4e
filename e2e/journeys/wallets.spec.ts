import { expect, test } from '../fixtures/test.ts';
import { injectWallet } from '../fixtures/injected-wallet.ts';
import { applyAndGet, awaitLink, downloadText, openResource } from '../fixtures/steps.ts';

const TITLE = 'Seattle daily weather, 2012 to 2015';
const PASSPHRASE = 'a long enough passphrase';

test('an injected wallet signs in, creates the account, applies and opens the sealed link [7.2.1-b] [8.5.2-a] [8.5.2-b]', async ({
  page,
}) => {
  const wallet = await injectWallet(page, 'Test Wallet');
  await page.goto('/sign-in');
  wallet.refuseNext();
  await page.getByRole('button', { name: 'Sign in with Test Wallet' }).click();
  await expect(page.getByRole('alert').filter({ hasText: /\S/ }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Sign in with Test Wallet' }).click();
  await page.waitForURL(/\/customer/);

  await page.goto('/customer/account');
  await page.getByLabel('Passphrase of the encryption key').fill(PASSPHRASE);
  await page.getByRole('button', { name: 'Make an encryption key' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Wallet Customer');
  await page.getByRole('button', { name: 'Sign and create the account' }).click();
  await expect(page.getByRole('link', { name: /^Signed in as Wallet Customer/ })).toBeVisible();

  await openResource(page, TITLE);
  await applyAndGet(page, { purpose: 'research', field: 'weather', amount: 2, unit: 'minutes', format: 'csv' });
  await awaitLink(page);
  expect(await downloadText(page)).toContain('precipitation');
  expect(wallet.asked).toContain('eth_signTypedData_v4');
});

test('a key made in the browser leaves as a key file and comes back in another browser [8.5.2-b]', async ({
  page,
  browser,
  network,
}) => {
  await page.goto('/sign-in');
  await page.getByLabel('Name of the key').fill('Fern');
  await page.getByRole('button', { name: 'Make a key and sign in' }).click();
  await page.waitForURL(/\/customer/);
  await page.goto('/customer/account');
  await page.getByLabel('Name', { exact: true }).fill('Fern Research');
  await page.getByRole('button', { name: 'Sign and create the account' }).click();
  await expect(page.getByRole('link', { name: /^Signed in as Fern Research/ })).toBeVisible();
  await page.goto('/customer/account');
  await page.getByLabel('Passphrase for the file').fill(PASSPHRASE);
  await page.getByLabel('The passphrase again').fill(PASSPHRASE);
  const [file] = await Promise.all([
    page.waitForEvent('download', { timeout: 60_000 }),
    page.getByRole('button', { name: 'Export the key file' }).click(),
  ]);

  const elsewhere = await (await browser.newContext({ baseURL: network.origin })).newPage();
  await elsewhere.goto('/sign-in');
  await elsewhere.getByLabel('Key file').setInputFiles(await file.path());
  await elsewhere.getByLabel('Passphrase of the file').fill(PASSPHRASE);
  await elsewhere.getByLabel('Name in this browser').fill('Fern again');
  await elsewhere.getByRole('button', { name: 'Open the key file and sign in' }).click();
  await elsewhere.waitForURL(/\/customer/, { timeout: 60_000 });
  await expect(elsewhere.getByRole('link', { name: /^Signed in as/ })).toContainText('Fern Research');
  await elsewhere.context().close();
});
