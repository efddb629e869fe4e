import { expect, test } from '../fixtures/test.ts';
import { choose } from '../fixtures/steps.ts';

// Its agent is killed and stays away: nobody else should find it so.
test.use({ chain: 'monitoring' });

const AGENT = 'Corvale agent';
const PORTAL = 'Quillon portal';
/** An epoch of a minute, recorded in the next one and evaluated at that one's end; and the node has to be admitted first. */
const RATED_MS = 240_000;
/** A silent node that does not answer has failed within 35 s; the page asks again every five. */
const TOLD_MS = 45_000;
/** A started agent reads its data and sends its first heartbeat. */
const BACK_MS = 90_000;
/** Begins as a formula of a spreadsheet does, and holds a comma. */
const NOTE = '=power lost, somebody is on the way';

test('an agent that is killed is an alert on the maintainer’s overview within 35 s, its page and its owner’s say so and since when, acknowledged with a note it is resolved when the agent is back, and its history is whole [6.2.1-e] [6.2.2-b] [7.2.5-d] [I.2-9]', async ({
  as,
  network,
}) => {
  test.setTimeout(300_000);
  const maintainer = await as('Maintainer');
  const owner = await as('Provider 2');
  await maintainer.goto('/maintainer');
  await expect(maintainer.getByRole('heading', { level: 1, name: 'Overview' })).toBeVisible();
  const letGo = network.strike('agent-2');
  try {
    const told = maintainer.getByRole('row').filter({ hasText: `${AGENT} has failed` });
    await expect(told).toBeVisible({ timeout: TOLD_MS });
    await expect(told.getByText('critical', { exact: true })).toBeVisible();
    const places = maintainer.getByRole('navigation', { name: 'Maintainer' });
    await expect(places.getByRole('link', { name: /^Alerts \d+ alerts? waits?$/ })).toBeVisible();

    await told.getByRole('link', { name: AGENT, exact: true }).click();
    await expect(maintainer.getByRole('heading', { level: 1, name: AGENT })).toBeVisible();
    const header = maintainer.locator('main header');
    await expect(header.getByText('failed', { exact: true })).toBeVisible();
    await expect(header).toContainText(/since \d{1,2} \w+ \d{4}, [\d:]+ UTC/);
    await maintainer.getByRole('button', { name: 'Check now' }).click();
    await expect(maintainer.getByRole('status').filter({ hasText: 'Called just now:' })).toBeVisible();

    await owner.goto('/provider/agents');
    const own = owner.getByRole('listitem', { name: AGENT });
    await expect(own.getByText('failed', { exact: true })).toBeVisible();
    await own.getByRole('link', { name: 'How it is' }).click();
    await expect(owner.getByRole('heading', { level: 1, name: AGENT })).toBeVisible();

    await maintainer.getByRole('table', { name: 'Alerts of this node' }).getByRole('link').first().click();
    await maintainer.getByLabel('Note').fill(NOTE);
    await maintainer.getByRole('button', { name: 'Acknowledge the alert' }).click();
    await expect(maintainer.getByText('acknowledged', { exact: true })).toBeVisible();
  } finally {
    letGo();
  }
  await expect(maintainer.getByText('resolved', { exact: true })).toBeVisible({ timeout: BACK_MS });
  const steps = maintainer.getByRole('list', { name: 'What became of it' }).getByRole('listitem');
  await expect(steps).toHaveText([/^It fired/, /^Somebody looks after it/, /^It is over/]);
  await expect(steps.nth(1)).toContainText(NOTE);
});

test('while maintenance of a node runs that was announced on the calendar, it fails without an alert, and pages say that it is in maintenance', async ({
  as,
  network,
}) => {
  test.setTimeout(300_000);
  const maintainer = await as('Maintainer');
  await maintainer.goto('/maintainer/calendar');
  const form = maintainer.getByRole('form', { name: 'Plan maintenance' });
  await choose(form.getByLabel('Node', { exact: true }), AGENT);
  await form.getByLabel('What is done').fill('A new disk');
  await form.getByRole('button', { name: 'Plan maintenance' }).click();
  const window = maintainer.getByRole('list', { name: 'Maintenance' }).getByRole('listitem', { name: AGENT });
  await expect(window.getByText('runs now')).toBeVisible();

  const letGo = network.strike('agent-2');
  try {
    await maintainer.goto('/maintainer');
    const node = maintainer.getByRole('table', { name: 'Nodes that have failed or are suspected' }).getByRole('row');
    const failed = node.filter({ hasText: AGENT });
    await expect(failed.getByText('failed', { exact: true })).toBeVisible({ timeout: TOLD_MS });
    await expect(failed.getByText('in maintenance')).toBeVisible();
    await maintainer.goto('/maintainer/alerts');
    await expect(maintainer.getByRole('heading', { level: 1, name: 'Alerts' })).toBeVisible();
    await expect(maintainer.getByRole('row').filter({ hasText: `${AGENT} has failed` })).toHaveCount(0);
  } finally {
    letGo();
  }
  await maintainer.goto('/maintainer/nodes');
  const row = maintainer.getByRole('row').filter({ hasText: AGENT });
  await expect(row.getByText('up', { exact: true })).toBeVisible({ timeout: BACK_MS });
  await maintainer.goto('/maintainer/calendar');
  await window.getByRole('button', { name: 'End it now' }).click();
  await maintainer.getByRole('alertdialog').getByRole('button', { name: 'End the maintenance' }).click();
  await expect(maintainer.getByText('No maintenance is announced')).toBeVisible();
});

