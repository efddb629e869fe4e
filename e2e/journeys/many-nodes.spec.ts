import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';

// Its chain has two thousand nodes that nobody else should find, and which people of the sample need no history for. What is looked at are the
// product's own elements.
test.use({ chain: 'many-nodes', history: false, engine: 'embedded', translator: false });

const NODES = 2_000;
const SILENT = 30;
const TELEPHONE = { width: 390, height: 844 };
const AXE_TAGS = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'];
/** On two cores that two thousand nodes, four validators and a browser share; alone on a machine a page takes under a second. */
const SHOWN_MS_MAX = 15_000;
/** A silent node that does not answer has failed within 35 s; half of the time of a round is added. */
const FAILED_MS = 60_000;
const PAGE_SIZE = 20;

/** Opens a page, and holds that it is there soon, in the width of the screen, and clean for axe. */
async function look(page: Page, address: string, heading: string): Promise<void> {
  const begunMs = Date.now();
  await page.goto(address);
  await expect(page.getByRole('heading', { level: 1, name: heading })).toBeVisible();
  expect(Date.now() - begunMs, address).toBeLessThan(SHOWN_MS_MAX);
  await expectSound(page);
}

async function expectSound(page: Page): Promise<void> {
  const widths = await page.evaluate(() => [document.documentElement.scrollWidth, window.innerWidth]);
  expect(widths[0], page.url()).toBeLessThanOrEqual(widths[1] ?? 0);
  const { violations } = await new AxeBuilder({ page }).withTags(AXE_TAGS).analyze();
  expect(
    violations.map(({ id, nodes }) => `${id}: ${nodes[0]?.html}`),
    page.url(),
  ).toEqual([]);
}

test('two thousand service nodes register by signed transactions and send heartbeats; on a telephone the maintainer’s pages find each by page, name, class and status, and those that fall silent [6.2.1-a] [6.2.1-b] [7.2.3-b] [7.2.5-d]', async ({
  as,
  network,
}) => {
  test.setTimeout(400_000);
  const fallSilent = await network.joinNodes({ nodes: NODES, silent: SILENT });
  const maintainer = await as('Maintainer', { viewport: TELEPHONE });
  const table = maintainer.getByRole('table', { name: 'Nodes, those that have failed first' });
  const rows = table.getByRole('row').filter({ has: maintainer.getByRole('rowheader') });

  await test.step('the overview counts them', async () => {
    await look(maintainer, '/maintainer', 'Overview');
    const up = maintainer.locator('dt', { hasText: /^up$/ }).locator('xpath=following-sibling::dd[1]');
    await expect(up).toHaveText(/^2,00\d$/, { timeout: FAILED_MS });
  });

  await test.step('their list is paged, and every page is reached', async () => {
    await look(maintainer, '/maintainer/nodes?kind=agent', 'Nodes');
    await expect(rows).toHaveCount(PAGE_SIZE);
    const pager = maintainer.getByRole('navigation', { name: /^Pages/ });
    await expect(pager).toContainText(/2,00\d nodes/);
    await pager.getByRole('link', { name: /next/i }).click();
    await expect(maintainer).toHaveURL(/page=2/);
    await expect(rows).toHaveCount(PAGE_SIZE);
    await look(maintainer, '/maintainer/nodes?kind=agent&page=100', 'Nodes');
    await expect(rows).toHaveCount(PAGE_SIZE);
  });

  await test.step('one of them is found by its name, and its page shows its figures', async () => {
    await maintainer.getByLabel('Name or key').fill('Node 1234');
    await maintainer.getByRole('search', { name: 'Nodes' }).getByRole('button', { name: 'Search' }).click();
    await expect(rows).toHaveCount(1);
    await expectSound(maintainer);
    await rows.getByRole('link', { name: 'Node 1234' }).click();
    await expect(maintainer.getByRole('heading', { level: 1, name: 'Node 1234' })).toBeVisible();
    await expect(maintainer.getByText('300 MiB of 24,000 MiB')).toBeVisible();
    await expect(maintainer.getByRole('region', { name: 'In the register of nodes' })).toContainText('Node 1234');
    await expectSound(maintainer);
  });

  await test.step('classes are kept apart', async () => {
    await look(maintainer, '/maintainer/nodes', 'Nodes');
    await maintainer.getByRole('link', { name: 'validators', exact: true }).click();
    await expect(rows).toHaveCount(4);
    await maintainer.getByRole('link', { name: 'portals', exact: true }).click();
    await expect(rows).toHaveCount(1);
  });

  await test.step('those that fall silent are found by their status, and on the overview', async () => {
    fallSilent();
    await expect(async () => {
      await maintainer.goto('/maintainer/nodes?kind=agent&status=failed');
      await expect(maintainer.getByRole('navigation', { name: /^Pages/ })).toContainText(`${SILENT} nodes`, {
        timeout: 2_000,
      });
    }).toPass({ timeout: FAILED_MS });
    await expect(rows).toHaveCount(PAGE_SIZE);
    await expectSound(maintainer);
    await look(maintainer, '/maintainer', 'Overview');
    const told = maintainer.getByRole('table', { name: 'Nodes that have failed or are suspected' });
    await expect(told.getByText('failed', { exact: true }).first()).toBeVisible();
    await expect(maintainer.getByRole('link', { name: `All ${SILENT} open alerts` })).toBeVisible();
  });

  await test.step('a node provider reads the oldest that wait for admission, and how many do', async () => {
    const provider = await as('Node provider', { viewport: TELEPHONE });
    await look(provider, '/node-provider/nodes', 'Nodes and classes');
    const queue = provider.getByRole('list', { name: 'Admission queue', exact: true });
    await expect(queue.locator(':scope > li')).toHaveCount(PAGE_SIZE);
    await provider.getByRole('link', { name: `All ${NODES.toLocaleString('en')} nodes that wait` }).click();
    await expect(provider).toHaveURL(/status=registered/);
    await look(provider, '/node-provider/nodes?text=Node%201999', 'Nodes and classes');
    await provider.getByRole('link', { name: 'Node 1999' }).click();
    await expect(provider.getByText(/\d of 4 rules are met/).first()).toBeVisible();
  });
});
