import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { auditedOf, type AuditEntryDto, type Audited } from '#lib/shared/audit.ts';
import { database } from '#lib/db.ts';
import { placeOf } from '#lib/read-model.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { GENESIS_TIME } from '#lib/testing/sample-genesis.ts';
import { MACHINE_AGENTS, sampleTask } from '#lib/testing/sample-task.ts';
import { getAlert, getAlerts, getMaintenanceWindows } from './alerts.ts';
import { exportAudit, getAudit } from './audit.ts';
import { getConnections, getNodePlaces } from './connections.ts';

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel(undefined, [sampleTask()]);
});
afterAll(() => model.stop());

const operator: Viewer = {
  kind: 'person',
  jti: 'test',
  address: '12'.repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id: 18, roles: ['NO'], encryptionKey: '', name: null },
};
const audit = (of: Audited, page?: number) => runAs(operator, () => getAudit(of, page));

/** As the database's owner: neither the portal nor the projector may write all of this. */
async function asOwner(sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: model.url });
  await client.connect();
  await client.query(sql);
  await client.end();
}

/** The sample's chain has no signed bytes: who signed is written beside it. */
const signedBy = (type: string, { account, method }: { account: number; method: string }): Promise<void> =>
  asOwner(`UPDATE ${placeOf('transactions')} SET "account" = ${account}, "method" = '${method}'
    WHERE "logIndex" IN (SELECT "logIndex" FROM ${placeOf('events')} WHERE "type" = '${type}')`);

async function whole(of: Audited): Promise<AuditEntryDto[]> {
  const batches = await runAs(operator, () => exportAudit(of));
  const all: AuditEntryDto[] = [];
  for await (const batch of batches ?? []) all.push(...batch);
  return all;
}

describe('the audit of a thing [8.2.2-b] [6.2.5-a]', () => {
  test.each(['account', 'resource', 'order'] as const)(
    '%s: the page has the newest first, the file the same from the oldest on',
    async (kind) => {
      const { items, total, pageSize } = await audit({ kind, id: 1 });
      const all = await whole({ kind, id: 1 });
      expect(total).toBeGreaterThan(0);
      expect(all).toHaveLength(total);
      expect(items).toEqual(all.toReversed().slice(0, pageSize));
      for (const entry of all) {
        expect(entry.sentence).toMatch(/\.$/);
        expect(entry.timeMs).toBeGreaterThanOrEqual(Number(GENESIS_TIME));
      }
      const places = all.map(({ height, phase, index, sequence }) =>
        [height, phase, index, sequence].map((n) => String(n).padStart(9, '0')).join(),
      );
      expect(places).toEqual([...new Set(places)].toSorted());
    },
  );

  test('says who published a resource, and hands out the receipt that everybody may have', async () => {
    await signedBy('ResourcePublished', { account: 1, method: 'PublishResource' });
    const [first] = await whole({ kind: 'resource', id: 1 });
    expect(first).toMatchObject({
      contract: 'resource',
      type: 'ResourcePublished',
      by: { id: 1, name: null },
      isByLedger: false,
      hasReceipt: true,
    });
  });

  test('names who has made its name public: in an audit, on the calendar and in an alert', async () => {
    const account = await database().account.findUniqueOrThrow({ where: { id: 1n } });
    const { address, profileCommitment: commitment } = account;
    const name = 'Weather Office';
    await database().profile.create({ data: { address, commitment, name, salt: '11'.repeat(32), isPublic: true } });
    await signedBy('ResourcePublished', { account: 1, method: 'PublishResource' });
    expect((await whole({ kind: 'resource', id: 1 }))[0]).toMatchObject({ by: { id: 1, name } });
    await asOwner(`INSERT INTO monitoring.subjects ("kind", "key") VALUES ('portal', 'https://named.example');
      INSERT INTO monitoring.windows ("subject", "from", "to", "account", "note")
        SELECT "id", now(), now() + interval '1 day', 1, '' FROM monitoring.subjects WHERE "key" = 'https://named.example';
      INSERT INTO monitoring.alerts ("subject", "rule", "severity", "state", "scope", "sentence", "firedAt", "acknowledgedAt", "acknowledgedBy")
        SELECT "id", 'portal-failed', 'critical', 'acknowledged', 'one', 'It has failed.', now(), now(), 1
        FROM monitoring.subjects WHERE "key" = 'https://named.example'`);
    const [announced] = await runAs(operator, getMaintenanceWindows);
    expect(announced).toMatchObject({ account: 1, announcedBy: { id: 1, name } });
    const [listed] = (await runAs(operator, () => getAlerts({}))).items;
    expect(await runAs(operator, () => getAlert(listed?.id ?? 0))).toMatchObject({
      acknowledgedBy: 1,
      lookedAfterBy: { id: 1, name },
    });
    await asOwner(`DELETE FROM monitoring.alerts; DELETE FROM monitoring.windows;
      DELETE FROM monitoring.subjects WHERE "key" = 'https://named.example'`);
  });

  test('what is between the parties of an order stays there: who signed it, its words and its receipt', async () => {
    await signedBy('AgreementReserved', { account: 2, method: 'Apply' });
    const all = await whole({ kind: 'order', id: 1 });
    const reserved = all.find(({ type }) => type === 'AgreementReserved');
    expect(reserved).toMatchObject({ by: null, hasReceipt: false });
    expect(JSON.stringify(all)).not.toContain('research');
  });

  test('a number that there is not, and one that is none, have nothing', async () => {
    for (const id of [999, 0, -1, 1.5, Number.NaN, 2 ** 53])
      expect([id, (await audit({ kind: 'account', id })).total]).toEqual([id, 0]);
    for (const page of [0, -1, 1.5, 1e9, Number.NaN])
      expect((await audit({ kind: 'resource', id: 1 }, page)).total).toBeGreaterThan(0);
    for (const text of [
      '',
      'A',
      'A-0',
      'A-01',
      'X-1',
      'A-1;',
      "A-1' OR 1=1",
      'A--1',
      'A-9999999999999999',
      '1',
      'AA-1',
    ])
      expect([text, auditedOf(text)]).toEqual([text, undefined]);
    expect([auditedOf(' a-12 '), auditedOf('N2')]).toEqual([
      { kind: 'account', id: 12 },
      { kind: 'node', id: 2 },
    ]);
  });
});

