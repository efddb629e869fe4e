import { allowKey, programOf, startProgram } from '../fixtures/customer-program.ts';
import { expect, test } from '../fixtures/test.ts';

const TITLE = 'Edge storage by the S3 protocol';
const LABEL = 'Nightly backup';
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

test('a customer’s program buys storage, uses it and ends it by itself, within the limits of its key, until the key is taken back [8.4.3-a] [8.4.3-b] [8.5.3-b]', async ({
  as,
  network,
}, { outputDir }) => {
  test.setTimeout(180_000);
  const page = await as('Customer');
  const amounts = ['storedBytes=200000000', 'bytes=1000000', 'bytesIn=1000000', 'calls=100'];
  const { common, use } = await programOf(page, { network, outputDir, label: LABEL }, { title: TITLE, amounts });
  const bought = [...common, ...use];
  const work = ['--', process.execPath, '--input-type=module', '-e', WORK];

  const first = startProgram([...bought, ...work]);
  await allowKey(page, first, { label: LABEL, atMost: '0.005' });
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
  const row = page.getByRole('row').filter({ hasText: LABEL });
  await expect(row).toContainText('allowed');
  await row.getByRole('button', { name: 'Revoke its key' }).click();
  await page.getByRole('alertdialog').getByRole('button', { name: 'Sign and revoke' }).click();
  await expect(row).toContainText('revoked');
});
