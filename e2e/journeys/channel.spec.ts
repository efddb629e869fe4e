import { allowKey, programOf, startProgram } from '../fixtures/customer-program.ts';
import { endEarly, openTab } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

const TITLE = 'Wildlife strikes reported to the FAA';
const LABEL = 'Paying program';

interface Access {
  readonly agreement: number;
  readonly url: string;
  readonly orderUrl: string;
  readonly token: string;
}

test('a program pays by vouchers as it flows: it signs by itself, is killed, gets 402, goes on when it signs again, and the bill is agreed by both [8.1.2-a] [8.1.2-b]', async ({
  as,
  network,
}, { outputDir }) => {
  test.setTimeout(420_000);
  const page = await as('Customer');
  const amounts = ['places=1', 'bytes=10000000', 'calls=500'];
  const { common, use } = await programOf(page, { network, outputDir, label: LABEL }, { title: TITLE, amounts });
  const rule = ['--a-minute', '0.05', '--in-all', '1'];
  const first = startProgram([...common, ...use, '--choice', 'format=csv', ...rule]);

  await test.step('its owner allows its key once', () => allowKey(page, first, { label: LABEL, atMost: '2' }));
  await expect.poll(first.printed, { timeout: 90_000 }).toContain('orderUrl');
  const access = JSON.parse(first.printed()) as Access;
  const headers = { authorization: `Bearer ${access.token}` };
  const status = async (): Promise<number> => (await fetch(`${access.url}?limit=1`, { headers })).status;
  const agreed = async (): Promise<number> => {
    const state = (await (await fetch(`${access.orderUrl}/vouchers`, { headers })).json()) as {
      agreed: { interval: number } | null;
    };
    return state.agreed?.interval ?? 0;
  };

  await test.step('while it signs, the data set is served', async () => {
    await expect.poll(agreed, { timeout: 60_000 }).toBeGreaterThanOrEqual(3);
    expect(await status()).toBe(200);
  });

  await test.step('killed, it signs nothing more: two intervals on, the gateway asks for the voucher', async () => {
    first.child.kill('SIGKILL');
    await expect.poll(status, { timeout: 60_000 }).toBe(402);
  });

  const second = startProgram([...common, '--order', `O-${access.agreement}`, ...rule]);
  await test.step('started again it signs on, and the data set is served again', async () => {
    await expect.poll(status, { timeout: 60_000 }).toBe(200);
    const before = await agreed();
    await expect.poll(agreed, { timeout: 60_000 }).toBeGreaterThan(before);
  });

  await test.step('the order is ended, the channel closes by itself, and the bill says that both agreed', async () => {
    await page.goto(`/customer/orders/${access.agreement}`);
    await openTab(page, 'Access');
    await endEarly(page);
    await expect(page.getByText('settled', { exact: true }).first()).toBeVisible({ timeout: 180_000 });
    await openTab(page, 'Money');
    await expect(page.getByText('unexplained: 0')).toBeVisible();
    const lines = page.getByRole('table', { name: 'Lines of the bill' });
    await expect(lines.getByRole('row').nth(1)).toContainText('agreed by both');
    await expect(
      page.getByRole('table', { name: 'Promised, measured and charged, run by run' }).getByRole('row').nth(1),
    ).toContainText('agreed by both');
    await openTab(page, 'Events');
    await expect(page.getByText('ChannelClosed')).toHaveCount(1);
  });
  second.child.kill('SIGTERM');
  expect(second.said()).not.toContain('not signed');
});
