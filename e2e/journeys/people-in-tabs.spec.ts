import type { Page } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';
import { openResource } from '../fixtures/steps.ts';
import type { Network } from '../fixtures/network.ts';

const TITLE = 'Seattle daily weather, 2012 to 2015';

async function signIn(page: Page, network: Network, role: string): Promise<string> {
  const { name, link } = network.person(role);
  await page.goto(link);
  await page.getByRole('button', { name: `Keep the key and sign in as ${name}` }).click();
  await expect(page).not.toHaveURL(/sign-in/);
  return name;
}

test('a second person who signs in leaves the first one’s open page and what was typed there alone, and each tab can switch', async ({
  browser,
  network,
}) => {
  const context = await browser.newContext({ baseURL: network.origin });
  const [first, second] = [await context.newPage(), await context.newPage()];
  await signIn(first, network, 'Customer');
  await expect(first).toHaveURL(/\/customer$/);
  await openResource(first, TITLE);
  await first.getByRole('link', { name: 'Apply to use it' }).click();
  const apply = first.getByRole('button', { name: /^Apply for/ });
  await expect(apply).toBeEnabled();
  const length = first.getByLabel('How long');
  await length.fill('7');
  await expect(apply).toHaveText('Apply for 7 hours');

  await signIn(second, network, 'Provider');
  await expect(second).toHaveURL(/\/provider$/);
  const note = (page: Page) => page.getByText(/^This page is .*’s$/);
  await expect(note(first)).toBeVisible();
  await expect(note(second)).toBeHidden();
  // A press on what stands there would be the provider's: nothing takes it.
  await expect(apply.click({ trial: true, timeout: 2_000 })).rejects.toThrow(/intercepts pointer events|Timeout/);

  await first.getByRole('button', { name: /^Switch to / }).click();
  await expect(note(first)).toBeHidden();
  await expect(length).toHaveValue('7');
  await expect(first).toHaveURL(/\/customer\/apply\//);
  await expect(apply).toHaveText('Apply for 7 hours');

  // Now it is the other tab's turn, and its session stands as well: no signature is asked for.
  await expect(note(second)).toBeVisible();
  await second.getByRole('button', { name: /^Switch to / }).click();
  await expect(note(second)).toBeHidden();
  await second.reload();
  await expect(second.getByRole('heading', { level: 1, name: 'Provider' })).toBeVisible();
  await expect(note(first)).toBeVisible();
  await first.getByRole('button', { name: /^Go on as / }).click();
  await expect(first).toHaveURL(/\/provider$/);
  await context.close();
});

test('a part of a page that was asked for before another person signed in is not shown to that tab’s person, who switches and has the page back', async ({
  browser,
  network,
}) => {
  const context = await browser.newContext({ baseURL: network.origin });
  const [first, second] = [await context.newPage(), await context.newPage()];
  const customer = await signIn(first, network, 'Customer');
  await expect(first).toHaveURL(/\/customer$/);
  const heading = first.getByRole('heading', { level: 1 });
  await expect(heading).toBeVisible();
  // The refresh is under way while the provider signs in, and reaches the server after; so is the one of the page's own, if its stream opens just then.
  const signedIn = Promise.withResolvers<undefined>();
  const asked = first.waitForRequest((request) => request.headers()['rsc'] !== undefined);
  await first.route(
    (url) => url.pathname === '/customer',
    async (route) => {
      await signedIn.promise;
      // The cookies of this moment, not of the moment it was asked.
      const { cookie: _, ...headers } = route.request().headers();
      await route.fulfill({ response: await route.fetch({ headers }) });
    },
  );
  await first.evaluate('next.router.refresh()');
  await asked;
  await signIn(second, network, 'Provider');
  const note = first.getByText(/^This page is .*’s$/);
  await expect(note).toBeVisible();
  signedIn.resolve(undefined);
  await expect(first.getByText(/The page comes back once you switch/)).toBeVisible();
  await expect(note).toContainText(customer);
  await expect(heading).toBeHidden();
  await first.getByRole('button', { name: /^Switch to / }).click();
  await expect(note).toBeHidden();
  await expect(heading).toBeVisible();
  await expect(first.getByRole('banner')).toContainText(customer);
  await context.close();
});

test('who has signed out comes back by a signature alone, also where the same person had signed in twice', async ({
  browser,
  network,
}) => {
  const context = await browser.newContext({ baseURL: network.origin });
  const [first, second] = [await context.newPage(), await context.newPage()];
  const name = await signIn(first, network, 'Customer');
  await second.goto('/sign-in');
  await second.getByRole('button', { name: `Sign in as ${name}` }).click();
  await expect(second).toHaveURL(/\/customer$/);
  await expect(first.getByText(/^This page is/)).toBeHidden();
  await second.getByRole('button', { name: 'Sign out' }).click();
  await expect(first.getByText(/Nobody is signed in in this browser any more/)).toBeVisible();
  await first.getByRole('button', { name: /^Switch to / }).click();
  await expect(first.getByText(/has ended/)).toBeVisible();
  // The page of before goes on once its person is back.
  await second.goto('/sign-in');
  await second.getByRole('button', { name: `Sign in as ${name}` }).click();
  await expect(first.getByText(/^This page is/)).toBeHidden();
  await context.close();
});

test('an order that its provider opens under the customer’s address is shown as the provider’s, and the other way round', async ({
  as,
  network,
}) => {
  const provider = await as('Provider');
  await provider.goto('/provider/orders');
  // Others of the same network may have bought as well: the order must not be one of the stranger’s own.
  const orders = provider.getByRole('row').filter({ hasText: network.person('Customer').name });
  const href = await orders.first().getByRole('link', { name: /^O-/ }).getAttribute('href');
  const id = /\d+$/.exec(href ?? '')?.[0];
  await provider.goto(`/customer/orders/${id}`);
  await expect(provider).toHaveURL(new RegExp(`/provider/orders/${id}$`));
  await expect(provider.getByRole('tablist', { name: 'Order' })).toBeVisible();
  const stranger = await as('Node provider');
  const response = await stranger.goto(`/customer/orders/${id}`);
  expect(response?.status()).toBe(404);
});
