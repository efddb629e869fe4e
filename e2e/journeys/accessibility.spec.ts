import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { allRoutes, visitAll } from '../fixtures/pages.ts';
import { expect, test } from '../fixtures/test.ts';
import { openIncident, openPart, raiseAlert } from '../fixtures/steps.ts';
import { cutText, unseenFocus } from '../fixtures/visible.ts';

// What is looked at are the product's own elements.
test.use({ translator: false });

const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** A desk by day and a telephone by night: every width is asked, and every scheme, in half of the minutes that all pairs would take. */
const LOOKS = [
  { viewport: { width: 1440, height: 900 }, colorScheme: 'light' },
  { viewport: { width: 390, height: 844 }, colorScheme: 'dark' },
] as const;
const NARROWEST = { width: 320, height: 700 };
/** What has an address of its own beside the pages that stand in `app`. */
const VISITOR_STATES = ['/catalogue?text=weather&kind=data', '/nothing-here'];

/** Their pages about an alert need one, and a maintainer's about an incident. */
const WATCHERS = ['Maintainer', 'Operator'];

const roles = [...new Set(allRoutes().map(({ role }) => role))];
for (const role of roles) {
  const name = (role ?? 'visitor').toLowerCase();
  test(`every page of the ${name}, found in the folder app, passes axe in both schemes, shows the focus on every control, and cuts off no figure and scrolls sideways in no width`, async ({
    as,
    page,
  }) => {
    test.slow();
    if (role !== undefined && WATCHERS.includes(role)) await raiseAlert(await as('Maintainer'));
    if (role === 'Maintainer') await openIncident(await as(role), 'Corvale agent');
    const viewer = role === undefined ? page : await as(role);
    const found: string[] = [];
    await visitAll(viewer, role, async (address) => {
      found.push(...(await violationsOf(viewer, address)));
      for (const tab of await tabsOf(viewer)) {
        await viewer.goto(`${address}${tab}`);
        found.push(...(await violationsOf(viewer, `${address}${tab}`)));
      }
    });
    for (const state of role === undefined ? VISITOR_STATES : []) {
      await viewer.goto(state);
      await expect(viewer.getByRole('heading', { level: 1 })).toBeVisible();
      found.push(...(await violationsOf(viewer, state)));
    }
    expect(found).toEqual([]);
  });
}

test('the form of a strategy passes axe in both schemes with every part open, a rule and a row filter begun, and its errors shown', async ({
  as,
}) => {
  test.slow();
  const page = await as('Provider');
  await page.goto('/provider/resources');
  await page
    .getByRole('listitem', { name: 'Postal codes of the United States and Puerto Rico' })
    .getByRole('link', { name: 'Change the strategy' })
    .click();
  for (const part of ['Who', 'What for', 'In which ways', 'How long', 'How much', 'Rules of your own', 'Promise'])
    await openPart(page, part);
  await page.getByRole('checkbox', { name: 'Only accounts that I name' }).check();
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByLabel('Comparison', { exact: true }).selectOption({ label: 'is one of' });
  await page.getByRole('group', { name: 'Row filter' }).getByRole('button', { name: 'Add a comparison' }).click();
  await page.getByRole('button', { name: 'Sign version 2' }).click();
  await expect(page.getByText('until then nobody could be admitted')).toBeVisible();
  expect(await violationsOf(page, 'the form of a strategy')).toEqual([]);
});

/** Addresses of the parts that a page shows one at a time, but for the one that it opens with. */
async function tabsOf(page: Page): Promise<string[]> {
  const tabs = await page.locator('a[role=tab][aria-selected=false]').all();
  const addresses = await Promise.all(tabs.map((tab) => tab.getAttribute('href')));
  return addresses.map((address) => new URL(address ?? '', page.url()).hash).filter((hash) => hash !== '');
}

/** What axe finds on the page that is open, controls whose focus is not seen, and figures that are cut off. It may scroll sideways in no width. */
async function violationsOf(page: Page, address: string): Promise<string[]> {
  const found: string[] = [];
  for (const { viewport, colorScheme } of LOOKS) {
    await page.setViewportSize(viewport);
    await show(page, colorScheme);
    const where = `${address} ${viewport.width} ${colorScheme}`;
    found.push(...(await violations(page, where)), ...(await cutOff(page, where)));
    found.push(...(await unseenFocus(page)).map((sentence) => `${where}: ${sentence}`));
  }
  await page.setViewportSize(NARROWEST);
  return [...found, ...(await cutOff(page, `${address} ${NARROWEST.width}`))];
}

/** Figures that are cut off. The page may not scroll sideways. */
async function cutOff(page: Page, where: string): Promise<string[]> {
  expect(await overflow(page), `${where} scrolls sideways`).toBeLessThanOrEqual(0);
  return (await cutText(page)).map((text) => `${where}: “${text}” is cut off`);
}

/** Puts the page into a scheme and waits until it shows nothing else: the theme follows by a script, and fields fade from colour to colour. */
async function show(page: Page, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  await expect(page.locator('html')).toHaveAttribute('data-theme', colorScheme);
  await page.evaluate(async () => {
    // What stands in a part that is closed is not drawn, and its fading never ends.
    const isDrawn = (effect: AnimationEffect | null): boolean =>
      effect instanceof KeyframeEffect && effect.target?.checkVisibility() === true;
    const ending = document
      .getAnimations()
      .filter(({ effect }) => Number.isFinite(effect?.getComputedTiming().endTime) && isDrawn(effect));
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
      - heading "O-1" [level=1]
      - tablist "Order":
        - tab "Overview" [selected]
        - tab "Access"
        - tab "Usage & QoS"
        - tab "Money"
        - tab "Events"
        - tab "Receipts"
  `);
});
