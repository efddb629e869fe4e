import { execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { promisify } from 'node:util';
import type { Page } from '@playwright/test';
import { awaitLink, confirmSigning, downloadFrom, endEarly, fact, openResource, openTab } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

const TITLE = 'Edge storage by the S3 protocol';
const RCLONE = '/usr/bin/rclone';
const run = promisify(execFile);

/** What rclone is told of a bucket, and nothing of this machine's own settings. */
function rcloneEnvironment(facts: Readonly<Record<'endpoint' | 'region' | 'key' | 'secret', string>>) {
  return {
    PATH: '/usr/bin:/bin',
    RCLONE_CONFIG: '/dev/null',
    RCLONE_S3_PROVIDER: 'Other',
    RCLONE_S3_ENDPOINT: facts.endpoint,
    RCLONE_S3_REGION: facts.region,
    RCLONE_S3_ACCESS_KEY_ID: facts.key,
    RCLONE_S3_SECRET_ACCESS_KEY: facts.secret,
    NODE_ENV: 'test',
  } as const;
}

/** Describes and signs a use of storage for some minutes, and waits for its link. */
async function applyForStorage(page: Page, of: { minutes: number; gigabytes: string }): Promise<void> {
  const form = page.getByRole('form', { name: 'Application' });
  await form.getByLabel('Purpose').selectOption('planning');
  await form.getByLabel('Field of business').selectOption('logistics');
  await form.getByLabel('How long').fill(String(of.minutes));
  await form.getByLabel('Unit').selectOption({ label: 'minutes' });
  await form.getByLabel('Storage in gigabytes').fill(of.gigabytes);
  await page.getByRole('button', { name: /^Apply for / }).click();
  await confirmSigning(page);
  await page.waitForURL(/\/customer\/orders\/\d+/);
  await awaitLink(page);
}

test('a customer buys storage, keeps files in it in the browser and with rclone, meets the quota, and finds it closed after the end [8.4.1-a] [8.4.3-a] [8.5.2-c]', async ({
  as,
}, { outputDir }) => {
  const page = await as('Customer');
  await openResource(page, TITLE);
  await page.getByRole('link', { name: 'Apply to use it' }).click();
  await applyForStorage(page, { minutes: 10, gigabytes: '0.02' });

  const folder = path.join(outputDir, 'files');
  mkdirSync(folder, { recursive: true });
  const report = path.join(folder, 'report 1.txt');
  writeFileSync(report, 'kept in a bucket\n');
  await page.getByRole('button', { name: 'List the objects' }).click();
  await expect(page.getByText('The bucket is empty')).toBeVisible();
  const objects = page.getByRole('region', { name: 'Objects' });
  const files = page.locator('input[type=file]');
  await files.setInputFiles(report);
  await expect(objects.getByRole('cell', { name: /report 1\.txt/ })).toBeVisible();
  const text = await downloadFrom(page, page.getByRole('button', { name: /^Download .*report 1\.txt/ }));
  expect(text).toBe('kept in a bucket\n');

  // More than the quota has room for.
  const large = path.join(outputDir, 'large.bin');
  writeFileSync(large, randomBytes(25_000_000));
  await files.setInputFiles(large);
  await expect(objects.getByText(/quota/i).first()).toBeVisible({ timeout: 30_000 });

  await expect(fact(page, 'Secret access key')).toHaveCount(0);
  await page.getByRole('button', { name: 'Show the secret access key' }).click();
  const texts = await Promise.all(
    ['Endpoint', 'Region', 'Access key id', 'Secret access key', 'Bucket'].map((name) => fact(page, name).innerText()),
  );
  const [endpoint = '', region = '', key = '', secret = '', bucket = ''] = texts;
  // A program began an upload and went away.
  const begun = new URL(`${endpoint}/${bucket}/left%20behind.bin?uploads=`);
  const signing = [
    '--aws-sigv4',
    `aws:amz:${region}:s3`,
    '--user',
    `${key}:${secret}`,
    '-H',
    'x-amz-content-sha256: UNSIGNED-PAYLOAD',
  ];
  await run('curl', ['--fail', '-sS', '-X', 'POST', ...signing, begun.href]);
  await page.getByRole('button', { name: 'Look for unfinished uploads' }).click();
  const unfinished = page.getByRole('region', { name: 'Unfinished uploads' });
  await expect(unfinished.getByRole('rowheader', { name: 'left behind.bin' })).toBeVisible();
  await unfinished.getByRole('button', { name: 'Delete the parts' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Delete them' }).click();
  await expect(unfinished.getByText('No upload is unfinished.')).toBeVisible();

  if (existsSync(RCLONE)) {
    for (let index = 0; index < 20; index += 1)
      writeFileSync(path.join(folder, `part ${index}.bin`), randomBytes(100_000));
    const env = rcloneEnvironment({ endpoint, region, key, secret });
    await run(RCLONE, ['sync', folder, `:s3:${bucket}`], { env });
    const { stderr } = await run(RCLONE, ['check', folder, `:s3:${bucket}`], { env });
    expect(stderr).toContain('0 differences found');
  }

  await endEarly(page);
  await expect(page.getByText('The bucket is closed')).toBeVisible();
  await expect(page.getByText(/What was stored stays at the provider until/)).toBeVisible();
  if (existsSync(RCLONE)) {
    const env = rcloneEnvironment({ endpoint, region, key, secret });
    const listed = run(RCLONE, ['lsf', `:s3:${bucket}`, '--retries', '1', '--low-level-retries', '1'], { env });
    await expect(listed).rejects.toThrow(/AccessDenied|403/);
  }
});

test('what is stored goes on with a second order: from its page, with the file still there and the bucket’s own name [8.5.2-c]', async ({
  as,
}, { outputDir }) => {
  const page = await as('Customer');
  await openResource(page, TITLE);
  await page.getByRole('link', { name: 'Apply to use it' }).click();
  await applyForStorage(page, { minutes: 10, gigabytes: '0.02' });
  const first = /orders\/(\d+)/.exec(page.url())?.[1] ?? '';
  mkdirSync(outputDir, { recursive: true });
  const note = path.join(outputDir, 'note.txt');
  writeFileSync(note, 'kept over two orders\n');
  await page.getByRole('button', { name: 'List the objects' }).click();
  await page.locator('input[type=file]').setInputFiles(note);
  const objects = page.getByRole('region', { name: 'Objects' });
  await expect(objects.getByRole('cell', { name: /note\.txt/ })).toBeVisible();

  await endEarly(page);
  await expect(page.getByText('The bucket is closed')).toBeVisible();
  await expect(page.getByText(/It is erased in/)).toBeVisible();
  await page.getByRole('link', { name: 'Go on with what is stored here' }).click();

  const form = page.getByRole('form', { name: 'Application' });
  await expect(form.getByRole('radio', { name: new RegExp(`Continue order O-${first}`) })).toBeChecked();
  // As much room as the first has is the least that is taken.
  await form.getByLabel('Storage in gigabytes').fill('0.01');
  await expect(form.getByText('What you continue has 20.0 MB: ask for at least as much.')).toBeVisible();
  await form.getByRole('button', { name: 'Use 0.02 gigabytes' }).click();
  await applyForStorage(page, { minutes: 5, gigabytes: '0.03' });
  await expect(page.getByText(`order-${first}`, { exact: true })).toBeVisible();
  await page.getByRole('button', { name: 'List the objects' }).click();
  await expect(objects.getByRole('cell', { name: /note\.txt/ })).toBeVisible();
  const text = await downloadFrom(page, page.getByRole('button', { name: /^Download .*note\.txt/ }));
  expect(text).toBe('kept over two orders\n');
  await openTab(page, 'Overview');
  await expect(page.getByRole('link', { name: `O-${first}` })).toBeVisible();

  await page.goto(`/customer/orders/${first}#access`);
  await expect(page.getByText(/What was stored went on with O-\d+/)).toBeVisible();
  await expect(page.getByRole('link', { name: 'Go on with what is stored here' })).toHaveCount(0);
});
