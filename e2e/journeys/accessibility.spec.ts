import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const VIEWPORTS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
const SCHEMES = ['light', 'dark'] as const;

const PAGES: Record<string, string[]> = {
  Visitor: [
    '/',
    '/catalogue',
    '/catalogue?text=weather&kind=data',
    '/catalogue/1',
    '/explorer',
    '/explorer/blocks/2',
    '/explorer/accounts/1',
    '/verify',
    '/sign-in',
    '/nothing-here',
  ],
  Customer: [
    '/customer',
    '/customer/orders',
    '/customer/orders/1',
    '/customer/orders/1#access',
    '/customer/orders/1#usage',
    '/customer/orders/1#money',
    '/customer/orders/1#events',
    '/customer/orders/1#receipts',
    '/customer/apply/2',
    '/customer/wallet',
    '/customer/roles',
    '/customer/account',
  ],
  Provider: [
    '/provider',
    '/provider/resources',
    '/provider/publish',
    '/provider/orders',
    '/provider/orders/1',
    '/provider/agents',
  ],
  'Node provider': ['/node-provider', '/node-provider/parameters', '/node-provider/validators'],
};

for (const [role, paths] of Object.entries(PAGES)) {
  test(`every page of the ${role.toLowerCase()} passes axe in both schemes, wide and narrow`, async ({ as, page }) => {
    const viewer = role === 'Visitor' ? page : await as(role);
    const found: string[] = [];
    for (const path of paths) {
      await viewer.goto(path);
      await expect(viewer.getByRole('heading', { level: 1 })).toBeVisible();
      for (const viewport of VIEWPORTS) {
        await viewer.setViewportSize(viewport);
        for (const colorScheme of SCHEMES) {
          await show(viewer, colorScheme);
          found.push(...(await violations(viewer, `${path} ${viewport.width} ${colorScheme}`)));
        }
        expect(await overflow(viewer), `${path} scrolls sideways at ${viewport.width} px`).toBeLessThanOrEqual(0);
      }
    }
    expect(found).toEqual([]);
  });
}

/** Puts the page into a scheme and waits until it shows nothing else: the theme follows by a script, and fields fade from colour to colour. */
async function show(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
  await page.evaluate(async () => {
    const ending = document
      .getAnimations()
      .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime));
    await Promise.allSettled(ending.map(({ finished }) => finished));
  });
}

async function violations(page: Page, where: string): Promise<string[]> {
  // No page has frames of another origin, for which alone axe would open a page of its own at every turn.
  const { violations: rules } = await new AxeBuilder({ page }).setLegacyMode(true).withTags(AXE_TAGS).analyze();
  return rules.map(({ id, nodes }) => `${where}: ${id}: ${nodes.map(({ target }) => target.join(' ')).join(', ')}`);
}

/** Pixels by which the page is wider than its window. */
function overflow(page: Page): Promise<number> {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}

test('a screen reader meets the landmarks, headings and tables of the main pages in order', async ({ page, as }) => {
  await page.goto('/catalogue');
  await expect(page.locator('body')).toMatchAriaSnapshot(`
    - banner:
      - link "Interpool"
      - navigation "Main":
        - link "Catalogue"
    - main:
      - heading "Catalogue" [level=1]
      - search "Catalogue":
        - searchbox "Words"
      - table "Resources in the catalogue"
    - contentinfo
  `);
  await page.goto('/verify');
  await expect(page.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Verify a receipt" [level=1]
      - button "Verify the receipt"
  `);
  const customer = await as('Customer');
  await customer.goto('/customer/orders/1');
  await expect(customer.getByRole('main')).toMatchAriaSnapshot(`
    - main:
      - heading "Seattle daily weather, 2012 to 2015" [level=1]
      - tablist "Order":
        - tab "Overview" [selected]
        - tab "Access"
        - tab "Usage & QoS"
        - tab "Money"
        - tab "Events"
        - tab "Receipts"
  `);
});
