import { confirmSigning } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

// Its agent is killed: nobody else should find it so.
test.use({ chain: 'repair' });

const AGENT = 'Corvale agent';
const PAIRED = 'Thornmere agent';
/** A silent node that does not answer has failed within 35 s; the page asks again every five. */
const TOLD_MS = 45_000;
/** A started agent reads its data, follows the ledger and answers. */
const BACK_MS = 120_000;

test('a node that fails is an incident with one signature; the maintainer orders it to test itself, the running agent does and answers by its own key, what its operator does not allow is refused, and the ledger has when it was detected, acknowledged, repaired and restored [8.5.1-f] [6.2.2-d]', async ({
  as,
  network,
}) => {
  test.setTimeout(420_000);
  const maintainer = await as('Maintainer');
  const owner = await as('Provider 2');
  await maintainer.goto('/maintainer/repairs');
  await expect(maintainer.getByRole('heading', { level: 1, name: 'Repairs' })).toBeVisible();
  const letGo = network.strike('agent-2');
  try {
    const proposed = maintainer.getByRole('list', { name: 'Proposed incidents' }).getByRole('listitem');
    await expect(proposed.filter({ hasText: `${AGENT} has failed` })).toBeVisible({ timeout: TOLD_MS });
    await proposed.getByRole('link', { name: /has failed/ }).click();
    await expect(maintainer.getByRole('heading', { level: 1, name: /^Alert \d+$/ })).toBeVisible();
    await maintainer.getByRole('button', { name: `Sign and open an incident about` }).click();
    await maintainer.waitForURL(/\/maintainer\/repairs\/\d+$/);
    await expect(maintainer.getByText('waits for somebody')).toBeVisible();
    await maintainer.getByRole('button', { name: 'Sign and acknowledge' }).click();
    await expect(maintainer.getByText('looked after', { exact: true })).toBeVisible();

    await maintainer.getByRole('textbox', { name: 'Message' }).fill('We do not hear your agent. Is the machine on?');
    await maintainer.getByRole('button', { name: 'Send the message' }).click();
    await owner.goto('/provider');
    await owner.getByRole('table', { name: 'Open incidents of your nodes' }).getByRole('link').click();
    await expect(owner.getByRole('list', { name: /^Messages about/ })).toContainText('Is the machine on?');
    await owner.getByRole('textbox', { name: 'Message' }).fill('A fuse. It comes back now.');
    await owner.getByRole('button', { name: 'Send the message' }).click();
    await expect(maintainer.getByRole('list', { name: /^Messages about/ })).toContainText('A fuse.');
  } finally {
    letGo();
  }
  const steps = maintainer.getByRole('list', { name: 'Steps so far' }).getByRole('listitem');
  await maintainer.getByRole('button', { name: 'Sign and order: re-test' }).click();
  await expect(steps).toHaveCount(1);
  await expect(steps.first()).toContainText('The node was ordered to test everything that it offers again');
  await expect(steps.first()).toContainText(/It answered: .*(\d+) of \1 resources fit what is published\./, {
    timeout: BACK_MS,
  });
  await expect(steps.first().getByText('done', { exact: true })).toBeVisible();
  await expect(maintainer.getByText('repaired', { exact: true })).toBeVisible();

  // Its operator has allowed what cuts nobody off, and no more.
  await maintainer.getByRole('button', { name: 'Sign and order: restart-service' }).click();
  await expect(steps).toHaveCount(2);
  await expect(steps.nth(1)).toContainText('The operator’s configuration does not allow this command.', {
    timeout: BACK_MS,
  });
  await expect(steps.nth(1).getByText('refused', { exact: true })).toBeVisible();
  await expect(owner.getByRole('list', { name: 'Steps so far' })).toContainText('does not allow this command');

  await maintainer.getByLabel('Closing note').fill('It was a fuse.');
  await maintainer.getByRole('button', { name: 'Sign and close the incident' }).click();
  await expect(maintainer.locator('main header').getByText('restored', { exact: true })).toBeVisible();
  const times = maintainer.getByRole('table', { name: 'Timeline of the incident' }).getByRole('row');
  for (const name of ['Detected', 'Opened', 'Acknowledged', 'Repaired', 'Restored'])
    await expect(times.filter({ has: maintainer.getByRole('rowheader', { name }) })).toContainText(/\d{4}, [\d:]+ UTC/);

  const incident = Number(/\d+$/.exec(maintainer.url())?.[0]);
  await maintainer.goto('/maintainer/repairs');
  const row = maintainer
    .getByRole('table', { name: 'Incidents' })
    .getByRole('row')
    .filter({ hasText: `I-${incident}:` });
  await expect(row.getByText('restored', { exact: true })).toBeVisible();
  await expect(maintainer.getByText('No node of the register has failed')).toBeVisible({ timeout: TOLD_MS });
  const customer = await as('Customer');
  const answer = await customer.request.get(`/maintainer/repairs/${incident}`);
  expect(answer.status()).toBe(404);
});

