import type { Page } from '@playwright/test';
import { chooseSource, confirmSigning, openPart, pairingCode, passTest } from '../fixtures/steps.ts';
import type { Network } from '../fixtures/network.ts';
import { expect, test } from '../fixtures/test.ts';

// A chain with people, validators and an agent, and nothing published yet: everything is done on the screens.
test.use({ chain: 'presets', history: false });
test.describe.configure({ mode: 'serial' });

const TITLE = '<b>Weather</b> for "planners" \u05D0\u05D1';
/** A summary as long as people paste them. */
const SUMMARY = 'ä'.repeat(500);

async function pairAgent(page: Page, network: Network): Promise<void> {
  await page.goto('/provider/agents');
  await page.getByLabel('Pairing code').fill(pairingCode(network));
  await page.getByRole('button', { name: 'Find the agent' }).click();
  await page.getByRole('button', { name: 'Sign and allow this key' }).click();
  await confirmSigning(page);
  await expect(page.getByRole('button', { name: 'Revoke its key' })).toBeVisible();
}

const heading = (page: Page, name: string) => page.getByRole('heading', { level: 2, name });

test('a preset publishes in few fields; a wrong rule is named at its own step; a reload and a second tab keep step and test [6.2.3-a] [6.2.3-b] [I.2-1]', async ({
  as,
  network,
}) => {
  const page = await as('Provider');
  await pairAgent(page, network);
  await page.goto('/provider/publish');
  await chooseSource(page, 'seattle-weather');
  await page.getByLabel('Title').fill(TITLE);
  await page.getByLabel('Tags').fill('weather');
  await page.getByLabel('Summary').fill(SUMMARY);
  await page.getByLabel('Licence').fill('CC BY 4.0');
  await passTest(page);

  await page.getByRole('radio', { name: 'Named partners' }).check({ force: true });
  await page.getByRole('button', { name: 'Next: Price' }).click();
  await expect(page.getByLabel('Find an account')).toBeFocused();
  await expect(page.getByText('until then nobody could be admitted')).toBeVisible();
  await page.getByLabel('Find an account').fill('nobody of this name');
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await expect(page.getByText('No account of the ledger is called so.')).toBeVisible();
  await page.getByLabel('Find an account').fill('A-2');
  await page.getByRole('button', { name: 'Find', exact: true }).click();
  await page.getByRole('button', { name: 'Name A-2' }).click();
  await expect(page.getByRole('list', { name: 'Named accounts' })).toContainText('A-2');

  await openPart(page, 'Rules of your own');
  await page.getByRole('button', { name: 'Add a rule' }).click();
  await page.getByLabel('What', { exact: true }).selectOption({ label: 'Calls of the use' });
  await page.getByLabel('Value', { exact: true }).fill('1,00');
  await page.getByRole('button', { name: 'Next: Price' }).click();
  await expect(page.getByLabel('Value', { exact: true })).toBeFocused();
  await expect(page.getByText('“1,00” is no whole number')).toBeVisible();
  await page.getByLabel('Value', { exact: true }).fill('1000');
  await page.getByRole('button', { name: 'Write rule 1 as text' }).click();
  const rule = page.getByLabel('Rule 1 as text');
  await expect(rule).toHaveValue('use.amount.calls <= 1000');
  for (const [text, why] of [
    ['use.amount.calls <= 1000 && use.colour == 1', 'Character 29'],
    ['use.amount.calls <= ', 'Character 18'],
    [`use.amount.calls <= 1000 || ${'true || '.repeat(200)}true`, 'at most 1,024'],
  ] as const) {
    await rule.fill(text);
    await page.getByRole('button', { name: 'Next: Price' }).click();
    await expect(rule).toBeFocused();
    await expect(page.getByText(why).first()).toBeVisible();
  }
  await rule.fill('use.amount.calls <= 500');
  await page.getByRole('button', { name: 'Show rule 1 as a form' }).click();
  await expect(page.getByLabel('Value', { exact: true })).toHaveValue('500');

  await openPart(page, 'In which ways');
  const filter = page.getByRole('group', { name: 'Row filter' });
  await filter.getByRole('button', { name: 'Add a comparison' }).click();
  await filter.getByLabel('Column', { exact: true }).selectOption('wind');
  await filter.getByLabel('Comparison', { exact: true }).selectOption({ label: 'is at least' });
  await filter.getByLabel('Value', { exact: true }).fill('1.234');
  await page.getByRole('button', { name: 'Next: Price' }).click();
  await expect(filter.getByLabel('Value', { exact: true })).toBeFocused();
  await filter.getByLabel('Value', { exact: true }).fill('2,5');
  await expect(page.getByText(/Rows: where .?wind.? is at least .?2\.5/)).toBeVisible();

  // Another preset takes back what was edited, and says so.
  await page.getByRole('radio', { name: 'Open to everyone' }).check({ force: true });
  await expect(page.getByText('The choice replaced what you had changed: rules of your own.')).toBeVisible();
  await page.getByRole('button', { name: 'Undo' }).click();
  await expect(page.getByRole('radio', { name: 'Named partners' })).toBeChecked();
  await expect(page.getByLabel('Value', { exact: true }).first()).toBeVisible();
  await page.getByRole('button', { name: 'Next: Price' }).click();
  await page.getByRole('radio', { name: 'By use' }).check({ force: true });
  await page.getByLabel('Price in tokens').fill('2,50');

  await page.reload();
  await expect(heading(page, 'Price')).toBeFocused();
  await expect(page.getByLabel('Price in tokens')).toHaveValue('2,50');
  const second = await page.context().newPage();
  await second.goto('/provider/publish');
  await expect(heading(second, 'Price')).toBeFocused();
  await second.getByLabel('Price in tokens').fill('3');
  await expect(page.getByLabel('Price in tokens')).toHaveValue('3');
  await expect(page.getByText('changed in another tab')).toBeVisible();
  await second.getByRole('button', { name: 'Next: Preview' }).click();
  // The tab that has moved stays where it is.
  await page.getByLabel('Price in tokens').fill('4');
  await expect(heading(page, 'Price')).toBeVisible();
  await expect(second.getByText('4.00 tokens per use')).toBeVisible();

  // A tab that heard nothing of it, as one that the browser has frozen, writes over nothing.
  const frozen = await page.context().newPage();
  await frozen.addInitScript(() =>
    addEventListener('storage', (event) => event.stopImmediatePropagation(), { capture: true }),
  );
  await frozen.goto('/provider/publish');
  await expect(heading(frozen, 'Preview')).toBeFocused();
  await frozen.getByRole('button', { name: 'Back' }).click();
  await page.getByLabel('Price in tokens').fill('4.5');
  await frozen.getByLabel('Price in tokens').fill('9');
  await expect(frozen.getByText('your last change here was not kept')).toBeVisible();
  await expect(frozen.getByLabel('Price in tokens')).toHaveValue('4.5');
  await page.getByLabel('Price in tokens').fill('4');
  await frozen.close();

  await second.getByRole('button', { name: 'Next: Sign' }).click();
  await second.getByRole('button', { name: 'Sign and publish' }).click();
  await confirmSigning(second);
  await second.waitForURL(/\/catalogue\/\d+/);
  await expect(second.getByRole('heading', { level: 1, name: TITLE })).toBeVisible();
  await expect(second.getByText('the account must be A-2').first()).toBeVisible();
  await expect(second.getByText('the calls of the use must be at most 500 calls').first()).toBeVisible();
  await expect(second.getByText(/where .?wind.? is at least .?2\.5/)).toBeVisible();
  await expect(page.getByText('finished in another tab')).toBeVisible();
  await expect(heading(page, 'Basics')).toBeVisible();
});

