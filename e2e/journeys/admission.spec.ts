import type { Locator, Page } from '@playwright/test';
import { confirmSigning, pairingCode } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

// Its agent registers before anybody admits it, and the rules for access change.
test.use({ chain: 'admission', history: false });
// The second begins with the node that the first has admitted.
test.describe.configure({ mode: 'serial' });

const AGENT = 'Larkspur agent';
const VERSION_RULE = 'node.software.number >= 99000000';
const VERSION_SENTENCE = 'The node must run version 99.0.0 or a later one.';
const PLACE_RULE = "node.endpoint.startsWith('https://')";
const PLACE_SENTENCE = 'The node must be reached by https, wherever it stands.';
/** A paired agent learns of its key, and registers with it. */
const REGISTERED_MS = 60_000;

async function sign(page: Page): Promise<void> {
  const dialog = page.getByRole('alertdialog');
  await dialog.getByRole('button', { name: /^Sign/ }).click();
  await expect(dialog).toHaveCount(0);
}

/** Both node providers vote in favour of what is open. */
async function passBy(pages: readonly Page[]): Promise<void> {
  for (const page of pages) {
    await page.goto('/node-provider');
    await page.getByRole('button', { name: 'Vote in favour' }).first().click();
    await sign(page);
    await expect(page.getByText('Nothing needs you').or(page.getByText('awaits admission')).first()).toBeVisible();
  }
}

const queued = (page: Page): Locator =>
  page.getByRole('list', { name: 'Admission queue' }).getByRole('listitem', { name: AGENT });

test('a node that registered is refused by the rules for access, each failing one named, and admitted once a vote has changed them; who is no node provider sees it and can do nothing [6.2.1-b] [8.2.5-b]', async ({
  as,
  network,
}) => {
  test.setTimeout(400_000);
  const first = await as('Node provider');
  const second = await as('Node provider', { at: 1 });
  const provider = await as('Provider');

  await test.step('an agent that its owner allows registers as a node, and stands in the queue', async () => {
    await first.goto('/node-provider');
    await expect(first.getByText('Nothing needs you')).toBeVisible();
    await provider.goto('/provider/agents');
    await provider.getByLabel('Pairing code').fill(pairingCode(network));
    await provider.getByRole('button', { name: 'Find the agent' }).click();
    await provider.getByRole('button', { name: 'Sign and allow this key' }).click();
    await confirmSigning(provider);
    await first.getByRole('link', { name: '1 node awaits admission' }).click({ timeout: REGISTERED_MS });
    await expect(queued(first)).toContainText('4 of 4 rules are met: it would be admitted');
  });

  await test.step('its owner reads the same, and may only take it out', async () => {
    await provider.goto('/node-provider/nodes');
    await expect(queued(provider)).toContainText('4 of 4 rules are met');
    await expect(queued(provider).getByRole('button', { name: 'Admit' })).toHaveCount(0);
    await expect(queued(provider).getByRole('button', { name: 'Retire' })).toBeVisible();
    const customer = await as('Customer');
    await customer.goto('/node-provider/nodes');
    await expect(queued(customer)).toBeVisible();
    await expect(queued(customer).getByRole('button')).toHaveCount(0);
    await customer.goto('/node-provider/access');
    await expect(customer.getByRole('list', { name: 'Rules for access' }).getByRole('listitem')).toHaveCount(4);
    await expect(customer.getByRole('button', { name: 'Sign and propose the rules' })).toHaveCount(0);
  });

  await test.step('a rule that cannot be evaluated is told of in a sentence, and is not signed', async () => {
    await first.goto('/node-provider/access');
    await first.getByLabel('Rule 1 as text').fill('node.colour == 1');
    await expect(first.getByText('a rule cannot read')).toBeVisible();
    await first.getByRole('button', { name: 'Sign and propose the rules' }).click();
    await expect(first.getByText('The proposal is open')).toHaveCount(0);
  });

  await test.step('stricter rules are proposed, with what the node would get, and voted for', async () => {
    await first.getByLabel('Rule 1 as text').fill(VERSION_RULE);
    await first.getByLabel('What must hold 1').fill(VERSION_SENTENCE);
    await first.getByLabel('Rule 2 as text').fill(PLACE_RULE);
    await first.getByLabel('What must hold 2').fill(PLACE_SENTENCE);
    const row = first
      .getByRole('table', { name: 'What each node would get' })
      .getByRole('row')
      .filter({ hasText: AGENT });
    await expect(row.getByText('admitted', { exact: true })).toBeVisible();
    await expect(row.getByText('refused', { exact: true })).toBeVisible();
    await expect(row).toContainText(VERSION_SENTENCE);
    await first.getByRole('button', { name: 'Sign and propose the rules' }).click();
    await expect(first.getByText('The proposal is open')).toBeVisible();
    await second.goto('/node-provider');
    await expect(second.getByRole('list', { name: 'Rules as they would be evaluated' })).toContainText(VERSION_RULE);
    await passBy([first, second]);
  });

  await test.step('its admission is refused, and both failing rules are named with what was found', async () => {
    await first.goto('/node-provider/nodes');
    await expect(queued(first)).toContainText('2 of 4 rules are met: it would be refused');
    await queued(first).getByRole('button', { name: 'Admit' }).click();
    await sign(first);
    const failed = queued(first).getByRole('list', { name: 'Rules that failed' }).getByRole('listitem');
    await expect(failed).toHaveCount(2);
    await expect(failed.nth(0)).toContainText(VERSION_SENTENCE);
    await expect(failed.nth(0)).toContainText(/node\.software\.number: \d+/);
    await expect(failed.nth(1)).toContainText(PLACE_SENTENCE);
    await queued(first).getByRole('link', { name: AGENT }).click();
    await expect(
      first.locator('dt', { hasText: 'Failed admissions' }).locator('xpath=following-sibling::dd'),
    ).toHaveText('1');
  });

  await test.step('once a vote has taken both rules away it is admitted, by whom and why', async () => {
    await first.goto('/node-provider/access');
    await first.getByRole('button', { name: 'Remove rule 1' }).click();
    await first.getByRole('button', { name: 'Remove rule 1' }).click();
    await first.getByRole('button', { name: 'Sign and propose the rules' }).click();
    await expect(first.getByText('The proposal is open')).toBeVisible();
    await passBy([first, second]);
    await second.goto('/node-provider/nodes');
    await queued(second).getByRole('button', { name: 'Admit' }).click();
    await sign(second);
    await expect(second.getByText('No node waits for its admission')).toBeVisible();
    await second.getByRole('table', { name: 'Nodes of the register' }).getByRole('link', { name: AGENT }).click();
    await expect(second.locator('main header').getByText('on probation', { exact: true })).toBeVisible();
    const change = second
      .getByRole('table', { name: /^Changes of its status/ })
      .getByRole('row')
      .nth(1);
    await expect(change).toContainText('it meets the rules for access');
    // Without the sample's history nobody has a public name.
    await expect(change.getByRole('link', { name: /^A-\d+$/ })).toBeVisible();
  });
});

