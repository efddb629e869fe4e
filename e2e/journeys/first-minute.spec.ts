import { expect, test } from '../fixtures/test.ts';

test('a visitor sees the live network without signing in', async ({ page, network }) => {
  await page.goto('/');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
  await expect(page.getByRole('link', { name: 'Catalogue' }).first()).toBeVisible();
  await page.goto('/catalogue');
  await expect(page.getByRole('heading', { level: 1, name: 'Catalogue' })).toBeVisible();
  expect(network.people().length).toBeGreaterThanOrEqual(4);
});

test('a sample person signs in by the printed link, and the key leaves the address bar', async ({ as }) => {
  const page = await as('Customer');
  expect(page.url()).not.toContain('sample=');
  await expect(page.getByRole('heading', { level: 1 })).toBeVisible();
});
