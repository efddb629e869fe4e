import { expect, test } from '../fixtures/test.ts';
import { applyAndGet, awaitLink, describeUse, openResource, signApplication } from '../fixtures/steps.ts';

const TITLE = 'Wildlife strikes reported to the FAA';
const USE = { purpose: 'planning', field: 'logistics', format: 'csv', calls: 10, megabytes: 1 } as const;

test('an application is refused with its condition named, then granted for a use that meets it [I.2-4] [I.2-5] [8.2.2-a] [6.2.4-a]', async ({
  as,
}) => {
  const page = await as('Customer');
  await openResource(page, TITLE);

  await describeUse(page, 'Would I be admitted?', { ...USE, amount: 6, unit: 'hours' });
  await page.getByRole('button', { name: 'Ask the contract' }).click();
  await expect(page.getByText('You would be refused')).toBeVisible();

  await page.getByRole('link', { name: 'Apply to use it' }).click();
  await describeUse(page, 'Application', { ...USE, amount: 6, unit: 'hours' });
  await signApplication(page);
  const refusal = page.getByRole('alert').filter({ hasText: 'The contract refused this application' });
  await expect(refusal).toContainText('use must be at most 2 hours');
  await expect(refusal).toContainText('you asked for 6 hours');

  await openResource(page, TITLE);
  await applyAndGet(page, { ...USE, amount: 2, unit: 'minutes' });
  await awaitLink(page);
  await page.getByLabel('Rows', { exact: true }).selectOption('Origin State');
  await page.getByLabel('Value', { exact: true }).fill('New York');
  await page.getByRole('button', { name: 'Preview' }).click();
  const rows = page.getByRole('region', { name: 'First rows of this request' });
  await expect(rows.getByRole('row')).toHaveCount(21);
  await page.getByLabel('Value', { exact: true }).fill('Nowhere');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByText('No row passes this test.')).toBeVisible();
  await page.getByRole('button', { name: 'End early' }).click();
  await page.getByRole('alertdialog').getByRole('radio').first().check({ force: true });
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign and end the order' }).click();
  await expect(page.getByRole('button', { name: 'Try the link' })).toBeVisible();
  await page.getByRole('button', { name: 'Try the link' }).click();
  await expect(page.getByText(/HTTP 410/)).toBeVisible();

  await page.goto('/customer/orders');
  await expect(page.getByRole('table', { name: 'Refused applications, newest first' })).toContainText('2 hours');
});
