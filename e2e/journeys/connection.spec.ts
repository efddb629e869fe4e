import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { serveCountedPage, type CountedPage } from '../fixtures/counted-page.ts';
import { claimedBytes, readRelay, RELAY_TITLE, signConnection, type Relay } from '../fixtures/relay.ts';
import { endEarly, openResource, openTab } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';
import { browseThrough } from '../fixtures/tunnels.ts';

const PICTURE_BYTES = 3_000_000;
const run = promisify(execFile);

/** Finds the relay in the catalogue, and buys a use of it. */
async function buyConnection(page: Page): Promise<void> {
  await openResource(page, RELAY_TITLE);
  await page.getByRole('link', { name: 'Apply to use it' }).click();
  await signConnection(page);
}

/** How curl is told that a tunnel is refused: the status of HTTP, and the reply of SOCKS. */
async function refusalOf(url: string, { address, user, password }: Relay): Promise<{ status: string; reply: string }> {
  const login = ['--proxy-user', `${user}:${password}`, '-o', '/dev/null', '-sS', '--max-time', '20'];
  const told = async (...args: string[]): Promise<string> =>
    run('curl', [...login, ...args, url]).then(
      ({ stdout }) => stdout,
      (error: { stdout: string; stderr: string }) => `${error.stdout} ${error.stderr}`,
    );
  const http = await told('--proxytunnel', '--proxy', `http://${address}`, '-w', '%{http_connect}');
  const socks = await told('--socks5-hostname', address);
  return { status: /^\d+/.exec(http)?.[0] ?? http, reply: /\((\d+)\)\s*$/.exec(socks.trim())?.[1] ?? socks };
}

let target: CountedPage | undefined;
test.beforeEach(async () => {
  target = await serveCountedPage(PICTURE_BYTES);
});
test.afterEach(() => target?.close());

test('a customer buys a connection, browses through the relay, is refused the provider’s own network, pays for the bytes that an independent counter saw, and is cut off at the end [I.3-5] [8.4.3-a] [8.4.3-b] [8.5.2-c]', async ({
  as,
  browser,
}) => {
  test.setTimeout(240_000);
  if (target === undefined) throw new Error('the page to reach is not served');
  const { port, bytes } = target;
  const page = await as('Customer');
  await buyConnection(page);
  const relay = await readRelay(page);
  const url = `https://127.0.0.1:${port}/`;
  const reached = await browseThrough(browser, relay);

  await test.step('a real browser fetches a page by its proxy settings', async () => {
    await reached.goto(url);
    await expect(reached.getByRole('heading', { name: 'Reached through the relay' })).toBeVisible();
    const width = () => reached.locator('img').evaluate((image: HTMLImageElement) => image.naturalWidth);
    await expect.poll(width, { timeout: 30_000 }).toBe(1_024);
    expect(bytes.out).toBeGreaterThan(PICTURE_BYTES * 0.99);
    // What the page says of the use comes from the gateway's own count.
    await expect(page.getByText(/^3\.\d+ MB of 100 MB$/)).toBeVisible({ timeout: 30_000 });
  });

  await test.step('the same by curl and SOCKS5', async () => {
    const before = bytes.out;
    const { stdout } = await run('curl', [
      '-sS',
      '-k',
      '--socks5-hostname',
      relay.address,
      '--proxy-user',
      `${relay.user}:${relay.password}`,
      url,
    ]);
    expect(stdout).toContain('Reached through the relay');
    expect(bytes.out).toBeGreaterThan(before);
  });

  await test.step('what is no address of the Internet, and another port, is refused by the right code', async () => {
    for (const refused of ['http://10.0.0.1/', 'http://169.254.169.254/', 'http://[::1]/', 'http://127.0.0.1:3000/'])
      expect([refused, await refusalOf(refused, relay)]).toEqual([refused, { status: '403', reply: '2' }]);
    const wrong = await refusalOf(url, { ...relay, password: relay.password.replaceAll(/[0-9]/g, 'a') });
    expect(wrong.status).toBe('407');
  });

  await test.step('the end cuts the relay', async () => {
    await endEarly(page);
    await expect(page.getByText('The relay is closed')).toBeVisible();
    await expect.poll(async () => (await refusalOf(url, relay)).status, { timeout: 30_000 }).toBe('403');
    await expect(reached.goto(url)).rejects.toThrow(/ERR_/);
  });

  await test.step('the bill is what the counter saw, within one per cent', async () => {
    const off = async (meter: string, counted: number) => Math.abs((await claimedBytes(page, meter)) / counted - 1);
    expect(await off('Bytes sent', bytes.out)).toBeLessThan(0.01);
    expect(await off('Bytes received', bytes.in)).toBeLessThan(0.01);
    await openTab(page, 'Money');
    await expect(page.getByText(/0\.00\d+ tokens of 0\.\d+ tokens held/)).toBeVisible({ timeout: 60_000 });
  });
});
