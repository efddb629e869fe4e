import { expect, test } from '../fixtures/test.ts';
import { applyAndGet, awaitLink, openResource } from '../fixtures/steps.ts';

const TITLE = 'Seattle daily weather, 2012 to 2015';

test.skip(
  ({ engine }) => engine === 'cometbft',
  'On CometBFT a validator is stopped on its own machine: npm run faults.',
);

test('one validator stops: the order goes on, the strip shows the gap, and it catches up when started again [8.2.1-a]', async ({
  as,
  network,
}) => {
  const page = await as('Customer');
  await network.control('stop-validator', '3');
  await openResource(page, TITLE);
  await applyAndGet(page, { purpose: 'research', field: 'weather', amount: 2, unit: 'minutes', format: 'csv' });
  await awaitLink(page);

  await page.goto('/explorer');
  const stopped = page.getByRole('listitem').filter({ has: page.getByText('stopped', { exact: true }) });
  await expect(stopped).toHaveCount(1);
  // The screen calls it as the command does.
  await expect(stopped).toContainText('Validator 3');
  await expect(stopped.getByRole('img')).toHaveAccessibleName(/missed/);

  await network.control('start-validator', '3');
  await expect(async () => {
    await page.reload();
    await expect(page.getByText('stopped', { exact: true })).toHaveCount(0, { timeout: 1_000 });
    await expect(page.getByText('running', { exact: true })).toHaveCount(4, { timeout: 1_000 });
  }).toPass({ timeout: 60_000 });
  await expect(async () => {
    const { validators } = JSON.parse(await network.control('status')) as { validators: { height: string }[] };
    expect(new Set(validators.map(({ height }) => height)).size).toBe(1);
  }).toPass({ timeout: 60_000 });
});
