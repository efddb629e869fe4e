import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Locator, Page } from '@playwright/test';
import type { Network } from '../fixtures/network.ts';
import { awaitLink, confirmSigning } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

test.describe.configure({ mode: 'serial' });

const PROGRAM = path.resolve(import.meta.dirname, '../../agent/broker/main.ts');
const LABEL = 'Broker at the harbour';
const TOKEN = 'a token that stands in one test and nowhere else';
/** Of the sample: its epoch is a minute. */
const EPOCH_MS = 60_000;
/** `(module (memory (export "memory") 1) (func (export "_start")))`: the smallest program that providers run. */
const MODULE = Buffer.from(
  '0061736d01000000010401600000030201000503010001071302066d656d6f72790200065f737461727400000a040102000b',
  'hex',
);

interface Asked {
  gigabytes: string;
  budget: string;
  /** Bought by itself at the end of an epoch, instead of by a plan that is chosen. */
  isMatched: boolean;
}

/** A request for five minutes of storage, as it is typed. */
async function typeRequest(page: Page, { gigabytes, budget, isMatched }: Asked): Promise<void> {
  await page.goto('/customer/requests/new');
  const form = page.getByRole('form', { name: 'Request' });
  await form.getByRole('checkbox', { name: 'A program run over many inputs' }).uncheck();
  await form.getByRole('checkbox', { name: 'Storage' }).check();
  await form.getByLabel('Storage in gigabytes').fill(gigabytes);
  if (isMatched) await form.getByRole('radio', { name: /^Match me with others/ }).check();
  await form.getByLabel('Budget in tokens').fill(budget);
  await describePurpose(form);
}

/** Publishes what was typed; its label, such as D-3. */
async function askToPublish(page: Page): Promise<void> {
  await page.getByRole('button', { name: /^(Let it be matched and bought|Find plans)$/ }).click();
  await expect(page.getByRole('alertdialog')).toBeVisible();
}

async function publish(page: Page): Promise<string> {
  await confirmSigning(page);
  await page.waitForURL(/\/customer\/requests\/\d+$/);
  return `D-${/requests\/(\d+)/.exec(page.url())?.[1]}`;
}

async function describePurpose(form: Locator): Promise<void> {
  await form.getByLabel('Use for').fill('5');
  await form.locator('select[name=durationUnit]').selectOption({ label: 'minutes' });
  await form.getByLabel('Purpose').selectOption('research');
  await form.getByLabel('Field of business').selectOption('logistics');
}

/** Programs that a test has started and not stopped. */
const running = new Set<() => Promise<void>>();
test.afterEach(async () => {
  for (const stop of running) await stop();
});

