import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';

// One of its validators is stopped, its credit falls: nobody else should find it so. On CometBFT each validator is a machine of its own,
// which its operator starts.
test.use({ chain: 'drill', engine: 'embedded' });

const VALIDATOR = 'Validator 3';
const TOLD_MS = 45_000;
const ANSWERED_MS = 60_000;
/** Credit is evaluated at the end of the epoch after the one that was measured; the sample's epochs take a minute. */
const EVALUATED_MS = 240_000;

/** The node's credits, the newest first. */
async function creditsOf(page: Page): Promise<number[]> {
  await page.reload();
  const rows = page
    .locator('table', { has: page.locator('caption', { hasText: 'Changes of the credit' }) })
    .locator('tbody tr');
  // When, from, to; behind a part of the page that is closed at first.
  const cells = await Promise.all((await rows.all()).map((row) => row.locator('th, td').allTextContents()));
  return cells.map((texts) => Number(texts[2]?.replaceAll(',', '')));
}

test('a drill: a maintainer orders a validator to stop, the monitor finds it within 35 s while the network goes on, the keeper restarts it by a second order, its credit falls and recovers, and all of it stands on the ledger [8.5.1-d] [8.5.1-f] [6.2.2-d] [6.2.1-a]', async ({
  as,
}) => {
  test.setTimeout(720_000);
  const maintainer = await as('Maintainer');
  await maintainer.goto('/maintainer/repairs');
  await maintainer.getByText('Open an incident that no alert proposes').click();
  const node = maintainer.getByLabel('Node', { exact: true });
  await node.selectOption({ label: (await node.locator('option', { hasText: VALIDATOR }).first().innerText()).trim() });
  await maintainer.getByLabel('What is wrong').selectOption('drill');
  await maintainer.getByRole('button', { name: 'Sign and open', exact: true }).click();
  await maintainer.waitForURL(/\/maintainer\/repairs\/\d+$/);
  await maintainer.getByRole('button', { name: 'Sign and acknowledge' }).click();
  await maintainer.getByRole('button', { name: 'Sign and order: stop-validator' }).click();
  const steps = maintainer.getByRole('list', { name: 'Steps so far' }).getByRole('listitem');
  await expect(steps.first()).toContainText('It has stopped voting.', { timeout: ANSWERED_MS });

  const watcher = await as('Operator');
  await watcher.goto('/operator/alerts');
  const failed = watcher.getByRole('row').filter({ hasText: 'has failed' });
  await expect(failed.filter({ hasText: VALIDATOR }).first()).toBeVisible({ timeout: TOLD_MS });
  await watcher.goto('/explorer');
  const stopped = watcher.getByRole('listitem').filter({ has: watcher.getByText('stopped', { exact: true }) });
  await expect(stopped).toContainText(VALIDATOR);

  // Most of an epoch has to go by without it, so that what is measured of it is another.
  await maintainer.waitForTimeout(30_000);
  await maintainer.getByRole('button', { name: 'Sign and order: restart-validator' }).click();
  await expect(steps).toHaveCount(2);
  await expect(steps.nth(1)).toContainText(/It votes again, level at height \d+, after \d+ s\./, {
    timeout: ANSWERED_MS,
  });
  await expect(async () => {
    await watcher.reload();
    await expect(watcher.getByText('running', { exact: true })).toHaveCount(4, { timeout: 2_000 });
  }).toPass({ timeout: ANSWERED_MS });

  await maintainer.getByLabel('Closing note').fill('The drill is over.');
  await maintainer.getByRole('button', { name: 'Sign and close the incident' }).click();
  await expect(maintainer.locator('main header').getByText('restored', { exact: true })).toBeVisible();
  const times = maintainer.getByRole('table', { name: 'Timeline of the incident' }).getByRole('row');
  for (const name of ['Detected', 'Opened', 'Acknowledged', 'Repaired', 'Restored'])
    await expect(times.filter({ has: maintainer.getByRole('rowheader', { name }) })).toContainText(/\d{4}, [\d:]+ UTC/);

  const rater = await as('Node provider');
  await rater.goto('/node-provider/nodes/4/rating');
  await expect(rater.getByRole('heading', { level: 1, name: `Rating of ${VALIDATOR}` })).toBeVisible();
  await expect
    .poll(
      async () => {
        const credits = await creditsOf(rater);
        return credits.some((credit, index) => {
          const [after, before] = [Math.max(0, ...credits.slice(0, index)), credits[index + 1] ?? 0];
          return credit < before && after > credit;
        });
      },
      { timeout: EVALUATED_MS, intervals: [5_000] },
    )
    .toBe(true);
});