test('a revision says before the signature what changes, old beside new, and for whom [6.2.3-b] [8.5.3-a]', async ({
  as,
}) => {
  const page = await as('Provider');
  await page.goto('/provider/resources');
  await page.getByRole('link', { name: 'Change the strategy' }).click();
  await expect(page.getByRole('radio', { name: 'As in version 1' })).toBeChecked();
  await expect(page.getByText('Nothing is changed yet: there is nothing to sign.')).toBeVisible();
  await expect(page.getByRole('button', { name: 'Sign version 2' })).toBeDisabled();

  await page.getByLabel('Price in tokens').fill('5');
  await openPart(page, 'How much');
  await page.getByLabel('Customers at the same time, at most').fill('3');
  await openPart(page, 'Who');
  await page.getByRole('button', { name: 'Remove A-2' }).click();
  await page.getByRole('checkbox', { name: 'Only accounts that I name' }).uncheck();
  const changes = page.getByRole('table', { name: 'What changes' });
  await expect(changes.getByRole('row', { name: /^Price/ })).toContainText('4.00 tokens per use');
  await expect(changes.getByRole('row', { name: /^Price/ })).toContainText('5.00 tokens per use');
  await expect(changes.getByRole('row', { name: /^Customers at the same time/ })).toContainText('at most 3 places');
  await expect(changes.getByRole('row', { name: /^Condition, dropped/ })).toContainText('the account must be A-2');
  const whom = page.getByRole('region', { name: 'For whom' });
  await expect(whom).toContainText('No order runs');
  await expect(whom).toContainText('Applications signed for version 1');
  await expect(whom).toContainText('No customer yet');
  await expect(page.getByText('It does not change title, summary, tags, licence or source')).toBeVisible();

  // What is being changed outlives a reload as well.
  await page.reload();
  await expect(page.getByLabel('Price in tokens')).toHaveValue('5');
  await page.getByRole('button', { name: 'Sign version 2' }).click();
  await expect(page.getByRole('alertdialog')).toContainText('4.00 tokens per use → 5.00 tokens per use');
  await confirmSigning(page);
  await page.waitForURL(/\/catalogue\/\d+/);
  await expect(page.getByText('version 2, since')).toBeVisible();
});

test('a test that grows too old while one writes says so, and leads back to it [6.2.3-a]', async ({ as }) => {
  const page = await as('Provider');
  await page.clock.install();
  await page.goto('/provider/publish');
  await chooseSource(page, 'birdstrikes');
  await page.getByLabel('Tags').fill('weather');
  await page.getByLabel('Licence').fill('CC BY 4.0');
  await passTest(page);
  await expect(heading(page, 'Conditions')).toBeFocused();
  await expect(page.getByText('The test has expired')).toBeHidden();
  await page.clock.fastForward('25:00:00');
  await expect(page.getByText('The test has expired')).toBeVisible();
  await page.getByRole('button', { name: 'Back to the test' }).click();
  await expect(heading(page, 'Test')).toBeFocused();
  await expect(page.getByRole('button', { name: 'Next: Conditions' })).toBeDisabled();
});
