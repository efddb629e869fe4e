import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from '../fixtures/test.ts';
import { openResource } from '../fixtures/steps.ts';

// Its data set is changed and its agent stopped: nobody else should find them so.
test.use({ chain: 'states' });

const TITLE = 'Seattle daily weather, 2012 to 2015';
/** The agent compares once a minute; a heartbeat that is a minute old says nothing any more. */
const NOTICED_MS = 120_000;

test('a data set that changed is suspended with its reason for everybody, a resume tests it first and says what is wrong, and mended it stays resumed [I.2-7]', async ({
  as,
  network,
}) => {
  const provider = await as('Provider');
  const customer = await as('Customer');
  await openResource(customer, TITLE);
  const address = customer.url();
  const file = path.join(network.home, 'agent', 'sources', 'seattle-weather.csv');
  const published = readFileSync(file);
  appendFileSync(file, '2016-01-01,0.0,1.0,0.0,1.0,sun\n');

  await provider.goto('/provider');
  const task = provider.getByRole('listitem').filter({ hasText: TITLE });
  await expect(task.getByText('the source is no longer what was published')).toBeVisible({ timeout: NOTICED_MS });
  await customer.goto(address);
  await expect(customer.getByText('what is there is no longer what was described')).toBeVisible();
  await expect(customer.getByRole('link', { name: 'Apply to use it' })).toHaveCount(0);

  await task.getByRole('link', { name: TITLE }).click();
  const own = provider.getByRole('listitem', { name: TITLE });
  await own.getByRole('button', { name: 'Resume' }).click();
  const dialog = provider.getByRole('alertdialog');
  const resume = dialog.getByRole('button', { name: 'Test, sign and resume' });
  await resume.click();
  await expect(dialog.getByText('1462 rows, published were 1461')).toBeVisible({ timeout: NOTICED_MS });
  await expect(own.getByText('suspended', { exact: true })).toBeVisible();

  writeFileSync(file, published);
  await resume.click();
  await expect(dialog).toBeHidden({ timeout: NOTICED_MS });
  await expect(own.getByText('published', { exact: true })).toBeVisible();
  // The agent has read it again since, and found nothing to suspend.
  const log = (): string => readFileSync(path.join(network.home, 'logs', 'agent.log'), 'utf8');
  const suspensions = (): number => log().split('was suspended').length;
  const before = suspensions();
  await provider.goto('/provider');
  await expect(provider.getByText('What to do next')).toBeHidden();
  await provider.goto('/catalogue');
  await expect(provider.getByRole('link', { name: TITLE })).toBeVisible();
  expect(suspensions()).toBe(before);
});

test('an agent that falls silent is flagged before anybody applies, at its provider’s home too, and nothing of it is called free', async ({
  as,
  network,
}) => {
  const customer = await as('Customer');
  const provider = await as('Provider');
  await openResource(customer, TITLE);
  await expect(customer.getByText(/places? free$/)).toBeVisible();
  network.signal('agent', 'SIGSTOP');
  try {
    const flag = customer.getByText('The provider’s agent is not heard from');
    await expect(flag).toBeVisible({ timeout: NOTICED_MS });
    await expect(customer.getByText('not reachable', { exact: true })).toBeVisible();
    await customer.getByRole('link', { name: 'Apply to use it' }).click();
    await expect(customer.getByRole('form', { name: 'Application' })).toBeVisible();
    await expect(flag).toBeVisible();
    await customer.goto('/catalogue');
    await expect(customer.getByRole('row').filter({ hasText: TITLE })).toContainText('not reachable');
    await provider.goto('/provider');
    await expect(provider.getByText('Start this agent again')).toBeVisible();
  } finally {
    network.signal('agent', 'SIGCONT');
  }
  await expect(customer.getByRole('row').filter({ hasText: TITLE })).toContainText(/of \d+ place/, {
    timeout: NOTICED_MS,
  });
});
