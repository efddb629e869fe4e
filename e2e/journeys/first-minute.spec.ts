import { expect, test } from '../fixtures/test.ts';

// As a visitor comes who reads English: the other journeys go through a page translator.
test.use({ translator: false });

test('a visitor sees the live network without signing in', async ({ page, network }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Catalogue' }).first()).toBeVisible();
  await page.goto('/catalogue');
  await expect(page.getByRole('heading', { level: 1, name: 'Catalogue' })).toBeVisible();
  expect(network.people().length).toBeGreaterThanOrEqual(7);
});

test('the first start welcomes people, and the catalogue answers, before the sample’s history is made', ({
  network,
}) => {
  expect(network.statusBeforeHistory).toBe(200);
});

test('a sample person signs in by the printed link, and the key leaves the address bar', async ({ as }) => {
  const page = await as('Customer');
  expect(page.url()).not.toContain('sample=');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});

test('every link that a visitor sees on the public pages leads somewhere', async ({ page, network }) => {
  const seen = new Set<string>();
  const dead: string[] = [];
  for (const path of ['/', '/catalogue', '/catalogue/1', '/explorer', '/explorer/blocks/2', '/explorer/accounts/1']) {
    await page.goto(path);
    await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
    for (const link of await page.locator('a[href]').all()) {
      const { href } = new URL((await link.getAttribute('href')) ?? '', page.url());
      if (!href.startsWith(network.origin) || seen.has(href)) continue;
      seen.add(href);
      const status = (await page.request.get(href)).status();
      if (status >= 400) dead.push(`${path} → ${href}: ${status}`);
    }
  }
  expect(seen.size).toBeGreaterThan(20);
  expect(dead).toEqual([]);
});

test('a part of an order that is chosen before the page’s scripts are there, or while they come, opens when they are', async ({
  as,
}) => {
  const page = await as('Customer');
  let serve = (): void => undefined;
  let scripts = new Promise<void>((resolve) => (serve = resolve));
  await page.route('**/_next/static/**/*.js', async (route) => {
    await scripts;
    await route.continue();
  });
  const part = (name: string) => page.getByRole('tablist', { name: 'Order' }).getByRole('tab', { name });
  await page.goto('/customer/orders/1', { waitUntil: 'commit' });
  await part('Money').click();
  await expect(page).toHaveURL(/#money$/);
  await expect(part('Money')).toHaveAttribute('aria-selected', 'false');
  serve();
  await expect(page.getByRole('tabpanel', { name: 'Money' })).toBeVisible();
  await part('Events').click();
  await expect(page.getByRole('tabpanel', { name: 'Events' })).toBeVisible();
  await expect(page).toHaveURL(/#events$/);

  // Pressed before, let go after.
  scripts = new Promise<void>((resolve) => (serve = resolve));
  await page.reload({ waitUntil: 'commit' });
  await part('Access').hover();
  await page.mouse.down();
  serve();
  await expect(page.getByRole('tabpanel', { name: 'Events' })).toBeVisible();
  await page.mouse.up();
  await expect(page.getByRole('tabpanel', { name: 'Access' })).toBeVisible();
  await expect(page).toHaveURL(/#access$/);

  await part('Access').press('End');
  await expect(page.getByRole('tabpanel', { name: 'Receipts' })).toBeVisible();
  await part('Receipts').press('ArrowRight');
  await expect(part('Overview')).toBeFocused();
  await expect(page.getByRole('tabpanel', { name: 'Overview' })).toBeVisible();
  await expect(page).toHaveURL(/#overview$/);
});
