import { expect, test } from '../fixtures/test.ts';

const PROVIDERS = [
  { role: 'Provider', agent: 'Larkspur agent', computer: 'Edge computing for WASI programs' },
  { role: 'Provider 2', agent: 'Corvale agent', computer: 'Low-cost computing for WASI programs' },
  { role: 'Provider 3', agent: 'Thornmere agent', computer: 'Computing for WASI programs, four at a time' },
] as const;

test('three providers each share a computer by an agent of their own, and one that is killed comes back by itself [8.1.1-a] [7.2.2-d]', async ({
  as,
  network,
}) => {
  test.setTimeout(120_000);
  for (const { role, agent, computer } of PROVIDERS) {
    const page = await as(role);
    await page.goto('/provider/agents');
    const own = page.getByRole('listitem', { name: /agent$/ });
    await expect(own).toHaveCount(1);
    await expect(own).toContainText(agent);
    await expect(own.getByText('heard from', { exact: true })).toBeVisible();
    await page.goto('/provider/resources');
    await expect(page.getByRole('listitem', { name: computer })).toBeVisible();
  }
  const before = network.pid('agent-2');
  await network.crash('agent-2');
  expect(network.pid('agent-2')).not.toBe(before);
});

test('the sample’s broker has its role from the first block on, by nobody’s vote', async ({ as }) => {
  const page = await as('Broker');
  await page.goto('/customer/roles');
  await expect(page.getByRole('listitem').filter({ hasText: 'Broker (NRB)' })).toBeVisible();
  await expect(page.getByText('You have not requested a role')).toBeVisible();
});
