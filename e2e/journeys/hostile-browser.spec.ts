import type { Page, Route } from '@playwright/test';
import { confirmSigning } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

// Each test brings one trouble of its own.
test.use({ translator: false });

const TABS = 8;

async function typeTransfer(page: Page, amount: string): Promise<void> {
  await page.goto('/customer/wallet');
  await page.getByLabel('To account').fill('A-1');
  await page.getByLabel('Amount').fill(amount);
}

/** What becomes of the action that submits: it is the third, after what the dialog shows and what is signed were asked for. */
async function onSubmit(page: Page, answer: (route: Route) => Promise<void>): Promise<void> {
  let actions = 0;
  await page.route('**/customer/wallet', (route) => {
    if (route.request().method() !== 'POST') return route.continue();
    actions += 1;
    return actions === 3 ? answer(route) : route.continue();
  });
}

const newestLine = (page: Page) => page.getByRole('table', { name: 'Statement, newest first' }).getByRole('row').nth(1);

test('eight tabs of one person hold one event stream, all of them load, and all of them hear the news', async ({
  as,
}) => {
  const first = await as('Customer');
  const open = new Set<unknown>();
  const context = first.context();
  context.on('request', (request) => {
    if (new URL(request.url()).pathname === '/api/events') open.add(request);
  });
  context.on('requestfinished', (request) => open.delete(request));
  context.on('requestfailed', (request) => open.delete(request));
  const tabs = [first];
  await first.goto('/customer/wallet');
  while (tabs.length < TABS) {
    const tab = await context.newPage();
    tabs.push(tab);
    await tab.goto('/customer/wallet');
    await expect(tab.getByRole('heading', { level: 1, name: 'Wallet' })).toBeVisible();
  }
  await expect.poll(() => open.size).toBe(1);

  const last = tabs.at(-1) ?? first;
  await typeTransfer(last, '0.75');
  await last.getByRole('button', { name: 'Sign and transfer 0.75 tokens' }).click();
  await confirmSigning(last);
  await expect(last.getByText('0.75 tokens went to A-1.')).toBeVisible();
  for (const tab of tabs) await expect(newestLine(tab)).toContainText('0.75');
  expect(open.size).toBe(1);
});

test('a page that breaks after a transfer has gone through says that the ledger has recorded it', async ({ as }) => {
  const page = await as('Customer');
  await typeTransfer(page, '0.5');
  await onSubmit(page, async (route) => {
    const response = await route.fetch();
    // As an extension does that moves parts of a page about.
    await page.evaluate(() => {
      const { removeChild } = Node.prototype;
      Node.prototype.removeChild = () => {
        Node.prototype.removeChild = removeChild;
        throw new DOMException('The node to be removed is not a child of this node.', 'NotFoundError');
      };
    });
    return route.fulfill({ response });
  });
  await page.getByRole('button', { name: 'Sign and transfer 0.5' }).click();
  await confirmSigning(page);
  await expect(page.getByRole('heading', { name: 'This page could not be put together' })).toBeVisible();
  await expect(
    page.getByText(/The ledger has recorded it, in block \d+: it is done. Do not sign it again/),
  ).toBeVisible();
  await expect(page.getByText(/try again/i)).toHaveCount(0);
});

test('when the answer to a transfer does not come, the form asks the ledger and says what it did', async ({ as }) => {
  const page = await as('Customer');
  await typeTransfer(page, '0.25');
  await onSubmit(page, async (route) => {
    await route.fetch();
    return route.abort('connectionreset');
  });
  await page.getByRole('button', { name: 'Sign and transfer 0.25 tokens' }).click();
  await confirmSigning(page);
  await expect(page.getByText('0.25 tokens went to A-1.')).toBeVisible();
  await expect(newestLine(page)).toContainText('0.25');
});

test('a page of an old version says so, offers to be loaded again, and what was typed comes back', async ({ as }) => {
  const page = await as('Customer');
  await typeTransfer(page, '12.5');
  // What a portal answers that was built anew: another version, and none of the actions that the old page knows.
  await page.route('**/api/v1/health', async (route) => {
    const response = await route.fetch();
    await route.fulfill({ response, headers: { ...response.headers(), 'x-interpool-version': 'another' } });
  });
  await page.route('**/customer/wallet', (route) =>
    route.request().method() === 'POST'
      ? route.fulfill({ status: 404, headers: { 'x-nextjs-action-not-found': '1' }, body: 'Server action not found.' })
      : route.continue(),
  );
  await page.getByRole('button', { name: 'Sign and transfer 12.5' }).click();
  await expect(page.getByRole('alertdialog').getByText('Nothing was sent. Load the page again.')).toBeVisible();
  await page.unrouteAll();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Back' }).click();
  await page.getByRole('button', { name: 'Load the page again' }).click();
  await expect(page.getByRole('button', { name: 'Sign and transfer 12.5' })).toBeVisible();
  await expect(page.getByLabel('To account')).toHaveValue('A-1');
  await expect(page.getByText('A new version of the portal is here')).toHaveCount(0);
});

test('a browser that refuses storage says so on the sign-in page, and offers no key that it could not keep [8.5.2-b]', async ({
  page,
}) => {
  await page.addInitScript(() => {
    IDBFactory.prototype.open = () => {
      throw new DOMException(
        'A mutation operation was attempted on a database that did not allow it.',
        'InvalidStateError',
      );
    };
  });
  await page.goto('/sign-in');
  await expect(page.getByRole('alert').filter({ hasText: 'This browser keeps nothing for this site' })).toBeVisible();
  await expect(page.getByRole('button', { name: 'Make a key and sign in' })).toHaveCount(0);
});

test('a page over plain http from another computer says what is missing and where to go instead, and lets itself be copied from', async ({
  browser,
  network,
}) => {
  const other = await browser.browserType().launch({
    executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--disable-gpu', '--host-resolver-rules=MAP portal.test 127.0.0.1'],
  });
  const page = await other.newPage();
  await page.goto(`http://portal.test:${network.port}/sign-in`);
  await expect(page.getByRole('alert').filter({ hasText: 'plain http from another computer' })).toBeVisible();
  await page.goto(`http://portal.test:${network.port}/explorer/blocks/2`);
  await page.getByRole('button', { name: /^Copy/ }).first().click();
  const text = page.getByRole('textbox', { name: /to be copied$/ });
  await expect(text).toBeFocused();
  await expect(text).not.toHaveValue('');
  await other.close();
});

test('a sample link that only changes the fragment of the open page is taken, and leaves the address bar', async ({
  page,
  network,
}) => {
  await page.goto('/sign-in');
  await expect(page.getByRole('button', { name: 'Make a key and sign in' })).toBeVisible();
  const { name, link } = network.person('Customer');
  await page.evaluate((hash) => (window.location.hash = hash), new URL(link).hash.slice(0, 40));
  await expect(page.getByText('This link holds no key')).toBeVisible();
  await page.evaluate((hash) => (window.location.hash = hash), new URL(link).hash);
  await expect(page.getByRole('button', { name: `Keep the key and sign in as ${name}` })).toBeVisible();
  await expect(page).not.toHaveURL(/sample=/);
});