test('the operator takes nodes and alerts along as CSV, in which no note is a formula, and changes nothing; nobody else gets them [6.2.5-a]', async ({
  as,
}) => {
  const operator = await as('Operator');
  await operator.goto('/operator');
  await operator.getByRole('navigation', { name: 'Operator' }).getByRole('link', { name: 'Nodes' }).click();
  const [file] = await Promise.all([
    operator.waitForEvent('download'),
    operator.getByRole('link', { name: 'Export as CSV' }).click(),
  ]);
  expect(file.suggestedFilename()).toBe('nodes.csv');
  const nodes = await operator.request.get('/operator/nodes.csv');
  expect(nodes.headers()['content-type']).toContain('text/csv');
  const lines = (await nodes.text()).trimEnd().split('\r\n');
  expect(lines[0]).toMatch(/^Node,Kind,Key,Name,/);
  expect(lines.filter((line) => line.includes(AGENT))).toHaveLength(1);
  const alerts = await (await operator.request.get('/operator/alerts.csv')).text();
  // Quoted for its comma, and text for its beginning.
  expect(alerts).toContain(`"'${NOTE}"`);
  await operator.getByRole('link', { name: AGENT }).click();
  await expect(operator.getByRole('heading', { level: 1, name: AGENT })).toBeVisible();
  await expect(operator.getByRole('button', { name: 'Check now' })).toHaveCount(0);
  const customer = await as('Customer');
  expect((await customer.request.get('/operator/nodes.csv')).status()).toBe(404);
});

test('the operator audits a resource, takes the audit along as CSV, and nobody else gets it [8.2.2-b] [6.2.5-a]', async ({
  as,
}) => {
  const operator = await as('Operator');
  await operator.goto('/operator');
  await expect(operator.getByRole('heading', { name: 'Nodes by region' })).toBeVisible();
  await expect(operator.getByRole('table', { name: /^Ways between nodes/ })).toBeVisible();
  await operator.getByRole('navigation', { name: 'Operator' }).getByRole('link', { name: 'Audit' }).click();
  await operator.getByLabel('Number, such as').fill('R-1');
  await operator.getByRole('button', { name: 'Show' }).click();
  const table = operator.getByRole('table', { name: 'Changes of its status' });
  await expect(table.getByRole('row').nth(1)).toBeVisible();
  await expect(table.getByRole('link', { name: 'Receipt' }).first()).toBeVisible();
  const csv = await (await operator.request.get('/operator/audit.csv?of=R-1')).text();
  expect(csv.split('\r\n')[0]).toBe('Time,Block,Contract,Event,What and why,By,Receipt');
  expect(csv).toContain('ResourcePublished');
  for (const [of, status] of [
    ['', 404],
    ['x', 404],
    ['R-0', 404],
    ["R-1'", 404],
    ['R-1%00', 400],
  ] as const)
    expect([of, (await operator.request.get(`/operator/audit.csv?of=${of}`)).status()]).toEqual([of, status]);
  await operator.getByLabel('Number, such as').fill('nonsense');
  await operator.getByRole('button', { name: 'Show' }).click();
  await expect(operator.getByText('This is no number of an account')).toBeVisible();
  const customer = await as('Customer');
  expect((await customer.request.get('/operator/audit.csv?of=R-1')).status()).toBe(404);
  await customer.goto('/operator/audit?of=R-1');
  await expect(customer.getByRole('table')).toHaveCount(0);
});

test('a portal is rated like other nodes, by how it answered the monitor’s calls: its page has its credit, the parts and the history [8.5.1-d] [7.2.6-b]', async ({
  as,
}) => {
  test.setTimeout(400_000);
  const provider = await as('Node provider');
  await provider.goto('/node-provider/nodes?class=common');
  await provider.getByRole('table', { name: 'Nodes of the register' }).getByRole('link', { name: PORTAL }).click();
  await provider.getByRole('link', { name: 'Its rating' }).click();
  await expect(provider.getByRole('heading', { level: 1, name: `Rating of ${PORTAL}` })).toBeVisible();
  const parts = provider.getByRole('list', { name: 'Parts of the credit' }).getByRole('listitem');
  await expect(parts.filter({ hasText: 'Time online' })).toContainText(/[1-9][\d,]* of 1,000, weighs 40 %/, {
    timeout: RATED_MS,
  });
  await expect(parts.filter({ hasText: 'Activity' })).toContainText(/[1-9][\d,]* of 1,000/);
  await provider.getByText('The figures, with the cause of each change').click();
  await expect(provider.getByRole('table', { name: /^Changes of the credit/ })).toContainText(/its first evaluation/i);
});
