import { expect, test } from '../fixtures/test.ts';

/** What the sample's providers have on offer. */
const OFFERED = 9;

test('the catalogue follows its filters at once, words while they are typed, and forgives a slip [6.2.6-b]', async ({
  page,
}) => {
  await page.goto('/catalogue');
  const table = page.getByRole('table', { name: 'Resources in the catalogue' });
  const rows = table.getByRole('rowheader');
  await expect(rows).toHaveCount(OFFERED);

  const price = page.getByLabel('Price of an hour’s use');
  const cheap = await price.locator('option', { hasText: /^up to 1 token \(\d+\)$/ }).innerText();
  const few = Number(/\((\d+)\)/.exec(cheap)?.[1]);
  expect(few).toBeLessThan(OFFERED);
  await price.focus();
  await price.selectOption({ label: cheap });
  await expect(rows).toHaveCount(few);
  await expect(page).toHaveURL(/price=to-1/);
  await expect(price).toBeFocused();
  await page.goBack();
  await expect(rows).toHaveCount(OFFERED);
  await expect(price).toHaveValue('');

  const words = page.getByRole('searchbox', { name: 'Words' });
  for (const [text, title] of [
    ['weathe', 'Seattle daily weather'],
    ['aviatio', 'Wildlife strikes'],
    ['R-2', 'Wildlife strikes'],
    ['larkspur postal', 'Postal codes'],
  ] as const) {
    await words.fill(text);
    await expect(rows).toHaveCount(1);
    await expect(rows).toContainText(title);
  }
  await words.fill('wether');
  await expect(page.getByRole('status').filter({ hasText: /This is what has .*weather/ })).toBeVisible();
  await expect(rows).toContainText('Seattle daily weather');
  await expect(words).toHaveValue('wether');
});

test('each example that the catalogue gives for a search finds something', async ({ page }) => {
  await page.goto('/catalogue');
  const words = page.getByRole('searchbox', { name: 'Words' });
  const examples = ((await words.getAttribute('placeholder')) ?? '').replace('such as ', '').split(', ');
  expect(examples.length).toBeGreaterThan(2);
  for (const example of examples) {
    await page.goto(`/catalogue?text=${encodeURIComponent(example)}`);
    await expect(page.getByRole('table', { name: 'Resources in the catalogue' })).toBeVisible();
    await expect(page.getByText('Nothing has')).toHaveCount(0);
  }
});

test('Enter in the search opens what the text says by then, not what fewer letters found', async ({ page }) => {
  await page.goto('/catalogue');
  await page.keyboard.press('Control+k');
  const field = page.getByRole('textbox', { name: /^Search for an order/ });
  await field.pressSequentially('R-2');
  await field.press('Enter');
  await expect(page).toHaveURL(/\/catalogue\/2$/);
});
