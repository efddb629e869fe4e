import AxeBuilder from '@axe-core/playwright';
import { expect, test } from '../fixtures/test.ts';
import { awaitLink, describeUse, endEarly, openResource, signApplication } from '../fixtures/steps.ts';

const TITLE = 'Wildlife strikes reported to the FAA';
const USE = { purpose: 'planning', field: 'logistics', format: 'csv', calls: 10, megabytes: 1 } as const;

test('an application is judged while it is typed, stopped above a limit, refused with its conditions named, and granted by the changes that the refusal offers [I.2-4] [I.2-5] [8.2.2-a] [6.2.4-a]', async ({
  as,
}) => {
  const page = await as('Customer');
  await openResource(page, TITLE);

  const question = page.getByRole('form', { name: 'Would I be admitted?' });
  await describeUse(page, 'Would I be admitted?', { ...USE, purpose: 'journalism', amount: 6, unit: 'hours' });
  await expect(question.getByText('the applicant must not have broken an order')).toBeVisible();
  await expect(question.getByText(/^not met$/)).toHaveCount(2);
  await question.getByRole('button', { name: 'Ask the contract' }).click();
  await expect(page.getByText('You would be refused')).toBeVisible();
  // An answer is to what stands in the form: changed, it is asked anew.
  await question.getByRole('button', { name: 'Change the length of use to 2 hours' }).click();
  await expect(question.getByLabel('How long')).toHaveValue('2');
  await expect(question.getByText(/^not met$/)).toHaveCount(1);
  await expect(page.getByRole('status').filter({ hasText: 'You would be refused' })).not.toContainText('2 hours');
  await question.getByLabel('How long').fill('6');

  await page.getByRole('link', { name: 'Apply to use it' }).click();
  const form = page.getByRole('form', { name: 'Application' });
  await expect(form.getByLabel('Purpose')).toHaveValue('journalism');
  await expect(form.getByLabel('How long')).toHaveValue('6');
  await expect(form.getByLabel('Calls')).toHaveValue('10');
  await expect(form.getByRole('status').filter({ hasText: '1 of 3 met, 2 not met.' })).toBeVisible();

  await form.getByLabel('Calls').fill('999999999999999');
  await page.getByRole('button', { name: /^Apply/ }).click();
  await expect(page.getByRole('alertdialog')).toHaveCount(0);
  await expect(form.getByText('One use may take 1,000 calls at most.')).toBeVisible();
  await expect(form.getByLabel('Calls')).toBeFocused();
  await form.getByRole('button', { name: 'Use 1,000 calls' }).press('Enter');
  await expect(form.getByLabel('Calls')).toHaveValue('1000');
  await expect(form.getByLabel('Calls')).toBeFocused();

  await signApplication(page);
  const refusal = page.getByRole('alert').filter({ hasText: 'The contract refused this application' });
  await expect(refusal).toContainText('use must be at most 2 hours');
  await expect(refusal).toContainText('you asked for 6 hours');
  await expect(refusal).toContainText('you gave the purpose journalism');
  for (const colorScheme of ['light', 'dark'] as const) {
    await page.emulateMedia({ colorScheme });
    await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
    const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).include('form').analyze();
    expect(violations.map(({ id, nodes }) => [id, nodes.map(({ html }) => html)])).toEqual([]);
  }
  await refusal.getByRole('button', { name: 'Change the length of use to 2 hours' }).click();
  await refusal.getByRole('button', { name: 'Change the purpose to planning' }).click();
  await expect(form.getByRole('status').filter({ hasText: '3 of 3 met.' })).toBeVisible();
  await form.getByLabel('How long').fill('2');
  await form.getByLabel('Unit').selectOption({ label: 'minutes' });
  await signApplication(page);
  await page.waitForURL(/\/customer\/orders\/\d+/);
  await awaitLink(page);
  await page.getByLabel('Rows', { exact: true }).selectOption('Origin State');
  await page.getByLabel('Value', { exact: true }).fill('New York');
  await page.getByRole('button', { name: 'Preview' }).click();
  const rows = page.getByRole('region', { name: 'First rows of this request' });
  await expect(rows.getByRole('row')).toHaveCount(21);
  await expect(page.getByText(/^Cost so far$/)).toBeVisible();
  await page.getByLabel('Value', { exact: true }).fill('Nowhere');
  await page.getByRole('button', { name: 'Preview' }).click();
  await expect(page.getByText('No row passes this test.')).toBeVisible();
  await endEarly(page);
  await expect(page.getByRole('button', { name: 'Try the link' })).toBeVisible();
  await expect(page.getByLabel('Rows', { exact: true })).toHaveCount(0);
  await page.getByRole('button', { name: 'Try the link' }).click();
  await expect(page.getByText(/HTTP 410/)).toBeVisible();

  await page.goto('/customer/orders');
  await expect(page.getByRole('table', { name: 'Refused applications, newest first' })).toContainText('2 hours');
});

test('an address that carries answers is read within bounds: rubbish is left out, and nobody else’s order is continued [7.2.1-b]', async ({
  as,
}) => {
  const page = await as('Customer');
  await openResource(page, TITLE);
  const id = /catalogue\/(\d+)/.exec(page.url())?.[1] ?? '';
  const rubbish = `purpose=%3Cscript%3E&field=__proto__&duration=1e999&unit=aeons&amount.calls=-5&choice.format=exe&continues=abc`;
  await page.goto(`/customer/apply/${id}?${rubbish}`);
  const form = page.getByRole('form', { name: 'Application' });
  await expect(form.getByLabel('Purpose')).toHaveValue('');
  await expect(form.getByLabel('Calls')).toHaveValue('100');
  await expect(form.getByLabel('Format')).toHaveValue('csv');

  await page.goto(`/customer/apply/${id}?duration=${'9'.repeat(40)}&unit=days&amount.calls=${'9'.repeat(40)}`);
  await expect(form.getByText('One use must be at most 1 day.')).toBeVisible();
  await expect(form.getByRole('button', { name: 'Use 1,000 calls' })).toBeVisible();

  // There is an order 1, and it is not one that this customer can continue here.
  for (const order of [1, 999_999_999]) {
    await page.goto(`/customer/apply/${id}?continues=${order}`);
    await expect(page.getByText('That order cannot be continued')).toBeVisible();
    await expect(form.getByText(/Continue order/)).toHaveCount(0);
  }
});
