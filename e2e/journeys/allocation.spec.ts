import type { Page } from '@playwright/test';
import { tiles } from '../fixtures/picture.ts';
import { runningPrograms } from '../fixtures/running-programs.ts';
import { awaitLink, confirmSigning, endEarly, openResource } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

test.describe.configure({ mode: 'serial' });

// Its agent is loaded for minutes, and a vote changes what programs may.
// Programs fill the cores; four more ledger processes on CometBFT would be what is measured.
test.use({ chain: 'allocation', engine: 'embedded' });

const AGENT = 'Larkspur agent';
const MACHINE = 'Edge computing for WASI programs';
/** Heartbeats come ten seconds apart, and the page asks every five. */
const TOLD_MS = 60_000;
/** Runs of a second of a processor at most, behind everything else on the machine. */
const RUN_OVER_MS = 60_000;
/** The alert waits a minute, and so does a program after anything changed; then it looks every 15 s. */
const AUTOMATIC_MS = 180_000;

/** Five calm minutes after the alert is over, and the program's look. */
const RETURN_MS = 540_000;

/** The sample's program, and rounds of a point that take it less than a second for a tile: a task ends with the first run that fails, so none may come near its limit. */
const PROGRAM = 'Mandelbrot picture';
const ROUNDS = '6000';
/** A task has no more. */
const RUNS = 1_000;
const TASKS = 3;

/** Page of the order that loads the machine. */
let loadingOrder = '';

/** A customer holds both slots of the machine, and sends runs for longer than the tests take. */
async function load(page: Page): Promise<void> {
  await openResource(page, MACHINE);
  await page.getByRole('link', { name: 'Apply to use it' }).click();
  const form = page.getByRole('form', { name: 'Application' });
  await form.getByLabel('Purpose').selectOption('research');
  await form.getByLabel('Field of business').selectOption('logistics');
  await form.getByLabel('How long').fill('30');
  await form.getByLabel('Unit').selectOption({ label: 'minutes' });
  await form.getByLabel('Runs at the same time').fill('2');
  await form.getByLabel('Processor seconds').fill('3000');
  await form.getByLabel('Runs', { exact: true }).fill(String(TASKS * RUNS));
  await page.getByRole('button', { name: /^Apply for / }).click();
  await confirmSigning(page);
  await page.waitForURL(/\/customer\/orders\/\d+/);
  loadingOrder = page.url();
  await awaitLink(page);
  await page.getByRole('button', { name: `Take “${PROGRAM}”` }).click();
  await expect(page.getByText(new RegExp(`${PROGRAM} is kept under its SHA-256`))).toBeVisible();
  await page.getByLabel('Arguments').fill(ROUNDS);
  const [tile = ''] = tiles();
  await page.getByLabel('Input', { exact: true }).fill(Array.from({ length: RUNS }, () => tile).join('\n'));
  for (let task = 1; task <= TASKS; task += 1) {
    await page.getByRole('button', { name: 'Run each line as a task' }).click();
    await expect(page.getByText(/of 1,?000 runs ended/)).toHaveCount(task);
  }
}

const hostRow = (maintainer: Page) =>
  maintainer
    .getByRole('table', { name: /^Hosts of agents/ })
    .getByRole('row')
    .filter({ hasText: AGENT });
const shiftRows = (maintainer: Page) =>
  maintainer
    .getByRole('table', { name: /^Shifts of cores/ })
    .getByRole('row')
    .filter({ hasText: AGENT });

/** Opens the form of a shift of this host. */
async function openShift(maintainer: Page) {
  await hostRow(maintainer).getByRole('button', { name: 'Shift cores' }).click();
  const dialog = maintainer.getByRole('alertdialog');
  await expect(dialog.getByText(/The agent follows at once/)).toBeVisible();
  return {
    dialog,
    cores: dialog.getByLabel('Cores', { exact: true }),
    sign: dialog.getByRole('button', { name: 'Sign and shift' }),
  };
}

/** So many programs compute at the agent at most, in eight looks one after the other. */
async function mostAtOnce(agent: number): Promise<number> {
  let most = 0;
  for (let look = 0; look < 8; look += 1) most = Math.max(most, await runningPrograms(agent));
  return most;
}

