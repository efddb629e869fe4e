import { expect, test } from '../fixtures/test.ts';
import { applyAndGet, openResource, openTab } from '../fixtures/steps.ts';

const TITLE = 'Seattle daily weather, 2012 to 2015';

for (const [what, awayMs] of [
  ['90 seconds ahead', 90_000],
  ['6 minutes behind', -6 * 60_000],
  ['a day ahead', 86_400_000],
] as const) {
  test(`a person whose clock is ${what} signs in`, async ({ browser, network }) => {
    const context = await browser.newContext({ baseURL: network.origin });
    const page = await context.newPage();
    await page.clock.install({ time: Date.now() + awayMs });
    const { name, link } = network.person('Customer');
    await page.goto(link);
    await page.getByRole('button', { name: `Keep the key and sign in as ${name}` }).click();
    await expect(page).toHaveURL(/\/customer$/);
    await context.close();
  });
}

test('the access card counts down with the header however late it is opened, and what is past goes on ageing', async ({
  as,
}) => {
  const page = await as('Customer');
  await openResource(page, TITLE);
  await applyAndGet(page, { purpose: 'research', field: 'weather', amount: 2, unit: 'minutes', format: 'csv' });
  await openTab(page, 'Overview');
  const header = page.getByRole('timer').first();
  // Long after the delivery, which rendered the page for the last time.
  await expect(header).toHaveText(/^1 min [0-3]\d s$/, { timeout: 150_000 });
  const granted = page.getByText(/ago$/).first();
  const before = await granted.innerText();
  await expect(granted).not.toHaveText(before);
  await openTab(page, 'Access');
  await expect(page.getByRole('tabpanel', { name: 'Access' }).getByRole('timer')).toBeVisible();
  const shown = await page.getByRole('timer').allInnerTexts();
  expect(shown).toHaveLength(2);
  expect(shown[1]).toBe(shown[0]);
});

test('a verdict goes when another file is chosen, also one that is refused, and when the text is changed', async ({
  page,
}) => {
  await page.goto('/verify');
  const picker = page.getByLabel('Receipt file');
  const json = (name: string, text: string) => ({ name, mimeType: 'application/json', buffer: Buffer.from(text) });
  await picker.setInputFiles(json('first.json', '{"format":"interpool-receipt/1"}'));
  await expect(page.getByRole('heading', { name: 'Verdict on first.json' })).toBeVisible();
  await picker.setInputFiles(json('film.json', 'x'.repeat(2 * 1024 * 1024 + 1)));
  await expect(page.getByText('film.json is larger than a receipt can be')).toBeVisible();
  await expect(page.getByRole('heading', { name: /^Verdict/ })).toHaveCount(0);
  await expect(page.getByLabel('Or paste its text')).toHaveValue('');
  await page.getByRole('button', { name: 'Verify the receipt' }).click();
  await expect(page.getByRole('heading', { name: /^Verdict/ })).toHaveCount(0);

  await page.getByLabel('Or paste its text').fill('{}');
  await page.getByRole('button', { name: 'Verify the receipt' }).click();
  await expect(page.getByRole('heading', { name: 'Verdict on the pasted text' })).toBeVisible();
  await page.getByLabel('Or paste its text').fill('{"a":1}');
  await expect(page.getByRole('heading', { name: /^Verdict/ })).toHaveCount(0);
});
