import type { Page } from '@playwright/test';
import { applyAndGet, awaitLink, openResource } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

// An account of it is identified, and its rewards are counted to the last.
test.use({ chain: 'rewards' });

/** As the sample’s operator has it in its own file. */
const PERSON = { name: 'Ruben Castellay', document: 'LM 903-554', subscriber: '+1 555 0101' };
const USE = { purpose: 'planning', field: 'logistics', format: 'csv', amount: 1, unit: 'minutes' } as const;
/** An epoch of the sample is a minute; what maintainers measured in one counts in the second behind it. */
const REWARDED_MS = 240_000;

/** `0.02 tokens` as micro-units. */
function micro(text: string | null): number {
  const figure = /([\d,]+\.\d+)\s*tokens/.exec(text ?? '')?.[1] ?? '';
  return Math.round(Number(figure.replaceAll(',', '')) * 1_000_000);
}

async function figure(page: Page, name: string): Promise<number> {
  const cell = page.getByRole('definition').filter({ has: page.locator(`xpath=preceding-sibling::dt[.="${name}"]`) });
  return micro(await cell.first().textContent());
}

test('an identified provider is rewarded from the treasury for being there and for what it served, with every fact and formula beside the amount, and everybody sees pool, treasury and supply [8.2.3-a] [I.3-10]', async ({
  as,
}) => {
  test.setTimeout(600_000);
  const provider = await as('Provider');
  const operator = await as('Operator');
  const customer = await as('Customer');

  await test.step('nothing of a provider counts before an operator has identified it', async () => {
    await provider.goto('/customer/rewards');
    await expect(provider.getByText('No operator has identified this account')).toBeVisible();
    await expect(provider.getByRole('table', { name: 'Rules of rewards' }).getByRole('row')).toHaveCount(5);
    await provider.goto('/customer/identity');
    await provider.getByLabel('Name', { exact: true }).fill(PERSON.name);
    await provider.getByLabel('Document number').fill(PERSON.document);
    await provider.getByLabel('Subscriber number').fill(PERSON.subscriber);
    await provider.getByRole('button', { name: 'Sign and ask' }).click();
    await expect(provider.getByText('It waits for the operator’s answer.')).toBeVisible();
    await operator.goto('/operator/identity');
    await operator.getByRole('button', { name: 'Sign and identify' }).first().click({ timeout: 60_000 });
    await expect(operator.getByRole('table', { name: 'Accounts that you have identified' })).toBeVisible();
  });

  await test.step('a customer uses what it shares, and the order is settled', async () => {
    await openResource(customer, 'Wildlife strikes reported to the FAA');
    await applyAndGet(customer, USE);
    await awaitLink(customer);
    await expect(customer.getByText('settled', { exact: true }).first()).toBeVisible({ timeout: REWARDED_MS });
  });

  await test.step('its rewards stand with facts, formula and amount', async () => {
    const paid = provider.getByRole('table', { name: 'Rewards by epoch, newest first' });
    await expect(async () => {
      await provider.goto('/customer/rewards');
      await expect(paid.getByText(/Being there: 1,000 ‰ online; .* = 10,000 points/).first()).toBeVisible();
      await expect(paid.getByText(/Serving: .* kept, .* of fees; hours kept × 0\.05 tokens/).first()).toBeVisible();
    }).toPass({ timeout: REWARDED_MS });
    const rows = await paid
      .getByRole('row')
      .filter({ has: provider.getByRole('rowheader') })
      .all();
    const amounts = await Promise.all(rows.map(async (row) => micro(await row.getByRole('cell').last().textContent())));
    expect(amounts.every((amount) => amount > 0)).toBe(true);
    expect(await figure(provider, 'Earned so far')).toBe(amounts.reduce((sum, amount) => sum + amount, 0));
  });

  await test.step('the wallet has each of them as a reward from the treasury', async () => {
    await provider.goto('/customer/wallet');
    await expect(provider.getByText('Reward from the treasury').first()).toBeVisible();
  });

  await test.step('what was paid came from the treasury, and the supply is what it was', async () => {
    await customer.goto('/');
    const [supply, treasury, paid] = await Promise.all(
      ['Supply', 'Treasury', 'Rewards paid'].map((name) => figure(customer, name)),
    );
    await expect(async () => {
      await customer.goto('/');
      expect(await figure(customer, 'Rewards paid')).toBeGreaterThan(paid!);
    }).toPass({ timeout: REWARDED_MS });
    const more = (await figure(customer, 'Rewards paid')) - paid!;
    // Nobody orders meanwhile, so no fee comes in.
    expect(await figure(customer, 'Treasury')).toBe(treasury! - more);
    expect(await figure(customer, 'Supply')).toBe(supply);
  });
});