test('the matrix has what nodes and the monitor measured in the last hour, and nothing else; places are those of published resources [7.2.6-a]', async () => {
  const [first = '', second = ''] = MACHINE_AGENTS;
  await database()
    .$executeRaw`INSERT INTO monitoring.subjects ("kind", "key", "account") VALUES ('agent', ${first}, 1), ('agent', ${second}, 1), ('portal', 'https://p.example', NULL)`;
  const ids = await database().$queryRaw<{ id: number }[]>`SELECT "id" FROM monitoring.subjects ORDER BY "id"`;
  const [one = 0, two = 0, portal = 0] = ids.map(({ id }) => id);
  const now = new Date();
  const sample = async (at: Date, ms: number, peers: object[]): Promise<void> => {
    await database()
      .$executeRaw`INSERT INTO monitoring.samples ("subject", "at", "roundTripMs", "lossPermille", "peers")
      VALUES (${one}, ${at}, ${ms}::real, 0, ${JSON.stringify(peers)}::jsonb)`;
  };
  await sample(now, 4, [
    { address: second, roundTripMs: 3, lossPermille: 100 },
    { address: 'ff'.repeat(20), roundTripMs: 9, lossPermille: 0 },
  ]);
  await sample(new Date(now.getTime() - 10_000), 8, [{ address: second, lossPermille: 1_000 }]);
  await asOwner(`INSERT INTO monitoring.probes ("subject", "at", "isOk", "roundTripMs", "sentence")
    VALUES (${portal}, now(), true, 2, 'It answered in 2 ms.'), (${two}, now(), false, NULL, 'It did not answer.'),
      (${one}, now() - interval '2 hours', true, 5, 'It answered in 5 ms.')`);
  const connections = await runAs(operator, getConnections);
  expect(connections?.total).toBe(3);
  const order = (way: { from: number | null; to: number | null }): string => `${way.from} ${way.to}`;
  expect(connections?.ways.toSorted((a, b) => (order(a) < order(b) ? -1 : 1))).toEqual(
    [
      { from: one, to: null, roundTripMs: 6, lossPermille: 0, count: 2 },
      { from: one, to: two, roundTripMs: 3, lossPermille: 550, count: 2 },
      { from: null, to: portal, roundTripMs: 2, lossPermille: 0, count: 1 },
      { from: null, to: two, roundTripMs: null, lossPermille: 1_000, count: 1 },
    ].toSorted((a, b) => (order(a) < order(b) ? -1 : 1)),
  );
  const places = await runAs(operator, getNodePlaces);
  expect(places.map(({ zone, region, resource, status }) => [zone, region, resource.id, status])).toEqual([
    [null, 'eu-north', 2, 'unknown'],
    [null, 'eu-north', 3, 'unknown'],
    ['Seattle 1', 'us-west', 4, 'unknown'],
    ['Seattle 2', 'us-west', 5, 'unknown'],
  ]);
});
