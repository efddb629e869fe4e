import { expect, test } from '../fixtures/test.ts';
import { confirmSigning, openPart, openResource } from '../fixtures/steps.ts';

const TITLE = 'Postal codes of the United States and Puerto Rico';

test('a provider changes the price of a resource, and the catalogue shows it as the next version [6.2.3-b] [7.2.2-a] [8.5.3-a]', async ({
  as,
}) => {
  const page = await as('Provider');
  await page.goto('/provider/resources');
  const own = page.getByRole('listitem', { name: TITLE });
  await own.getByRole('link', { name: 'Change the strategy' }).click();
  await expect(page.getByText('version 1 is in force')).toBeVisible();

  const price = page.getByLabel(/^Price in tokens/).first();
  await price.fill('a lot');
  await page.getByRole('button', { name: 'Sign version 2' }).click();
  await expect(price).toBeFocused();
  await price.fill('7.25');
  await openPart(page, 'What for');
  await page
    .getByRole('group', { name: /^Allowed purposes/ })
    .getByText('journalism')
    .click();
  // Whoever bought it before declared another purpose.
  await expect(page.getByRole('region', { name: 'For whom' })).toContainText('purpose must be journalism');
  await page
    .getByRole('group', { name: /^Allowed purposes/ })
    .getByText('journalism')
    .click();
  await expect(page.getByRole('region', { name: 'For whom' })).toContainText('none would be refused');
  await page.getByRole('button', { name: 'Sign version 2' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('7.25 tokens per MB');
  await confirmSigning(page);

  await page.waitForURL(/\/catalogue\/\d+/);
  await expect(page.getByText('version 2, since')).toBeVisible();
  await openResource(page, TITLE);
  await expect(page.getByText('7.25 tokens').first()).toBeVisible();
  await expect(page.getByText(/^[\d,]+ rows × about [\d.]+ bytes as csv = about /)).toBeVisible();
});
