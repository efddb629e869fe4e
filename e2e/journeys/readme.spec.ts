import { execFileSync } from 'node:child_process';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import {
  applyAndGet,
  awaitLink,
  confirmSigning,
  describeUse,
  downloadReceipt,
  downloadText,
  openTab,
  signApplication,
} from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

const ROOT = path.resolve(import.meta.dirname, '../..');
const TITLE = 'Wildlife strikes reported to the FAA';
const USE = { purpose: 'planning', field: 'logistics', format: 'csv', calls: 10, megabytes: 10 } as const;

/** The numbered steps of a section of the README, each on one line. */
function stepsOf(section: string): string[] {
  const text = readFileSync(path.join(ROOT, 'README.md'), 'utf8').split(`## ${section}\n`)[1]?.split('\n## ')[0] ?? '';
  return text
    .split(/^\d+\. /m)
    .slice(1)
    .map((step) => step.replaceAll(/\s+/g, ' ').trim());
}

/** What a step emphasises: what a person has to find on the screen, or to type. */
function emphasised(step: string): string[] {
  return [...step.matchAll(/\*\*([^*]+)\*\*|(?<!\*)\*([^*]+)\*(?!\*)|`([^`]+)`/g)].map(
    ([, bold, italic, code]) => bold ?? italic ?? code ?? '',
  );
}

test('the first five minutes of the README can be walked word for word', async ({ as, page, network }) => {
  test.slow();
  const steps = stepsOf('The first five minutes');
  expect(steps).toHaveLength(7);
  let label = '';
  let receipt = '';
  const command = emphasised(steps[4] ?? '').at(-1) ?? '';
  /** For every step, what a person does with each word that it emphasises. */
  const walks: Record<string, () => Promise<unknown>>[] = [
    {
      "customer's": async () => {
        const { name, link } = network.person('Customer');
        await page.goto(link);
        await expect(page.getByText(name).first()).toBeVisible();
        await page.getByRole('button', { name: `Keep the key and sign in as ${name}` }).click();
        await expect(page).toHaveURL(/\/customer/);
      },
    },
    {
      Catalogue: async () => {
        await page.getByRole('link', { name: 'Catalogue' }).first().click();
        const resources = page.getByRole('table', { name: 'Resources in the catalogue' });
        await resources.getByRole('link', { name: TITLE }).click();
        await expect(page.getByRole('table', { name: 'Columns of the data' })).toBeVisible();
        await expect(page.getByText('use must be at most 2 hours').first()).toBeVisible();
      },
    },
    {
      Apply: async () => {
        await page.getByRole('link', { name: 'Apply to use it' }).click();
        await describeUse(page, 'Application', { ...USE, amount: 6, unit: 'hours' });
        await signApplication(page);
        const refusal = page.getByRole('alert').filter({ hasText: 'The contract refused this application' });
        await expect(refusal).toContainText('use must be at most 2 hours');
        await page.goBack();
        label = await applyAndGet(page, { ...USE, amount: 30, unit: 'seconds' });
      },
    },
    {
      'order page': async () => {
        await expect(page.getByRole('heading', { level: 1, name: label })).toBeVisible();
        await awaitLink(page);
        await expect(page.getByRole('button', { name: /curl/ }).first()).toBeVisible();
        expect(await downloadText(page)).toContain('\n');
        await page.getByRole('button', { name: 'Try the link' }).click({ timeout: 90_000 });
        await expect(page.getByText(/HTTP 410/)).toBeVisible();
      },
    },
    {
      receipt: async () => {
        await openTab(page, 'Receipts');
        receipt = test.info().outputPath('receipt.json');
        copyFileSync(await downloadReceipt(page), receipt);
      },
      'Verify a receipt': async () => {
        await page.goto('/verify');
        await expect(page.getByRole('heading', { level: 1, name: 'Verify a receipt' })).toBeVisible();
        await expect(page.getByRole('button', { name: 'Copy genesis hash' })).toBeVisible();
        await page.context().setOffline(true);
        await page.getByLabel('Receipt file').setInputFiles(receipt);
        await expect(page.getByText('Authentic', { exact: true })).toBeVisible();
        await page.context().setOffline(false);
      },
      [command]: async () => {
        const words = command.replace('receipt.json', receipt).replace('.interpool', network.home).split(' ');
        const said = execFileSync(words[0] ?? '', words.slice(1), { cwd: ROOT, encoding: 'utf8' });
        expect(said).toMatch(/authentic/i);
      },
    },
    {
      Customer: async () => {
        await page.getByRole('link', { name: 'Customer', exact: true }).click();
        await expect(page).toHaveURL(/\/customer$/);
      },
      'Run a sample task': async () => {
        await page.getByRole('link', { name: 'Run a sample task' }).click();
        await confirmSigning(page);
        await page.waitForURL(/\/customer\/requests\/\d+/);
      },
      Choose: async () => {
        await page.getByRole('button', { name: /^Choose for .*: cheapest/ }).click();
        await confirmSigning(page);
        await page.waitForURL(/\/customer\/tasks\/\d+/);
        await expect(page.getByRole('img', { name: /The picture of .*, whole/ })).toBeVisible({ timeout: 120_000 });
      },
    },
    {
      "provider's": async () => {
        const provider = await as('Provider');
        await provider.goto('/provider/orders');
        await provider.getByRole('link', { name: label, exact: true }).click();
        await expect(provider.getByRole('heading', { level: 1, name: label })).toBeVisible();
      },
      "node provider's": async () => {
        const voter = await as('Node provider');
        await expect(voter.getByRole('heading', { level: 1 })).toBeVisible();
        // A press that comes before the page's scripts are there opens nothing.
        await expect(async () => {
          await voter.getByRole('button', { name: 'Vote in favour' }).first().click();
          await expect(voter.getByRole('alertdialog')).toBeVisible({ timeout: 2_000 });
        }).toPass();
        const asked = await voter
          .getByRole('alertdialog')
          .getByText(/^P-\d+: .{10,}\.$/)
          .innerText();
        await voter.getByRole('alertdialog').getByRole('button', { name: /^Sign/ }).click();
        // Others were decided before: only the one that was voted on counts.
        const proposal = voter.getByRole('listitem', { name: `Proposal ${/^P-\d+/.exec(asked)?.[0]}`, exact: true });
        await expect(proposal.getByText('2 in favour, 0 against', { exact: false })).toBeVisible();
      },
    },
  ];
  expect(walks.map((step) => Object.keys(step))).toEqual(steps.map(emphasised));
  for (const step of walks) for (const walk of Object.values(step)) await walk();
});
