import { spawn } from 'node:child_process';
import { copyFileSync, mkdirSync } from 'node:fs';
import path from 'node:path';
import { confirmSigning, openResource } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

const TITLE = 'Edge storage by the S3 protocol';
const PROGRAM = path.resolve(import.meta.dirname, '../../agent/customer/main.ts');
/** What the program does with its bucket: writes an object with a library that knows nothing of this project, and reads it back. */
const WORK = `
  const { AwsClient } = await import('aws4fetch');
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey, AWS_REGION: region } = process.env;
  const client = new AwsClient({ accessKeyId, secretAccessKey, region, service: 's3', retries: 0 });
  const url = process.env.AWS_ENDPOINT_URL_S3 + '/' + process.env.INTERPOOL_BUCKET + '/nightly.txt';
  const put = await client.fetch(url, { method: 'PUT', body: 'backed up' });
  const got = await client.fetch(url);
  process.stdout.write(String(put.status) + " " + (await got.text()) + "\\n");
`;

interface Run {
  /** What it has said on the error output so far. */
  said(): string;
  ended: Promise<{ code: number | null; printed: string }>;
}

function startProgram(args: readonly string[]): Run {
  const child = spawn(process.execPath, [PROGRAM, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let said = '';
  let printed = '';
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString('utf8')));
  child.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString('utf8')));
  const ended = new Promise<{ code: number | null; printed: string }>((resolve) =>
    child.once('close', (code) => resolve({ code, printed })),
  );
  return { said: () => said, ended };
}

test('a customer’s program buys storage, uses it and ends it by itself, within the limits of its key, until the key is taken back [8.4.3-a] [8.4.3-b] [8.5.3-b]', async ({
  as,
  network,
}, { outputDir }) => {
  test.setTimeout(180_000);
  const page = await as('Customer');
  await openResource(page, TITLE);
  const resource = /catalogue\/(\d+)/.exec(page.url())?.[1] ?? '';
  await page.goto('/customer/account');
  const account = /^A-\d+$/m.exec(await page.getByRole('main').innerText())?.[0] ?? '';

  const home = path.join(outputDir, 'program');
  mkdirSync(home, { recursive: true, mode: 0o700 });
  copyFileSync(path.join(network.home, 'anchor.json'), path.join(home, 'anchor.json'));
  const common = ['--home', home, '--portal', network.origin, '--account', account, '--label', 'Nightly backup'];
  const use = ['--purpose', 'planning', '--field', 'logistics', '--for', '10m'];
  const amounts = ['storedBytes=200000000', 'bytes=1000000', 'bytesIn=1000000', 'calls=100'];
  const bought = [...common, '--resource', resource, ...use, ...amounts.flatMap((amount) => ['--amount', amount])];
  const work = ['--', process.execPath, '--input-type=module', '-e', WORK];

  // At its first start it offers its key and waits; its owner allows it once.
  const first = startProgram([...bought, ...work]);
  await expect.poll(first.said).toContain('/customer/programs?offer=');
  await page.goto(/(\/customer\/programs\?offer=\S+)/.exec(first.said())?.[1] ?? '');
  await expect(page.getByRole('form', { name: 'Allow the program’s key' })).toContainText('Nightly backup');
  await page.getByLabel('May spend at most').fill('0.005');
  await page.getByRole('button', { name: 'Sign and allow this key' }).click();
  await confirmSigning(page);
  await expect(page.getByText('may act for your account now')).toBeVisible();
  expect(await first.ended).toEqual({ code: 0, printed: '200 backed up\n' });
  expect(first.said()).toMatch(/Order O-\d+ was ended/);

  // From the second on it needs nobody.
  const second = startProgram([...bought, ...work]);
  expect(await second.ended).toEqual({ code: 0, printed: '200 backed up\n' });
  const order = /Order (O-\d+) was granted/.exec(second.said())?.[1] ?? '';
  await page.goto('/customer/orders');
  await expect(page.getByRole('link', { name: order, exact: true })).toBeVisible();

  // Two orders have taken what its key may spend; nothing dearer than the program itself allows is even signed.
  const dear = startProgram([...bought, '--at-most', '0.001', ...work]);
  expect((await dear.ended).code).toBe(1);
  expect(dear.said()).toContain('nothing was bought');
  const third = startProgram([...bought, ...work]);
  expect((await third.ended).code).toBe(1);
  expect(third.said()).toMatch(/spend/i);

  await page.goto('/customer/programs');
  const row = page.getByRole('row').filter({ hasText: 'Nightly backup' });
  await expect(row).toContainText('allowed');
  await row.getByRole('button', { name: 'Revoke its key' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign and revoke' }).click();
  await expect(row).toContainText('revoked');
});
