import type { Page } from '@playwright/test';
import { ANSWERED_MS, ask, awaitOperator, SUBSCRIBER } from '../fixtures/identity.ts';
import { readRelay, RELAY_TITLE, signConnection } from '../fixtures/relay.ts';
import { openTunnel, serveSteadyLine, type SteadyLine, type Tunnel } from '../fixtures/steady-line.ts';
import { confirmSigning, openResource, openTab, valueOf } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

// A fresh network: nobody is identified yet.
test.use({ chain: 'identity-session' });

const SETTLED_MS = 240_000;
/** Longer than two of the chunks that come ten times a second. */
const QUIET_MS = 1_000;

let line: SteadyLine | undefined;
test.beforeEach(async () => {
  line = await serveSteadyLine();
});
test.afterEach(() => line?.close());

/** The operator says that it knows who asks. */
async function answer(person: Page, operator: Page): Promise<void> {
  const request = operator.getByRole('article', { name: /^Request of A-/ });
  await request.getByRole('button', { name: 'Sign and identify' }).click({ timeout: ANSWERED_MS });
  await expect(operator.getByText('Nobody waits')).toBeVisible();
  await expect(person.getByText(/reviewed by a person, until/)).toBeVisible();
}

/** Bytes go on to come through the tunnel. */
async function flows(tunnel: Tunnel): Promise<void> {
  const before = tunnel.bytes();
  await expect.poll(() => tunnel.bytes(), { timeout: 30_000 }).toBeGreaterThan(before);
}

test('an identification is renewed and a running session goes on; it is revoked in the middle of it: bytes stop at once, what was served is paid, and both sides read why [8.5.2-a] [8.5.2-d] [I.3-5]', async ({
  as,
}) => {
  test.setTimeout(900_000);
  if (line === undefined) throw new Error('nothing sends bytes');
  const person = await as('Customer');
  const operator = await as('Operator');
  const provider = await as('Provider 3');

  await test.step('a provider admits only accounts that an operator has identified', async () => {
    await provider.goto('/provider/resources');
    await provider
      .getByRole('listitem', { name: RELAY_TITLE })
      .getByRole('link', { name: 'Change the strategy' })
      .click();
    const asks = provider.getByRole('checkbox', { name: 'Only accounts that an operator has identified' });
    await provider
      .locator('summary')
      .filter({ has: provider.getByText('Who', { exact: true }) })
      .click();
    await asks.check({ force: true });
    await provider.getByRole('button', { name: 'Sign version 2' }).click();
    await confirmSigning(provider);
    await provider.waitForURL(/\/catalogue\/\d+/);
  });

  await test.step('identified, a person buys a connection that runs by that', async () => {
    await awaitOperator(person);
    await ask(person, SUBSCRIBER);
    await operator.goto('/operator/identity');
    await answer(person, operator);
    await openResource(person, RELAY_TITLE);
    await person.getByRole('link', { name: 'Apply to use it' }).click();
    await signConnection(person);
  });
  const order = person.url();
  const tunnel = await openTunnel(await readRelay(person), line.port);
  await test.step('its page says so, and bytes flow', async () => {
    await flows(tunnel);
    await openTab(person, 'Overview');
    await expect(valueOf(person, 'Runs by')).toContainText('Northmere Operations');
  });

  await test.step('renewed before its end it goes on without a gap', async () => {
    await person.goto('/customer/identity');
    await expect(person.getByText('1 order of yours runs by it: O-')).toBeVisible();
    await expect(person.getByText('You can renew it from now on')).toBeVisible();
    await ask(person, SUBSCRIBER);
    await operator.goto('/operator/identity');
    await expect(operator.getByText('It would renew your identification of this account')).toBeVisible();
    await answer(person, operator);
    await flows(tunnel);
    await expect(person.getByText('1 order of yours runs by it: O-')).toBeVisible();
    expect(tunnel.isOpen()).toBe(true);
  });

  await test.step('revoked in the middle of it, bytes stop', async () => {
    await operator.goto('/operator/identity');
    await operator.getByRole('button', { name: 'Revoke' }).click();
    await expect(operator.getByRole('alertdialog')).toContainText('1 order of the account runs by it and ends at once');
    await operator.getByLabel('Reason').selectOption('misuse');
    await operator.getByRole('button', { name: 'Sign and revoke' }).click();
    await expect.poll(() => tunnel.isOpen(), { timeout: 30_000 }).toBe(false);
    const stopped = tunnel.bytes();
    await person.waitForTimeout(QUIET_MS);
    expect(tunnel.bytes()).toBe(stopped);
  });

  await test.step('both sides read what ended and why, and the bill charges what was served', async () => {
    await expect(person.getByText('it was taken back: it was misused')).toBeVisible();
    await expect(person.getByText('1 order ended with it: O-')).toBeVisible();
    await person.goto('/customer');
    await expect(person.getByText('1 order ended with your identification')).toBeVisible();
    await provider.goto('/provider');
    await expect(provider.getByText('1 order ended with the identification of its customer')).toBeVisible();
    await person.goto(order);
    await openTab(person, 'Overview');
    await expect(person.getByText('The customer’s identification, which its conditions ask for, ended')).toBeVisible();
    await expect(person.getByText('settled', { exact: true }).first()).toBeVisible({ timeout: SETTLED_MS });
    await openTab(person, 'Money');
    await expect(valueOf(person, 'Charged')).toHaveText(/^0\.00\d+ tokens$/);
    await expect(valueOf(person, 'Returned to the customer')).toHaveText(/^0\.1\d+ tokens$/);
    await expect(person.getByText('unexplained: 0')).toBeVisible();
  });
});
