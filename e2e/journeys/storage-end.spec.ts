import { execFile } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from '@playwright/test';
import { awaitLink, confirmSigning, fact, openPart, openResource } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

const TITLE = 'Edge storage by the S3 protocol';
/** Three of them do not fit into what is bought. */
const BYTES = 40_000_000;
/** So slow that no window is long enough for the file. */
const SLOW = ['--limit-rate', '300K'];

// Its provider changes how long things stay: no other journey's business.
test.use({ chain: 'storage-end' });

/** A provider who keeps nothing for longer than five seconds after the end. */
async function shortenGrace(page: Page): Promise<void> {
  await page.goto('/provider/resources');
  await page.getByRole('listitem', { name: TITLE }).getByRole('link', { name: 'Change the strategy' }).click();
  await openPart(page, 'In which ways');
  await page.getByLabel('What was stored stays for').fill('5');
  await page.getByLabel('Unit of this time').selectOption({ label: 'seconds' });
  await page.getByRole('button', { name: /^Sign version \d+$/ }).click();
  await confirmSigning(page);
  await page.waitForURL(/\/catalogue\/\d+/);
}

async function applyFor(page: Page, use: { readonly seconds: number; readonly gigabytes: string }): Promise<void> {
  await openResource(page, TITLE);
  await page.getByRole('link', { name: 'Apply to use it' }).click();
  const form = page.getByRole('form', { name: 'Application' });
  await form.getByLabel('Purpose').selectOption('planning');
  await form.getByLabel('Field of business').selectOption('logistics');
  await form.getByLabel('How long').fill(String(use.seconds));
  await form.getByLabel('Unit').selectOption({ label: 'seconds' });
  await form.getByLabel('Storage in gigabytes').fill(use.gigabytes);
  await page.getByRole('button', { name: /^Apply for / }).click();
  await confirmSigning(page);
  await page.waitForURL(/\/customer\/orders\/\d+/, { timeout: 60_000 });
}

interface Bucket {
  readonly url: string;
  readonly access: readonly string[];
}

async function bucketOf(page: Page): Promise<Bucket> {
  await page.getByRole('button', { name: 'Show the secret access key' }).click();
  const names = ['Endpoint', 'Region', 'Access key id', 'Secret access key', 'Bucket'];
  const texts = await Promise.all(names.map((name) => fact(page, name).innerText()));
  const [endpoint = '', region = '', key = '', secret = '', bucket = ''] = texts;
  const signing = ['--aws-sigv4', `aws:amz:${region}:s3`, '--user', `${key}:${secret}`];
  return { url: `${endpoint}/${bucket}`, access: [...signing, '-H', 'x-amz-content-sha256: UNSIGNED-PAYLOAD'] };
}

/** How curl ended: 0, or its error; and what it was told, the status last. */
function curl({ url, access }: Bucket, key: string, args: readonly string[]): Promise<{ code: number; text: string }> {
  return new Promise((resolve) => {
    const all = ['-sS', '-w', '%{http_code}', ...access, ...args, `${url}/${key}`];
    execFile('curl', all, { maxBuffer: 2 ** 20 }, (error, text) =>
      resolve({ code: typeof error?.code === 'number' ? error.code : 0, text }),
    );
  });
}

const sha256 = (file: string): string => createHash('sha256').update(readFileSync(file)).digest('hex');

test('kill -9 of the agent tears no upload; the end of the window cuts a download, and what was stored is erased after its grace time, on the ledger too [8.4.1-a] [8.4.3-a] [8.5.2-c]', async ({
  as,
  network,
}, { outputDir }) => {
  test.slow();
  await shortenGrace(await as('Provider'));
  const page = await as('Customer');
  await applyFor(page, { seconds: 90, gigabytes: '0.1' });
  await awaitLink(page);
  const bucket = await bucketOf(page);
  mkdirSync(outputDir, { recursive: true });
  const [source, got] = [path.join(outputDir, 'source'), path.join(outputDir, 'got')];
  writeFileSync(source, randomBytes(BYTES));

  // An upload that was answered, one that was not, and the agent killed in the middle of it.
  expect(await curl(bucket, 'answered', ['-T', source])).toMatchObject({ code: 0, text: '200' });
  const torn = curl(bucket, 'torn', ['-T', source, '--limit-rate', '5M']);
  await delay(1_000);
  await network.crash('agent');
  expect((await torn).code).not.toBe(0);
  const listed = await curl(bucket, '', ['--get', '-d', 'list-type=2']);
  expect([listed.text.includes('<Key>answered</Key>'), listed.text.includes('torn')]).toEqual([true, false]);
  // What the torn one took up is free again, and the customer's next attempt succeeds.
  expect(await curl(bucket, 'torn', ['-T', source])).toMatchObject({ code: 0, text: '200' });
  expect(await curl(bucket, 'torn', ['-o', got])).toMatchObject({ code: 0, text: '200' });
  expect(sha256(got)).toBe(sha256(source));

  // The window ends in the middle of a download.
  const cut = await curl(bucket, 'torn', ['-o', got, ...SLOW]);
  expect([18, 56]).toContain(cut.code);
  expect(readFileSync(got).length).toBeLessThan(BYTES);
  const refused = await curl(bucket, 'torn', ['-r', '0-0']);
  expect(refused.text).toMatch(/<Code>AccessDenied<\/Code>.*(its time was up|has ended \(time-up\)).*403$/s);

  // The agent waits a minute longer than the grace time, for an order that continues this one and was heard of late.
  const erased = page.getByText(/reported at .* that what was stored is erased/);
  await expect(erased).toBeVisible({ timeout: 120_000 });
  const folder = path.join(network.home, 'agent', 'store', path.basename(bucket.url));
  expect([existsSync(path.dirname(folder)), existsSync(folder)]).toEqual([true, false]);
  // Its room can be had again: all but the 0.2 GB of an order in the sample's history.
  await applyFor(page, { seconds: 10, gigabytes: '1.8' });
  await awaitLink(page);
});