test('an incident opens by hand, what people did is recorded, and one about a validator offers its own commands alone', async ({
  as,
}) => {
  const maintainer = await as('Maintainer');
  await maintainer.goto('/maintainer/repairs');
  await maintainer.getByText('Open an incident that no alert proposes').click();
  const node = maintainer.getByLabel('Node', { exact: true });
  await node.selectOption({ index: 1 });
  await maintainer.getByLabel('What is wrong').selectOption('behind-the-ledger');
  await maintainer.getByRole('button', { name: 'Sign and open', exact: true }).click();
  await maintainer.waitForURL(/\/maintainer\/repairs\/\d+$/);
  await maintainer.getByRole('button', { name: 'Sign and acknowledge' }).click();
  await expect(maintainer.getByRole('list', { name: 'Runbook' })).toBeVisible();
  await expect(maintainer.getByRole('button', { name: /^Sign and order/ })).toHaveText([
    'Sign and order: restart-validator',
    'Sign and order: rebuild-validator',
  ]);
  await maintainer.getByText('Record what people did').click();
  await maintainer.getByLabel('In a line').fill('Its disk was full.');
  await maintainer.getByRole('button', { name: 'Sign and record the step' }).click();
  await expect(maintainer.getByRole('list', { name: 'Steps so far' })).toContainText('Its disk was full.');
  await maintainer.getByLabel('The repair was given up').check();
  await maintainer.getByRole('button', { name: 'Sign and close the incident' }).click();
  await expect(maintainer.locator('main header').getByText('given up', { exact: true })).toBeVisible();
});

test('an owner who revoked its agent’s key sees the code by which the agent offers itself anew, pairs it again, and the agent registers as another node; nobody else sees the code [8.5.1-f] [8.5.2-b]', async ({
  as,
}) => {
  test.setTimeout(240_000);
  const owner = await as('Provider 3');
  await owner.goto('/provider/agents');
  const own = owner.getByRole('listitem', { name: PAIRED });
  const node = own.getByRole('link', { name: /^N-\d+$/ });
  const before = await node.innerText();
  await own.getByRole('button', { name: 'Revoke its key' }).click();
  await owner.getByRole('alertdialog').getByRole('button', { name: /^Sign/ }).click();
  const broken = owner.getByRole('list', { name: 'Agents to pair again' }).getByRole('listitem');
  await expect(broken).toContainText(/Its key 1 was revoked\. It offers itself anew by the code\s+[2-9A-Z]{8}/, {
    timeout: TOLD_MS,
  });
  const other = await as('Provider 2');
  await other.goto('/provider/agents');
  await expect(other.getByRole('heading', { level: 1, name: 'Agents' })).toBeVisible();
  await expect(other.getByRole('list', { name: 'Agents to pair again' })).toHaveCount(0);

  await broken.getByRole('button', { name: 'Pair it again' }).click();
  await owner.getByRole('button', { name: 'Sign and allow this key' }).click();
  await confirmSigning(owner);
  await expect(owner.getByText('is paired: its key stands on the ledger.')).toBeVisible();
  await expect(broken).toHaveCount(0);
  await expect(own).toContainText('key 2 of your account');
  await expect(node).not.toHaveText(before, { timeout: TOLD_MS });
  await expect(own.getByText('registered', { exact: true })).toBeVisible();
});
