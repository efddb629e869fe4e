import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
const VIEWPORTS = [
  { width: 1440, height: 900 },
  { width: 390, height: 844 },
];
/** What can differ between the schemes: everything is asked in the light one, and these again in the dark. */
const COLOUR_RULES = ['color-contrast', 'link-in-text-block'];

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
  test(`every page of the ${role.toLowerCase()} passes axe, wide and narrow, and its colours in the dark as well`, async ({
    as,
    page,
  }) => {
    const viewer = role === 'Visitor' ? page : await as(role);
    const found: string[] = [];
    for (const path of paths) {
      await viewer.goto(path);
      await expect(viewer.getByRole('heading', { level: 1 })).toBeVisible();
      for (const viewport of VIEWPORTS) {
        await viewer.setViewportSize(viewport);
        await show(viewer, 'light');
        found.push(...(await violations(everyRule(viewer), `${path} ${viewport.width} light`)));
        await show(viewer, 'dark');
        found.push(...(await violations(colourRules(viewer), `${path} ${viewport.width} dark`)));
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

// No page has frames of another origin, for which alone axe would open a page of its own at every turn.
const axe = (page: Page): AxeBuilder => new AxeBuilder({ page }).setLegacyMode(true);
const everyRule = (page: Page): AxeBuilder => axe(page).withTags(AXE_TAGS);
const colourRules = (page: Page): AxeBuilder => axe(page).withRules(COLOUR_RULES);

async function violations(builder: AxeBuilder, where: string): Promise<string[]> {
  const { violations: rules } = await builder.analyze();
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
