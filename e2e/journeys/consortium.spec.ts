import { networkDataJourney } from '../fixtures/network-data.ts';
import { expect, test } from '../fixtures/test.ts';

// Four CometBFT nodes, and two portals on one database that take turns for every single request.
// Here pages stand as they were made; the other journeys go through a page translator.
test.use({ chain: 'consortium', history: false, engine: 'cometbft', portals: 2, translator: false });

test.skip(!process.env.COMETBFT, 'COMETBFT names no program');

networkDataJourney();

test('node providers admit a validator by vote, and everybody sees whether it signs [6.2.1-a] [6.2.1-b] [7.2.2-d] [8.5.1-b]', async ({
  as,
  network,
}) => {
  const first = await as('Node provider');
  const second = await as('Node provider', { at: 1 });
  await first.goto('/node-provider/validators');
  const validators = first.getByRole('table', { name: /^Validators/ });
  await expect(validators.getByText('validating', { exact: true })).toHaveCount(4);

  await first.getByLabel('Name of the validator').fill('Fifth member');
  await first.getByLabel('Key and proof').fill(await network.offerValidator('A-3'));
  await first.getByRole('button', { name: 'Sign and propose the validator' }).click();
  await expect(first.getByText('The proposal is open')).toBeVisible();

  for (const page of [first, second]) {
    await page.goto('/node-provider');
    await page.getByRole('button', { name: 'Vote in favour' }).first().click();
    await page.getByRole('alertdialog').getByRole('button', { name: /^Sign/ }).click();
    await expect(page.getByRole('alertdialog')).toHaveCount(0);
    await expect(page.getByText(/^(You|A-\d+) voted in favour/).first()).toBeVisible();
  }
  await expect(async () => {
    await first.goto('/node-provider/validators');
    const row = validators.getByRole('row').filter({ hasText: 'Fifth member' });
    await expect(row.getByText('validating', { exact: true })).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 120_000 });

  // It does not run anywhere: with four of five the others go on, and the strip says that it is silent.
  await expect(async () => {
    await second.goto('/explorer');
    const member = second.getByRole('listitem').filter({ hasText: 'Fifth member' });
    await expect(member.getByText('silent', { exact: true })).toBeVisible({ timeout: 2_000 });
  }).toPass({ timeout: 120_000 });
});

test('both portals have answered, and each page was as new as the other [7.2.3-c]', async ({ network }) => {
  expect(network.served).toHaveLength(2);
  for (const count of network.served) expect(count).toBeGreaterThan(50);
});
