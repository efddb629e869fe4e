import { expect, test } from '../fixtures/test.ts';
import { applyAndGet, awaitLink, downloadText, openResource, openTab, pairingCode } from '../fixtures/steps.ts';

// A chain with people, validators and an agent, and nothing published yet: everything below is done on the screens.
test.use({ chain: 'network data', history: false });

test.describe.configure({ mode: 'serial' });

const TITLE = 'Weather for planners';

test('a provider allows its agent, tests a data set and publishes it under conditions [6.2.3-a] [6.2.3-b] [6.2.3-c] [I.2-1] [I.2-2] [8.3.1-e]', async ({
  as,
  network,
}) => {
  const page = await as('Provider');
  await page.goto('/provider/agents');
  await page.getByLabel('Pairing code').fill(pairingCode(network));
  await page.getByRole('button', { name: 'Find the agent' }).click();
  await page.getByRole('button', { name: 'Sign and allow this key' }).click();
  await expect(page.getByRole('button', { name: 'Revoke its key' })).toBeVisible();

  await page.goto('/provider/publish');
  await page.getByLabel('Source').selectOption({ index: 1 });
  await page.getByLabel('Title').fill(TITLE);
  await page.getByLabel('Tags').fill('weather, climate');
  await page.getByLabel('Summary').fill('Daily weather of Seattle, served by the provider’s own agent.');
  await page.getByLabel('Region').fill('US-WA');
  await page.getByLabel('Licence').fill('U.S. Government Dataset');
  await page.getByLabel('Link to the origin').fill('https://www.ncdc.noaa.gov/cdo-web/datatools/records');
  await page.getByRole('button', { name: 'Next: Test' }).click();

  await page.getByRole('button', { name: 'Run the test' }).click();
  await expect(page.getByText('The test passed')).toBeVisible({ timeout: 60_000 });
  await page.getByRole('button', { name: 'Next: Conditions' }).click();

  await page.getByRole('radio', { name: 'Conditional' }).check({ force: true });
  await page
    .getByRole('group', { name: /^Allowed purposes/ })
    .getByText('planning')
    .click();
  await page.getByLabel('Longest use', { exact: true }).fill('2');
  await page.getByLabel('Unit of the longest use').selectOption({ label: 'hours' });
  await page.getByRole('button', { name: 'Next: Price' }).click();

  await page.getByRole('radio', { name: 'Per hour' }).check({ force: true });
  await page.getByLabel('Price in tokens').fill('36');
  await page.getByRole('button', { name: 'Next: Preview' }).click();
  await expect(page.getByText('1,461')).toBeVisible();
  await page.getByRole('button', { name: 'Next: Sign' }).click();
  await page.getByRole('button', { name: 'Sign and publish' }).click();
  await page.waitForURL(/\/catalogue\/\d+/);
  await expect(page.getByRole('heading', { level: 1, name: TITLE })).toBeVisible();
});

test('a customer finds it, applies, is granted, downloads, is cut off in time, pays, and checks the receipt offline [6.2.4-a] [6.2.4-b] [8.2.2-a] [8.4.2-b] [8.4.2-d] [8.5.2-a] [I.2-4] [I.2-5] [I.2-6]', async ({
  as,
}) => {
  const page = await as('Customer');
  await openResource(page, TITLE);
  await applyAndGet(page, { purpose: 'planning', field: 'logistics', amount: 40, unit: 'seconds', format: 'csv' });

  await awaitLink(page);
  const csv = await downloadText(page);
  expect(csv.split('\n')[0]).toContain('precipitation');
  expect(csv).toContain('2012-01-01');

  await page.getByRole('button', { name: 'Try the link' }).click({ timeout: 90_000 });
  await expect(page.getByText(/HTTP 410/)).toBeVisible();

  await expect(page.getByText('settled', { exact: true }).first()).toBeVisible({ timeout: 120_000 });
  await openTab(page, 'Money');
  await expect(page.getByText('unexplained: 0')).toBeVisible();

  await openTab(page, 'Receipts');
  const [file] = await Promise.all([
    page.waitForEvent('download'),
    page
      .getByRole('link', { name: /^Download receipt/ })
      .first()
      .click(),
  ]);
  await page.goto('/verify');
  await expect(page.getByRole('button', { name: 'Copy genesis hash' })).toBeVisible();
  await page.context().setOffline(true);
  await page.getByLabel('Receipt file').setInputFiles(await file.path());
  await expect(page.getByText('Authentic', { exact: true })).toBeVisible();
  await expect(page.getByRole('list', { name: 'Steps of the check' })).toContainText(/signatures|signed/i);
});
