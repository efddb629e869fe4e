import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { database } from '#lib/db.ts';
import { getWallet } from '#lib/queries/wallet.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { decideAccess } from './guard.ts';
import { permissions, type Action, type Holder } from './roles.ts';
import { runAs, type Viewer } from './viewer.ts';

const OWN = 1;
const FOREIGN = 2;
const actions = Object.keys(permissions) as Action[];
const ownOnly = actions.filter((action) => permissions[action].isOwnOnly);

const person = (id: number | null, ...roles: string[]): Viewer => ({
  kind: 'person',
  jti: 'none',
  address: 'ee'.repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: id === null ? null : { id, roles, encryptionKey: '', name: null },
});

/** Somebody whom the table counts as this holder and, of the roles, as nothing else. */
function viewerOf(holder: Holder, id: number): Viewer {
  switch (holder) {
    case 'public':
      return { kind: 'public' };
    case 'signed-in':
      return person(null);
    case 'agent':
      return { kind: 'agent', address: '77'.repeat(20), account: id, key: 1 };
    case 'account':
      return person(id);
    default:
      return person(id, holder);
  }
}

describe('the permission table', () => {
  test.each(ownOnly)(
    '%s: who may, may with what is their own, and never learns of anybody else’s [7.2.1-b]',
    (action) => {
      const { holders } = permissions[action];
      expect(holders.length).toBeGreaterThan(0);
      for (const holder of holders) {
        const viewer = viewerOf(holder, OWN);
        const mine = decideAccess(viewer, action, { accounts: [FOREIGN, OWN] });
        expect([holder, mine]).toEqual([holder, { ok: true, viewer, account: OWN }]);
        for (const accounts of [[FOREIGN], []])
          expect([holder, decideAccess(viewer, action, { accounts })]).toEqual([
            holder,
            { ok: false, reason: 'hidden' },
          ]);
      }
    },
  );

  test.each(ownOnly)('%s: who has no account of their own is refused, whatever else they are [7.2.1-b]', (action) => {
    const unpaired: Viewer = { kind: 'agent', address: '99'.repeat(20), account: null, key: null };
    const subject = { accounts: [OWN] };
    expect(decideAccess({ kind: 'public' }, action, subject)).toEqual({ ok: false, reason: 'sign-in' });
    for (const viewer of [person(null), unpaired])
      expect(decideAccess(viewer, action, subject)).toEqual({ ok: false, reason: 'role' });
  });

  test('every other action asks for no owner: whose a thing is changes nothing for those who may', () => {
    const others = actions.filter((action) => !ownOnly.includes(action));
    for (const action of others) {
      for (const holder of permissions[action].holders)
        expect([action, holder, decideAccess(viewerOf(holder, OWN), action, { accounts: [FOREIGN] }).ok]).toEqual([
          action,
          holder,
          true,
        ]);
    }
  });
});

/** The one page of one's own that nobody finds empty, so that “nothing” cannot show whose it is. */
describe('a wallet', () => {
  let model: TestReadModel;
  beforeAll(async () => {
    model = await startReadModel();
  });
  afterAll(() => model.stop());

  test('holds the balance and every movement of the account that asks, and none of another’s [7.2.1-b]', async () => {
    const accounts = await database().account.findMany({ select: { id: true } });
    expect(accounts.length).toBeGreaterThan(2);
    const shown = [];
    for (const { id } of accounts) {
      const wallet = await runAs(person(Number(id), 'NRC'), () => getWallet(1));
      const rows = await database().tokenEntry.findMany({ where: { account: id } });
      const balance = await database().balance.findUnique({ where: { account: id } });
      const figures = (entries: readonly { height: unknown; amountMicro: unknown; agreement: unknown }[]): string[] =>
        entries.map(({ height, amountMicro, agreement }) => [height, amountMicro, agreement].join(' ')).toSorted();
      expect(wallet?.account.id).toBe(Number(id));
      expect(wallet?.balanceMicro).toBe(String(balance?.balanceMicro ?? 0n));
      const entries = (wallet?.entries.items ?? []).map((entry) => ({ ...entry, agreement: entry.agreement?.id }));
      expect(figures(entries)).toEqual(figures(rows));
      shown.push(rows.length);
    }
    const all = await database().tokenEntry.count();
    expect(shown.filter((count) => count > 0).length).toBeGreaterThan(1);
    expect(Math.max(...shown)).toBeLessThan(all);
  });
});
