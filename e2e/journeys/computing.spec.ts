import type { Locator, Page } from '@playwright/test';
import { awaitLink, confirmSigning, downloadFrom, endEarly, openResource, openTab } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

const TITLE = 'Edge computing for WASI programs';

/** A command module whose `_start` is one loop without an end. */
const ENDLESS = Buffer.from(
  '0061736d010000000104016000000302010005030100010713020' + '66d656d6f72790200065f737461727400000a0901070003400c000b0b',
  'hex',
);

/** Describes and signs a use of the machine for some minutes, and waits for its link. */
async function applyForComputing(page: Page): Promise<void> {
  const form = page.getByRole('form', { name: 'Application' });
  await form.getByLabel('Purpose').selectOption('research');
  await form.getByLabel('Field of business').selectOption('logistics');
  await form.getByLabel('How long').fill('10');
  await form.getByLabel('Unit').selectOption({ label: 'minutes' });
  await form.getByLabel('Processor seconds').fill('30');
  await expect(page.getByText(/30 s \(processor time\)/)).toBeVisible();
  await page.getByRole('button', { name: /^Apply for / }).click();
  await confirmSigning(page);
  await page.waitForURL(/\/customer\/orders\/\d+/);
  await awaitLink(page);
}

/** How many different colours of a canvas are drawn: a picture has many, an empty one has one. */
function coloursOf(canvas: Locator): Promise<number> {
  return canvas.evaluate((element: HTMLCanvasElement) => {
    const { data } = element.getContext('2d')?.getImageData(0, 0, element.width, element.height) ?? { data: [] };
    const colours = new Set<number>();
    for (let at = 0; at < data.length; at += 4)
      colours.add(((data[at] ?? 0) << 16) | ((data[at + 1] ?? 0) << 8) | (data[at + 2] ?? 0));
    return colours.size;
  });
}

test('a customer finds a machine, runs programs on it once and as a task, meets the limit of a run, and is billed by processor time [8.1.1-a] [8.1.1-c] [8.4.1-a] [8.4.2-b] [8.4.3-a]', async ({
  as,
}) => {
  test.setTimeout(300_000);
  const page = await as('Customer');
  await openResource(page, TITLE);
  // What the provider's agent found out about its machine stands on the ledger, in words.
  await expect(page.getByText('2 runs at the same time, of all customers together')).toBeVisible();
  await expect(page.getByText('region US-WA, zone Seattle 1')).toBeVisible();
  await page.getByRole('link', { name: 'Apply to use it' }).click();
  await applyForComputing(page);

  await test.step('a picture', async () => {
    await page.getByRole('button', { name: 'Take “Mandelbrot picture”' }).click();
    await expect(page.getByText(/Mandelbrot picture is kept under its SHA-256 [0-9a-f]{64}/)).toBeVisible();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const result = page.getByRole('region', { name: 'Result of the run' });
    await expect(result.getByText(/It took .*s of processor time/)).toBeVisible({ timeout: 60_000 });
    const picture = result.getByRole('img', { name: 'Picture that Mandelbrot picture wrote, 640 × 512 points' });
    await expect(picture).toBeVisible();
    expect(await coloursOf(picture)).toBeGreaterThan(20);
  });

  await test.step('a table', async () => {
    await page.getByRole('button', { name: 'Take “Group a table”' }).click();
    await expect(page.getByLabel('Arguments')).toHaveValue('weather');
    await page.getByLabel('Input', { exact: true }).fill('city,size\nOslo,1\nRome,2\nOslo,3\n');
    await page.getByLabel('Arguments').fill('city');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    const table = page.getByRole('region', { name: 'Result of Group a table' }).getByRole('table');
    await expect(table.getByRole('row')).toHaveText([/city\s*rows/, /Oslo\s*2/, /Rome\s*1/]);
    const saved = await downloadFrom(page, page.getByRole('button', { name: 'Download Group a table.csv' }));
    expect(saved).toBe('city,rows\nOslo,2\nRome,1\n');
    // A program that fails says why, with its exit code and what it wrote to its error stream.
    await page.getByLabel('Arguments').fill('river');
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByText(/Exit code [1-9]/)).toBeVisible();
    await expect(page.getByRole('region', { name: 'Error stream' })).toContainText('there is no column river');
  });

  await test.step('a program without an end', async () => {
    const picker = page.getByLabel('Send your own module');
    await picker.setInputFiles({ name: 'notes.wasm', mimeType: 'application/wasm', buffer: Buffer.from('no module') });
    await expect(page.getByRole('alert').filter({ hasText: 'The gateway says' })).toBeVisible();
    await picker.setInputFiles({ name: 'endless.wasm', mimeType: 'application/wasm', buffer: ENDLESS });
    await expect(page.getByText(/endless\.wasm.* is kept under its SHA-256/)).toBeVisible();
    await page.getByRole('button', { name: 'Run', exact: true }).click();
    await expect(page.getByText(/The run of .*endless\.wasm.* came to nothing/)).toBeVisible({ timeout: 60_000 });
    await expect(page.getByText(/It took .*s of processor time, which is counted/)).toBeVisible();
    await page
      .getByRole('row', { name: /endless\.wasm/ })
      .getByRole('button', { name: 'Delete' })
      .click();
    await page.getByRole('alertdialog').getByRole('button', { name: 'Delete it' }).click();
    await expect(page.getByText(/endless\.wasm.* is deleted/)).toBeVisible();
  });

  await test.step('a task', async () => {
    await page.getByLabel('Algorithm', { exact: true }).selectOption({ label: 'Mandelbrot picture' });
    await page.getByLabel('Arguments').fill('500');
    await page.getByRole('button', { name: 'Make the picture in 4 × 4 tiles' }).click();
    const whole = page.getByRole('img', { name: 'The picture of task 1, whole' });
    await expect(whole).toBeVisible({ timeout: 90_000 });
    expect(await coloursOf(whole)).toBeGreaterThan(20);
    await expect(page.getByText(/16 of 16 runs ended/)).toBeVisible();
    await page.getByText('The runs one by one').click();
    await page.getByRole('button', { name: 'Fetch the result of run 6' }).click();
    await expect(page.getByRole('region', { name: 'Result of run 6 of task 1' })).toBeVisible();
  });

  await test.step('the end', async () => {
    await endEarly(page);
    await expect(page.getByText('Nothing runs any more')).toBeVisible();
    await page.getByRole('button', { name: 'Try the link' }).click();
    await expect(page.getByText(/HTTP 410/)).toBeVisible();
    // What it cost follows the claim at once; the bill is made when the time to contest is over.
    await openTab(page, 'Money');
    await expect(page.getByText(/0\.0\d+ tokens of 0\.30 tokens held/)).toBeVisible({ timeout: 60_000 });
  });

  await test.step('the bill of the order that the sample has settled', async () => {
    await page.goto('/customer/orders');
    // The newest stands first.
    const settled = page.getByRole('row').filter({ hasText: TITLE }).filter({ hasText: 'settled' });
    await settled
      .last()
      .getByRole('link', { name: /^O-\d+$/ })
      .click();
    await openTab(page, 'Money');
    await expect(page.getByText(/s × 0\.01 tokens per processor second/)).toBeVisible();
  });
});