test('an operator declares what its host’s cores are for; a maintainer sees that runs wait, is refused amounts that are unclear or too large, shifts a core to service and back, and the running agent computes as many programs at a time as that share has whole cores [6.2.2-c] [8.1.1-d] [I.2-8]', async ({
  as,
  network,
}) => {
  test.setTimeout(600_000);
  const agent = network.pid('agent');
  const owner = await as('Provider');
  const maintainer = await as('Maintainer');
  const hosts = maintainer.getByRole('table', { name: /^Hosts of agents/ });

  await test.step('the operator declares its cores on its agent’s page', async () => {
    await owner.goto('/provider/agents');
    await owner.getByRole('link', { name: 'How it is' }).click();
    await owner.waitForURL(/\/provider\/agents\/\d+$/);
    await expect(owner.getByText(/^Not declared/)).toBeVisible();
    await owner.getByRole('button', { name: 'Declare cores' }).click();
    const dialog = owner.getByRole('alertdialog');
    const sign = dialog.getByRole('button', { name: 'Sign and declare' });
    await dialog.getByLabel('Consensus, in cores').fill('1');
    await dialog.getByLabel('Service, in cores').fill('2000');
    await expect(dialog.getByText('A host has 1,024 cores at most, all shares together.')).toBeVisible();
    await expect(sign).toBeDisabled();
    await dialog.getByLabel('Service, in cores').fill('1');
    await dialog.getByLabel('Reserve, in cores').fill('1');
    await sign.click();
    await expect(dialog).toHaveCount(0);
    for (const share of ['consensus 1 core', 'service 1 core', 'reserve 1 core'])
      await expect(owner.getByText(share, { exact: true })).toBeVisible();
  });

  await test.step('a maintainer sees it, and what waits there', async () => {
    await maintainer.goto('/maintainer/allocation');
    await expect(hosts).toBeVisible();
    await expect(hostRow(maintainer)).toContainText('service 1 core');
    await load(await as('Customer'));
    await expect(hostRow(maintainer)).toContainText(/1 of 1 slot busy, [1-9]\d* runs? waiting/, { timeout: TOLD_MS });
    await expect(hostRow(maintainer)).toContainText('Proposed: 1 core from reserve to service.');
    await expect(owner.getByText(/1 of 1 slot busy/)).toBeVisible({ timeout: TOLD_MS });
    expect(await mostAtOnce(agent)).toBe(1);
  });

  await test.step('amounts that are unclear or too large are refused in a sentence', async () => {
    const { dialog, cores, sign } = await openShift(maintainer);
    await cores.fill('1.501');
    await expect(dialog.getByText('“1.501” can be read as 1501 or as 1.501. Write 1501, or 1.5010.')).toBeVisible();
    await expect(sign).toBeDisabled();
    await cores.fill('1.5010');
    await expect(dialog.getByText('Of reserve 1 core may be shifted at most.')).toBeVisible();
    await expect(sign).toBeDisabled();
    for (const typed of ['0', '-1', 'one', '1.00001', '']) {
      await cores.fill(typed);
      await expect(sign, `“${typed}” cannot be signed`).toBeDisabled();
    }
    await dialog.getByLabel('From').selectOption('consensus');
    await cores.fill('1');
    await expect(dialog.getByText('Of consensus 0 cores may be shifted at most.')).toBeVisible();
    await expect(sign).toBeDisabled();
    await dialog.getByLabel('From').selectOption('service');
    await expect(dialog.getByText('Choose two different shares.')).toBeVisible();
    await dialog.getByLabel('From').selectOption('reserve');
    await dialog.getByLabel('Reason').fill(' ');
    await expect(sign).toBeDisabled();
    await dialog.getByLabel('Reason').fill('Runs wait at the edge');
    await sign.click();
    await expect(dialog).toHaveCount(0);
  });

  await test.step('the running agent follows: two programs compute beside one another', async () => {
    await expect(hostRow(maintainer)).toContainText('service 2 cores');
    await expect(shiftRows(maintainer).first()).toContainText('1 core from reserve to service');
    await expect(shiftRows(maintainer).first()).toContainText('Runs wait at the edge');
    await expect.poll(() => runningPrograms(agent), { timeout: RUN_OVER_MS }).toBe(2);
    await expect(hostRow(maintainer)).toContainText('2 of 2 slots busy', { timeout: TOLD_MS });
    await expect(owner.getByText(/2 of 2 slots busy/)).toBeVisible({ timeout: TOLD_MS });
  });

  await test.step('and back: what runs goes on, and then one computes at a time', async () => {
    const { dialog, cores, sign } = await openShift(maintainer);
    await dialog.getByLabel('From').selectOption('service');
    await dialog.getByLabel('To').selectOption('reserve');
    await cores.fill('1');
    await dialog.getByLabel('Reason').fill('Held back again');
    await sign.click();
    await expect(dialog).toHaveCount(0);
    await expect(hostRow(maintainer)).toContainText('1 of 1 slot busy', { timeout: RUN_OVER_MS + TOLD_MS });
    expect(await mostAtOnce(agent)).toBe(1);
    await expect(shiftRows(maintainer)).toHaveCount(2);
  });
});

