import type { BrowserContext, Page } from '@playwright/test';
import { expect, test } from '../fixtures/test.ts';
import { injectWallet } from '../fixtures/injected-wallet.ts';

type Step = 'generateKey' | 'encrypt';

/**
 * Holds the first call of a cryptographic function in each of two tabs until the other tab has come as far: from then on both write
 * what they found out before. It is what two slow tabs do by chance, every time.
 */
async function meetAt(context: BrowserContext, steps: readonly Step[]): Promise<void> {
  const waiting = new Map<string, () => void>();
  await context.exposeFunction('meetTheOtherTab', (step: Step) => {
    const release = waiting.get(step);
    if (release !== undefined) return release();
    return new Promise<void>((resolve) => waiting.set(step, resolve));
  });
  await context.addInitScript((names) => {
    const { meetTheOtherTab } = window as unknown as { meetTheOtherTab: (step: string) => Promise<void> };
    for (const name of names) {
      const original = SubtleCrypto.prototype[name] as (...args: unknown[]) => Promise<unknown>;
      let hasMet = false;
      Object.defineProperty(SubtleCrypto.prototype, name, {
        value: async function (this: SubtleCrypto, ...args: unknown[]) {
          if (!hasMet) {
            hasMet = true;
            await meetTheOtherTab(name);
          }
          return original.apply(this, args);
        },
      });
    }
  }, steps);
}

async function typeName(page: Page, name: string): Promise<void> {
  await page.goto('/sign-in');
  await page.getByLabel('Name of the key').fill(name);
}

const makeKey = (page: Page): Promise<void> => page.getByRole('button', { name: 'Make a key and sign in' }).click();

async function typePassphrase(page: Page, passphrase: string): Promise<void> {
  await page.goto('/customer/account');
  await page.getByLabel('Passphrase of the encryption key').fill(passphrase);
}

const makeEncryptionKey = (page: Page): Promise<void> =>
  page.getByRole('button', { name: 'Make an encryption key' }).click();

test('two tabs that each make a first key at the same moment keep both, and both sign in afterwards [8.5.2-b]', async ({
  browser,
  network,
}) => {
  const context = await browser.newContext({ baseURL: network.origin });
  await meetAt(context, ['generateKey', 'encrypt']);
  const [left, right] = [await context.newPage(), await context.newPage()];
  await typeName(left, 'Ash');
  await typeName(right, 'Birch');
  await Promise.all([makeKey(left), makeKey(right)]);
  await Promise.all([left, right].map((tab) => expect(tab).toHaveURL(/\/customer/)));

  for (const name of ['Ash', 'Birch']) {
    const later = await context.newPage();
    await later.goto('/sign-in');
    await later.getByRole('button', { name: `Sign in as ${name}` }).click();
    await expect(later).toHaveURL(/\/customer/);
  }
  await context.close();
});

test('two tabs that each make an encryption key for one wallet keep the first, and the second tab says so [8.5.2-a]', async ({
  browser,
  network,
}) => {
  const context = await browser.newContext({ baseURL: network.origin });
  await injectWallet(context, 'Test Wallet');
  await meetAt(context, ['encrypt']);
  const [left, right] = [await context.newPage(), await context.newPage()];
  await left.goto('/sign-in');
  await left.getByRole('button', { name: 'Sign in with Test Wallet' }).click();
  await left.waitForURL(/\/customer/);
  await typePassphrase(left, 'a long passphrase on the left');
  await typePassphrase(right, 'a long passphrase on the right');
  await Promise.all([makeEncryptionKey(left), makeEncryptionKey(right)]);
  const isLate = async (tab: Page) => (await tab.getByText('Another tab has kept an encryption key').count()) === 1;
  const late = async () => [await isLate(left), await isLate(right)].join();
  await expect.poll(late).toMatch(/^(true,false|false,true)$/);

  // The key that stands is the first one's: only its passphrase opens it.
  const [second, first] = (await isLate(left)) ? [left, 'right'] : [right, 'left'];
  await typePassphrase(second, `a long passphrase on the ${first}`);
  await second.getByRole('button', { name: 'Unlock the encryption key' }).click();
  await expect(second.getByLabel('Passphrase of the encryption key')).toBeHidden();
  await context.close();
});

test('two tabs at a browser’s first visit pin one anchor, and a later visit still trusts that one', async ({
  browser,
  network,
}) => {
  const context = await browser.newContext({ baseURL: network.origin });
  const tabs = [await context.newPage(), await context.newPage()];
  const originOf = async (tab: Page) => {
    await tab.goto('/verify');
    return tab.getByText(/^pinned by this browser on .*, at its first visit$/).innerText();
  };
  const [left, right] = await Promise.all(tabs.map(originOf));
  expect(left).toBe(right);
  const later = await context.newPage();
  await later.clock.install({ time: Date.now() + 86_400_000 });
  expect(await originOf(later)).toBe(left);
  await context.close();
});