test('what would be by other weights stands beside each change that is proposed, and a rating is tried out without signing [8.5.1-d]', async ({
  as,
}) => {
  const page = await as('Node provider');
  await page.goto('/node-provider/rating');
  await page.getByLabel('Weight of the history').fill('many');
  await expect(page.getByText('Change a value above')).toBeVisible();
  await page.getByLabel('Weight of the history').fill('600');
  const change = page.getByRole('list', { name: 'Changes to propose' }).getByRole('listitem');
  await expect(change).toHaveText(/Weight of the history: from 300 to 600/);
  await change.getByRole('button', { name: 'Propose it' }).click();
  await sign(page);
  await expect(change).toContainText('The proposal is open');

  await page.goto('/node-provider/nodes');
  await page.getByRole('table', { name: 'Nodes of the register' }).getByRole('link', { name: AGENT }).click();
  await page.getByRole('link', { name: 'Its rating' }).click();
  await expect(page.getByText('It has not been evaluated yet')).toBeVisible();
  const permitted = page.getByRole('list', { name: 'What that credit would permit' }).getByRole('listitem');
  await expect(permitted.filter({ hasText: 'publish resources' })).toContainText(/^permitted/);
  await page.getByLabel('Time online, per mille').fill('0');
  await page.getByLabel('Activity in an epoch').fill('0');
  await page.getByLabel('Orders broken').fill('99');
  await page.getByLabel('Probes that failed, per mille').fill('1000');
  await expect(permitted.filter({ hasText: 'publish resources' })).toContainText(/^not permitted/);
});