/** The broker's program as its owner starts it, with what it has said so far. */
function startBroker(network: Network, folder: string, account: string) {
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  copyFileSync(path.join(network.home, 'anchor.json'), path.join(folder, 'anchor.json'));
  const config = {
    account,
    label: LABEL,
    home: 'state',
    anchor: 'anchor.json',
    regions: ['US-WA'],
    nodeProviders: [{ portal: network.origin, account: 'A-3' }],
    api: { port: 0, token: TOKEN },
    propose: true,
  };
  const file = path.join(folder, 'broker.json');
  writeFileSync(file, JSON.stringify(config), { mode: 0o600 });
  const child = spawn(process.execPath, [PROGRAM, '--config', file], { stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = once(child, 'exit');
  let said = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (said += chunk.toString()));
  const stop = async (): Promise<void> => {
    running.delete(stop);
    child.kill('SIGTERM');
    await ended;
  };
  running.add(stop);
  return { said: () => said, stop };
}

/** Waits until most of the epoch is left. */
async function awaitRoomInEpoch(broker: Page): Promise<void> {
  await broker.goto('/broker/matches');
  const section = broker.getByRole('region', { name: 'Matches of epochs' });
  await expect.poll(() => section.getByRole('timer').innerText(), { timeout: EPOCH_MS }).toMatch(/^(4\d|5\d) s/);
}

test('a broker allows its program’s key within bounds; of the requests that wait as many as can be are served, each customer has what was bought, the provider its order, and the key is taken back [8.3.2-b] [8.4.2-a] [8.4.2-c]', async ({
  as,
  network,
}, { outputDir }) => {
  test.setTimeout(360_000);
  const broker = await as('Broker');
  const [thrifty, easy] = [await as('Customer'), await as('Node provider')];
  const greedy = await as('Node provider', { at: 1 });
  await broker.goto('/customer/account');
  const account = /^A-\d+$/m.exec(await broker.getByRole('main').innerText())?.[0] ?? '';
  const program = startBroker(network, path.join(outputDir, 'broker'), account);
  const keys = broker.getByRole('table', { name: /^Keys that may act/ });
  const key = keys.getByRole('row').filter({ hasText: LABEL }).filter({ hasText: 'allowed' });

  await test.step('its owner pastes the offer, says that it works as a broker, and signs for a week', async () => {
    await expect.poll(program.said).toContain('/customer/programs?offer=');
    const offer = /offer=([^&\s]+)/.exec(program.said())?.[1] ?? '';
    await broker.goto('/customer/programs');
    await broker.getByLabel('Offer of the program’s key').fill(decodeURIComponent(offer));
    const allow = broker.getByRole('form', { name: 'Allow the program’s key' });
    await expect(allow).toContainText('Apply, EndAgreement');
    await broker.getByLabel('What the program does').selectOption('broker');
    await expect(allow).toContainText('ProposePlan, SendNotice, ProposeMatch');
    await expect(allow).not.toContainText('Apply, EndAgreement');
    await expect(allow.getByLabel('May spend at most')).toHaveValue('0');
    await allow.getByLabel('Allowed for days').fill('7');
    await allow.getByRole('button', { name: 'Sign and allow this key' }).click();
    await confirmSigning(broker);
    await expect(broker.getByText('may act for your account now')).toBeVisible();
    await expect(key).toContainText('ProposePlan, SendNotice, ProposeMatch');
    await expect.poll(program.said).toContain(`The key acts for ${account} now.`);
  });

  await test.step('three ask: one has the budget of the cheap store alone, which has room for one; one asks for more than there is', async () => {
    await typeRequest(easy, { gigabytes: '0.6', budget: '1', isMatched: true });
    await typeRequest(thrifty, { gigabytes: '0.6', budget: '0.002', isMatched: true });
    await typeRequest(greedy, { gigabytes: '30', budget: '1', isMatched: true });
    const all = [easy, thrifty, greedy];
    for (const page of all) await askToPublish(page);
    await awaitRoomInEpoch(broker);
    // Only the signatures are left, and at once: on a busy machine the rest of it could pass the end of an epoch.
    await Promise.all(all.map(publish));
    await expect(thrifty.getByText('3 requests wait now.')).toBeVisible();
  });

  await test.step('the program proposes a match, and at the end of the epoch as many are served as can be', async () => {
    await expect.poll(program.said, { timeout: EPOCH_MS }).toMatch(/match \d+ \w+: proposed\./);
    for (const page of [easy, thrifty])
      await expect(page.getByText('Matched and bought', { exact: true })).toBeVisible({ timeout: 2 * EPOCH_MS });
    await expect(greedy.getByText('3 requests waited, 2 were matched, 2 bought', { exact: false })).toBeVisible();
    await expect(greedy.getByText('This request was not served in it', { exact: false })).toBeVisible();
    await greedy.getByRole('button', { name: 'Withdraw' }).click();
    await greedy.getByRole('alertdialog').getByRole('button', { name: /^Sign/ }).click();
    await expect(greedy.getByText('The request was withdrawn')).toBeVisible();
  });

  await test.step('the broker sees whose match it was: its own served no more, so the contract’s stands', async () => {
    await broker.goto('/broker/matches');
    const last = broker
      .getByRole('table', { name: /^Matches of epochs/ })
      .getByRole('row')
      .nth(1);
    await expect(last).toContainText('the contract’s own');
    await expect(last.getByRole('cell')).toContainText(['3', '2', '2']);
  });

  await test.step('each customer uses what was bought, from one provider each', async () => {
    for (const page of [easy, thrifty]) {
      await page.getByRole('link', { name: /^Open O-\d+/ }).click();
      await page.waitForURL(/\/customer\/orders\/\d+/);
    }
    await expect(thrifty.getByText('Low-cost room for objects, S3').first()).toBeVisible();
    await expect(easy.getByText('Edge storage by the S3 protocol').first()).toBeVisible();
    await awaitLink(thrifty);
    const order = `O-${/orders\/(\d+)/.exec(thrifty.url())?.[1]}`;
    const provider = await as('Provider 2');
    await provider.goto('/provider/orders');
    await expect(provider.getByRole('link', { name: order, exact: true })).toBeVisible();
  });

  await test.step('its owner takes the key back, and the program can ask nobody any more', async () => {
    await broker.goto('/customer/programs');
    await key.getByRole('button', { name: 'Revoke its key' }).click();
    await broker.getByRole('alertdialog').getByRole('button', { name: 'Sign and revoke' }).click();
    await expect(key).toHaveCount(0);
    await expect(keys.getByRole('row').filter({ hasText: LABEL }).first()).toContainText('revoked');
  });
  await program.stop();
});

/** The row of a broker's request, wherever it stands. */
function noticeRow(page: Page, ...texts: string[]): Locator {
  const rows = page.getByRole('table', { name: /^Brokers’ requests/ }).getByRole('row');
  return texts.reduce((found, text) => found.filter({ hasText: text }), rows);
}

/** Opens the dialog of a button in a row, and signs what it asks. */
async function signIn(row: Locator, button: string, answer?: string): Promise<void> {
  const page = row.page();
  await row.getByRole('button', { name: button }).click();
  const dialog = page.getByRole('alertdialog');
  if (answer !== undefined) await dialog.getByRole('radio', { name: answer }).check();
  await dialog.getByRole('button', { name: /^Sign and/ }).click();
  await expect(dialog).toHaveCount(0);
}

/** Chooses whoever has this name: names stand isolated in the list, with a number behind. */
async function chooseNamed(select: Locator, name: string): Promise<void> {
  await select.selectOption(await select.locator('option').filter({ hasText: name }).getAttribute('value'));
}

const ASKED = [
  { provider: 'Larkspur Data Cooperative', through: 'Vantmoor Networks', ends: 'shared' },
  { provider: 'Corvale Hosting', through: 'Vantmoor Networks', ends: 'declined' },
  { provider: 'Thornmere Compute', through: 'Quillon Node Services', ends: 'stopped' },
] as const;

test('a broker’s request to share goes through a node provider to the provider, whose answer broker and customer read; one that is stopped reaches nobody, and one that is declined ends [6.2.6-c] [6.2.6-d] [6.2.6-e] [8.4.2-e]', async ({
  as,
}) => {
  test.setTimeout(240_000);
  const customer = await as('Customer');
  await typeRequest(customer, { gigabytes: '25', budget: '2', isMatched: false });
  await askToPublish(customer);
  const demand = await publish(customer);
  await expect(customer.getByText('No plan meets this request now')).toBeVisible();
  const broker = await as('Broker');

  await test.step('the broker finds the demand on its desk, and asks three providers', async () => {
    await broker.goto('/broker');
    await broker.getByRole('link', { name: demand, exact: true }).first().click();
    await expect(broker.getByRole('heading', { level: 1, name: demand })).toBeVisible();
    await broker.getByRole('button', { name: 'Sign and ask' }).click();
    await expect(broker.getByText('Choose whom you ask.')).toBeVisible();
    for (const { provider, through } of ASKED) {
      await chooseNamed(broker.getByLabel('Provider', { exact: true }), provider);
      await chooseNamed(broker.getByLabel('Through'), through);
      await broker.getByRole('button', { name: 'Sign and ask' }).click();
      await expect(noticeRow(broker, provider)).toContainText('waits for the node provider');
    }
  });

  await test.step('one node provider hands on what it was given, the other stops it', async () => {
    const [stops, relays] = [await as('Node provider'), await as('Node provider', { at: 1 })];
    await stops.goto('/node-provider');
    await expect(noticeRow(stops, `${demand}:`)).toHaveCount(1);
    await expect(noticeRow(stops, `${demand}:`)).toContainText('waits for you');
    await signIn(noticeRow(stops, `${demand}:`), 'Stop');
    await expect(noticeRow(stops, `${demand}:`)).toContainText('stopped');
    await relays.goto('/node-provider');
    for (const { provider } of ASKED.slice(0, 2)) {
      await signIn(noticeRow(relays, `${demand}:`, provider), 'Hand on');
      await expect(noticeRow(relays, `${demand}:`, provider)).toContainText('waits for the provider');
    }
  });

  await test.step('a provider says that it will share, then what; another declines; the third knows nothing', async () => {
    const [shares, declines, unasked] = [await as('Provider'), await as('Provider 2'), await as('Provider 3')];
    for (const page of [shares, declines, unasked]) await page.goto('/provider');
    await expect(noticeRow(shares, `${demand}:`)).toContainText('waits for you');
    await signIn(noticeRow(shares, `${demand}:`), 'Answer', 'I will share');
    await expect(noticeRow(shares, `${demand}:`)).toContainText('will share');
    await signIn(noticeRow(shares, `${demand}:`), 'Answer', 'I share it');
    await expect(noticeRow(shares, `${demand}:`)).toContainText('Edge storage by the S3 protocol');
    await signIn(noticeRow(declines, `${demand}:`), 'Answer', 'I decline');
    await expect(noticeRow(declines, `${demand}:`)).toContainText('declined');
    await expect(unasked.getByRole('heading', { level: 1, name: 'Provider' })).toBeVisible();
    await expect(noticeRow(unasked, `${demand}:`)).toHaveCount(0);
  });

  await test.step('broker and customer see what was answered, without loading the page again; what was stopped the broker alone', async () => {
    for (const { provider, ends } of ASKED) await expect(noticeRow(broker, provider)).toContainText(ends);
    for (const { provider, ends } of ASKED.slice(0, 2)) await expect(noticeRow(customer, provider)).toContainText(ends);
    await expect(noticeRow(customer, 'Thornmere Compute')).toHaveCount(0);
    const shared = noticeRow(customer, 'Larkspur Data Cooperative');
    await expect(shared.getByRole('link', { name: 'Edge storage by the S3 protocol' })).toBeVisible();
  });
});

test('node providers vote that nobody runs a program, and whoever asks for it reads so before anything is signed [8.4.2-c]', async ({
  as,
}) => {
  test.setTimeout(240_000);
  const customer = await as('Customer');
  await customer.goto('/customer/requests/new');
  const form = customer.getByRole('form', { name: 'Request' });
  const file = { name: 'idle.wasm', mimeType: 'application/wasm', buffer: MODULE };
  await form.getByLabel('Or a module of yours').setInputFiles(file);
  await expect(form.getByText(/^This program can run/)).toBeVisible();
  await form.getByLabel('Inputs, one a line').fill('1');
  await form.getByLabel('Budget in tokens').fill('1');
  await describePurpose(form);

  const digest = createHash('sha256').update(MODULE).digest('hex');
  const [first, second] = [await as('Node provider'), await as('Node provider', { at: 1 })];
  await first.goto('/node-provider/parameters');
  await first.getByLabel('SHA-256 of the program').fill(digest);
  await first.getByLabel('Reason').selectOption('malicious');
  await first.getByRole('button', { name: 'Sign and propose the refusal' }).click();
  await expect(first.getByText('The proposal is open')).toBeVisible();
  for (const page of [first, second]) {
    await page.goto('/node-provider');
    const proposal = page.getByRole('listitem').filter({ hasText: digest.slice(0, 12) });
    await signIn(proposal, 'Vote in favour');
    await expect(proposal.getByText(/voted in favour/).first()).toBeVisible();
  }
  await first.goto('/explorer');
  const refused = first
    .getByRole('table', { name: /^Refused programs/ })
    .getByRole('row')
    .nth(1);
  await expect(refused).toContainText('malicious');

  await customer.reload();
  const sentence =
    /The node providers voted that nobody runs it \(malicious, by the vote on P-\d+\)\. Choose another one\./;
  await expect(form.getByText(sentence)).toBeVisible();
  await form.getByRole('button', { name: 'Find plans' }).click();
  await expect(form.getByLabel('Program', { exact: true })).toBeFocused();
  await expect(customer.getByRole('alertdialog')).toHaveCount(0);
});
