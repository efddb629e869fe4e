import { execFileSync } from 'node:child_process';
import { ANSWERED_MS, ask, awaitOperator, SUBSCRIBER } from '../fixtures/identity.ts';
import { expect, test } from '../fixtures/test.ts';

// Every file of its data folder is searched for what was typed.
test.use({ chain: 'identity' });

const WRONG_DOCUMENT = 'ZZ 999-000';
/** How the fields are spelled once the browser has brought them into one form. */
const TYPED = [
  'imke tordahl',
  'KX482117',
  '15550100',
  'ZZ999000',
  SUBSCRIBER.name,
  SUBSCRIBER.document,
  WRONG_DOCUMENT,
];
/** Files below the folder that hold one of the words, but for the operator's own. */
function filesWith(home: string, words: readonly string[]): string[] {
  const patterns = words.flatMap((word) => ['-e', word]);
  try {
    const found = execFileSync('grep', ['-rlaFi', '--exclude=subscribers.csv', ...patterns, home], {
      encoding: 'utf8',
    });
    return found.split('\n').filter(Boolean);
  } catch (error) {
    if ((error as { status?: number }).status === 1) return [];
    throw error;
  }
}

test('a person is identified by an operator that compares with its own records: a wrong field is named by its kind, what agrees is confirmed by a person, everybody reads who vouches and nobody who it is, and it ends at a word [7.2.1-a] [7.2.5-b] [8.5.2-a] [8.5.2-d] [I.3-2] [I.3-9]', async ({
  as,
  network,
}) => {
  test.setTimeout(360_000);
  const person = await as('Customer');
  const operator = await as('Operator');

  await test.step('nothing is signed that is empty, and the operator is there to be asked', async () => {
    await awaitOperator(person);
    await person.getByRole('button', { name: 'Sign and ask' }).click();
    await expect(person.getByText('Write it as it stands in your contract').first()).toBeVisible();
  });

  await test.step('a document that the records do not have is refused, by the kind of field alone', async () => {
    await ask(person, { ...SUBSCRIBER, document: WRONG_DOCUMENT });
    await operator.goto('/operator/identity');
    const request = operator.getByRole('article', { name: /^Request of A-/ });
    const row = request.getByRole('row').filter({ hasText: 'Document number' });
    await expect(row.getByRole('cell').last()).toHaveText('no', { timeout: ANSWERED_MS });
    await expect(request.getByRole('row').filter({ hasText: 'Name' }).getByRole('cell').last()).toHaveText('yes');
    await request.getByRole('button', { name: 'Sign and refuse: document number' }).click();
    await expect(operator.getByText('Nobody waits')).toBeVisible();
    await expect(person.getByText('Its records differ from what you stated in the document number.')).toBeVisible();
  });

  await test.step('what agrees is identified, and who vouches is read by everybody', async () => {
    await ask(person, SUBSCRIBER);
    const request = operator.getByRole('article', { name: /^Request of A-/ });
    await request.getByRole('button', { name: 'Sign and identify' }).click({ timeout: ANSWERED_MS });
    const identified = operator.getByRole('table', { name: 'Accounts that you have identified' });
    await expect(identified.getByRole('row').filter({ hasText: 'Brackenford Logistics' })).toBeVisible();
    await expect(person.getByText(/reviewed by a person, until/)).toBeVisible();
    const anybody = await as('Provider');
    await anybody.goto('/explorer/accounts/2');
    await expect(anybody.getByRole('definition').filter({ hasText: 'identified by' })).toContainText(
      'Northmere Operations',
    );
  });

  await test.step('a second account is not identified as the same subscriber', async () => {
    const other = await as('Provider');
    await ask(other, SUBSCRIBER);
    const request = operator.getByRole('article', { name: /^Request of A-1$/ });
    await request.getByRole('button', { name: 'Sign and identify' }).click({ timeout: ANSWERED_MS });
    await expect(request.getByText('This subscriber is identified under another account')).toBeVisible();
    await other.getByRole('button', { name: 'Sign and take it back' }).click();
    await expect(other.getByText('You took it back.')).toBeVisible();
  });

  await test.step('the operator takes it back, and it is gone at once', async () => {
    await operator.goto('/operator/identity');
    await operator.getByRole('button', { name: 'Revoke' }).click();
    await operator.getByRole('button', { name: 'Sign and revoke' }).click();
    await expect(operator.getByText('Nobody yet')).toBeVisible();
    await expect(person.getByText('No operator identifies you any more')).toBeVisible();
  });

  await test.step('no file of ledger, database, portal or program holds what was typed, but the operator’s own', () => {
    expect(filesWith(network.home, ['sample-people', 'Brackenford'])).not.toEqual([]);
    expect(filesWith(network.home, TYPED)).toEqual([]);
  });
});
