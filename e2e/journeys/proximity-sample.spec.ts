import { confirmSigning, openResource } from '../fixtures/steps.ts';
import { expect, test } from '../fixtures/test.ts';

// npm start -- --with proximity, and nothing else of the sample's history.
test.use({ chain: 'proximity-sample', history: false, addition: 'proximity' });

const LAKE = 'Hotspot at the lake, up to four megabytes a second';
/** As the operator's table has it, for somebody whom nobody has asked about. */
const RUBEN = { name: 'Ruben Castellay', document: 'LM 903-554', subscriber: '+1 555 0101' };
/** The operator's program looks every two seconds, and a database that is away costs it five. */
const LOOKS_MS = 15_000;
const ANSWERED_MS = 90_000;

test('a sample that is added on demand has a pool, a session and a payment made by real transactions; while the operator’s database is away nobody is answered, and everybody afterwards; who has too few tokens signs nothing [I.3-2] [I.3-5] [I.3-9] [8.5.2-d]', async ({
  as,
  network,
}) => {
  test.setTimeout(420_000);
  const user = await as('User node', { at: 1 });

  await test.step('what it has is on the pages of its people', async () => {
    await user.goto('/customer/nearby');
    await user.getByLabel('Latitude').fill('47.6');
    await user.getByLabel('Longitude').fill('122.2 W');
    await expect(user.getByText('2 relays for 47.6° north, 122.2° west')).toBeVisible();
    await expect(user.getByText('The flag is where you are')).toBeVisible();
    await user.getByLabel('Longitude').fill('13.4 E');
    await expect(user.getByText('Where you are lies outside this map.')).toBeVisible();
    await expect(user.getByRole('img', { name: 'Where you are' })).toHaveCount(0);
    const node = await as('Service node');
    await node.goto('/provider/service-node');
    await expect(node.getByRole('table', { name: 'Sessions, newest first' })).toContainText('User-Request');
    const operator = await as('Operator');
    await operator.goto('/operator/proximity');
    await expect(operator.getByRole('table', { name: 'Relays of the pool' }).getByRole('row')).toHaveCount(3);
    await expect(operator.getByRole('table', { name: 'Sessions, newest first' })).toContainText('5 of 5');
  });

  await test.step('with the operator’s database away a request waits, and is answered once it is back', async () => {
    const person = await as('Customer');
    const goOn = network.strike('operator-postgres');
    try {
      await person.goto('/customer/identity');
      await person.getByLabel('Name', { exact: true }).fill(RUBEN.name);
      await person.getByLabel('Document number').fill(RUBEN.document);
      await person.getByLabel('Subscriber number').fill(RUBEN.subscriber);
      await person.getByRole('button', { name: 'Sign and ask' }).click();
      await expect(person.getByText('It waits for the operator’s answer.')).toBeVisible();
      await person.waitForTimeout(LOOKS_MS);
      await person.reload();
      await expect(person.getByText('It waits for the operator’s answer.')).toBeVisible();
    } finally {
      goOn();
    }
    await expect(person.getByText(/compared with its own records by its program, until/)).toBeVisible({
      timeout: ANSWERED_MS,
    });
  });

  await test.step('who has given its tokens away cannot pay for a connection, and is told before it signs', async () => {
    await user.goto('/customer/wallet');
    await user.getByLabel('To account').fill('A-1');
    await user.getByLabel('Amount').fill('99.9');
    await user.getByRole('button', { name: /^Sign and transfer/ }).click();
    await confirmSigning(user);
    await expect(user.getByText(/tokens went to A-1\.$/)).toBeVisible();
    await openResource(user, LAKE);
    await user.getByRole('link', { name: 'Apply to use it' }).click();
    const form = user.getByRole('form', { name: 'Application' });
    await form.getByLabel('Purpose').selectOption('planning');
    await form.getByLabel('Field of business').selectOption('logistics');
    await form.getByLabel('How long').fill('20');
    await form.getByLabel('Unit').selectOption({ label: 'hours' });
    await form.getByLabel('Rate to the customer').fill('4');
    await user.getByRole('button', { name: /^Apply for / }).click();
    const dialog = user.getByRole('alertdialog');
    await expect(dialog).toContainText('That is more than your balance: the ledger would refuse it.');
    await expect(dialog.getByRole('button', { name: 'Confirm and sign' })).toBeDisabled();
  });
});