test('once it is voted that programs may shift a core at once, the maintainer’s program shifts by itself while an alert is open, and the page says that it was automatic and by which key [6.2.2-c] [I.2-8]', async ({
  as,
  network,
}) => {
  test.setTimeout(600_000);
  const maintainer = await as('Maintainer');
  await maintainer.goto('/maintainer/allocation');
  await expect(maintainer.getByText('Programs shift nothing by themselves', { exact: false })).toBeVisible();
  await expect(
    maintainer.getByRole('table', { name: 'Alerts about cores' }).getByRole('row').filter({ hasText: AGENT }),
  ).toBeVisible({ timeout: AUTOMATIC_MS });
  await expect(shiftRows(maintainer)).toHaveCount(2);

  const first = await as('Node provider');
  await first.goto('/node-provider/parameters');
  await first.getByLabel('Parameter', { exact: true }).selectOption('automaticShiftMilli');
  await first.getByLabel('New value').fill('1000');
  const meant = first.getByRole('checkbox', { name: /^Yes, propose/ });
  if (await meant.isVisible()) await meant.check({ force: true });
  await first.getByRole('button', { name: 'Sign and propose the parameter' }).click();
  await expect(first.getByText('The proposal is open')).toBeVisible();
  for (const page of [first, await as('Node provider', { at: 1 })]) {
    await page.goto('/node-provider');
    await page.getByRole('button', { name: 'Vote in favour' }).first().click();
    await page.getByRole('alertdialog').getByRole('button', { name: /^Sign/ }).click();
    await expect(page.getByRole('alertdialog')).toHaveCount(0);
  }

  await expect(shiftRows(maintainer)).toHaveCount(3, { timeout: AUTOMATIC_MS });
  const newest = shiftRows(maintainer).first();
  await expect(newest).toContainText('1 core from reserve to service');
  await expect(newest).toContainText(/All slots are busy and \d+ runs? waits?/);
  await expect(newest).toContainText(/automatic, by its program Stellgate records \(key \d+\)/);
  await expect(maintainer.getByText(/may shift up to 1 core at once by itself/)).toBeVisible();
  await expect.poll(() => runningPrograms(network.pid('agent')), { timeout: RUN_OVER_MS }).toBe(2);
});

test('once its reason has been gone for five minutes, the program, killed meanwhile, shifts the core back that it had brought, once [6.2.2-c] [I.2-8]', async ({
  as,
  network,
}) => {
  test.setTimeout(900_000);
  const customer = await as('Customer');
  await customer.goto(loadingOrder);
  await endEarly(customer);
  await expect(customer.getByText('Nothing runs any more')).toBeVisible();
  const maintainer = await as('Maintainer');
  await maintainer.goto('/maintainer/allocation');
  await expect(hostRow(maintainer)).toContainText(/0 of 2 slots busy/, { timeout: RUN_OVER_MS + TOLD_MS });
  await expect(maintainer.getByText(/What it brought it shifts back, and no more than that/)).toBeVisible();
  await network.crash('maintainer');

  await expect(shiftRows(maintainer)).toHaveCount(4, { timeout: RETURN_MS });
  const newest = shiftRows(maintainer).first();
  await expect(newest).toContainText('1 core from service to reserve');
  await expect(newest).toContainText('Nothing waits any more: what was brought goes back');
  await expect(newest).toContainText(/automatic, by its program Stellgate records \(key \d+\)/);
  await expect(hostRow(maintainer)).toContainText('service 1 core');
  // It looks every 15 s: by then it would have taken more.
  await maintainer.waitForTimeout(40_000);
  await expect(shiftRows(maintainer)).toHaveCount(4);
});
