import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { whatIf } from '#ledger/contracts/credit/score.ts';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { CUSTOMER, PROVIDER } from '#lib/testing/sample-genesis.ts';
import { creditsOf, getAccountCredit, getNodeCredit, getPermissionChanges, getWhatIfFacts } from './credit.ts';

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel();
});
afterAll(() => model.stop());

const nobody: Viewer = { kind: 'public' };
const provider = Number(PROVIDER);

describe('credit in the read model', () => {
  test('a node’s credit is listed with the fact that moved it, and with what it permits no longer [8.5.1-d]', async () => {
    const found = await runAs(nobody, () => getNodeCredit(5));
    expect(found?.changes).toMatchObject([{ epoch: 7, from: 0, to: 250, cause: 'first-evaluation' }]);
    expect(found?.permissions).toMatchObject([
      { account: { id: provider }, node: 5, permission: 'consensus', to: false, credit: 250, threshold: 600 },
    ]);
    for (const id of [0, -1, 0.5, Number.NaN, 99, 2 ** 60])
      expect(await runAs(nobody, () => getNodeCredit(id))).toBeNull();
  });

  test('an account’s credit is the lowest of its nodes’, else its history’s; what it permits is what the ledger said last [8.5.1-c]', async () => {
    expect(await runAs(nobody, () => getAccountCredit(provider))).toMatchObject({
      credit: 250,
      mayPublish: false,
      mayOrderSeveral: true,
      changes: [{ node: null, permission: 'publish', to: false }],
    });
    const customer = await runAs(nobody, () => getAccountCredit(Number(CUSTOMER)));
    expect(customer).toMatchObject({ mayPublish: true, mayOrderSeveral: true, changes: [] });
    expect((await creditsOf([CUSTOMER, PROVIDER])).get(CUSTOMER)).toBe(customer?.credit);
    expect(await runAs(nobody, () => getAccountCredit(4_000))).toBeNull();
  });

  test('every change of a permission is listed, the newest first', async () => {
    const { items, total } = await runAs(nobody, () => getPermissionChanges(1));
    expect(total).toBe(2);
    expect(items.map(({ permission }) => permission)).toEqual(['consensus', 'publish']);
  });

  test('what a page asks a what-if with gives the credit that stands, by the ledger’s own rules [8.5.1-d]', async () => {
    const facts = await runAs(nobody, () => getWhatIfFacts());
    if (facts === null) throw new Error('everybody reads it');
    expect(facts.names).toMatchObject([{ node: 5, name: 'Fifth', class: 'consensus', status: 'validating' }]);
    const { nodes, accounts } = whatIf(facts, facts.terms, facts.thresholds);
    expect(nodes).toMatchObject([{ node: 5n, credit: 250n, mayValidate: false }]);
    expect(accounts.find(({ account }) => account === PROVIDER)).toMatchObject({ credit: 250n, mayPublish: false });
    const kinder = { ...facts.thresholds, publish: 250n, consensus: 250n };
    expect(whatIf(facts, facts.terms, kinder).nodes[0]?.mayValidate).toBe(true);
  });
});
