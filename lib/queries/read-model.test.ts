import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runAs, type Viewer } from '#lib/auth/viewer.ts';
import { database, Prisma } from '#lib/db.ts';
import { profileCommitment } from '#lib/ledger-client.ts';
import { placeOf, readModelSchema } from '#lib/read-model.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import {
  BACKUP_PROVIDER,
  BUYER,
  CUSTOMER,
  NODE_PROVIDER,
  PROVIDER,
  SECOND_PROVIDER,
  STRANGER,
} from '#lib/testing/sample-genesis.ts';
import { getAccount } from './account.ts';
import { getCatalogue, getCorrection } from './catalogue.ts';
import { getBlock, getBlocks, getFilledBlocks, getTransaction, getTransactions } from './explorer.ts';
import { newsSince } from './live.ts';
import { getConsensusStrip, getNetwork, getParameters } from './network.ts';
import { getNodes, getRetiredNodes } from './nodes.ts';
import { getOrder, getOrders, getRefusals } from './orders.ts';
import { getProposals } from './proposals.ts';
import { getResource } from './resource.ts';
import { search } from './search.ts';
import { wordsOf } from './search-words.ts';
import { getWallet } from './wallet.ts';

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel();
});
afterAll(() => model.stop());

const nobody: Viewer = { kind: 'public' };
const person = (id: bigint, ...roles: string[]): Viewer => ({
  kind: 'person',
  jti: 'test',
  address: '00'.repeat(20),
  expiresAtMs: Number.MAX_SAFE_INTEGER,
  account: { id: Number(id), roles, encryptionKey: '', name: null },
});
const customer = person(CUSTOMER, 'NRC');
const provider = person(PROVIDER, 'NRC', 'NRP');
const stranger = person(STRANGER, 'NRC');
const nodeProvider = person(NODE_PROVIDER, 'NRC', 'NRNSP');
const as = runAs;

describe('queries', () => {
  test('every column of every model of schema.prisma is in the database, and no column is missing from it', async () => {
    const client = new pg.Client({ connectionString: model.webUrl });
    await client.connect();
    const { rows } = await client.query<{ place: string }>(
      `SELECT table_schema || '.' || table_name || '.' || column_name AS place FROM information_schema.columns
       WHERE table_schema = ANY ($1)`,
      [[readModelSchema, 'identity', 'operations']],
    );
    await client.end();
    const models = (Prisma as unknown as { ModelName: Record<string, string> }).ModelName;
    for (const name of Object.keys(models)) {
      const delegate = database()[`${name[0]?.toLowerCase()}${name.slice(1)}` as 'block'];
      await delegate.findFirst();
    }
    const fields = Object.keys(models).flatMap((name) => {
      const list = (Prisma as unknown as Record<string, Record<string, string>>)[`${name}ScalarFieldEnum`] ?? {};
      return Object.keys(list);
    });
    // The search vector is read by raw queries alone.
    expect(rows.length - fields.length).toBe(1);
  });

  test('the catalogue finds by words, prefixes and facets, with counts under the rest of the filter [8.4.2-d]', async () => {
    const found = await as(nobody, () => getCatalogue({ text: 'seatt rain', format: 'csv' }));
    expect(found.items.map(({ id, title, free, completedOrders }) => ({ id, title, free, completedOrders }))).toEqual([
      { id: 1, title: 'Seattle weather', free: [{ meter: 'places', amount: 1 }], completedOrders: 1 },
    ]);
    expect(found.asOf.height).toBe(7);
    expect(found.facets.find(({ name }) => name === 'format')?.values).toEqual([
      { value: 'csv', count: 1 },
      { value: 'json', count: 1 },
    ]);
    expect((await as(nobody, () => getCatalogue({ text: 'birds' }))).total).toBe(0);
    expect((await as(nobody, () => getCatalogue({ region: 'nowhere' }))).total).toBe(0);
  });

  test('a search text is letters and digits only, whatever is typed', () => {
    expect(wordsOf(`rain' | !(sea & <-> :* \\`)).toEqual(['rain', 'sea']);
    expect(wordsOf('&|!:*()')).toEqual([]);
  });

  test('rows that a provider lets everybody see are those of the shared columns alone', async () => {
    expect((await as(nobody, () => getResource(1)))?.sample).toBeNull();
    const sample = [{ date: '2012-01-01', rain: '0.5', secret: 'never' }];
    const source = { id: 'weather', kind: 'data', title: 'Weather', sample };
    const agent = { address: '77'.repeat(20), origin: 'http://localhost:4100', label: 'agent', sources: [source] };
    await database().agent.create({ data: agent });
    expect((await as(nobody, () => getResource(1)))?.sample).toEqual([{ date: '2012-01-01', rain: '0.5' }]);
    await database().agent.delete({ where: { address: agent.address } });
  });

  test('status, requirements and metadata of a resource are kept and shown [8.4.2-b]', async () => {
    const resource = await as(nobody, () => getResource(1));
    expect(resource).toMatchObject({
      status: 'published',
      strategy: { version: 1, conditions: [{ sentence: 'use must be at most 2 hours' }], useMsMax: 86_400_000 },
      attributes: [
        { name: 'bytes', value: '48219' },
        { name: 'checksum' },
        { name: 'columns', value: expect.stringContaining('2012-01-01') },
        { name: 'format', value: 'csv' },
        { name: 'rows', value: '1461' },
      ],
      prices: [{ meter: 'places', per: 1, perMs: 3_600_000, amountMicro: '3600000' }],
      capacity: [{ meter: 'places', amount: 2 }],
    });
    expect(resource?.strategy).toMatchObject({
      ways: [{ name: 'columns', value: '["date","rain"]' }, { name: 'formats' }],
      limits: [
        { meter: 'bytes', amount: 10_000_000 },
        { meter: 'calls', amount: 100 },
      ],
      promise: [{ meter: 'firstByteMs', amount: 500 }],
      degradedPerMille: 500,
    });
    expect(resource?.history.map(({ type }) => type)).toContain('ResourcePublished');
    expect(await as(nobody, () => getResource(99))).toBeNull();
  });

  test('customer and provider read the same bill, every line adds up, nothing is unexplained', async () => {
    const [mine, theirs] = [await as(customer, () => getOrder(1)), await as(provider, () => getOrder(1))];
    expect(mine?.bill).toEqual(theirs?.bill);
    expect(mine?.bill).toMatchObject({ chargeMicro: '2700000', refundMicro: '900000', unexplainedMicro: '0' });
    const sum = mine?.bill?.lines.reduce((total, line) => total + BigInt(line.amountMicro), 0n);
    expect(sum).toBe(2_700_000n);
    expect(mine?.bill?.runs.map(({ state, chargeMicro }) => [state, chargeMicro])).toEqual([
      ['kept', '2700000'],
      ['down', '0'],
    ]);
    expect([mine?.viewer, theirs?.viewer]).toEqual(['customer', 'provider']);
    expect(theirs?.sealed).toBeNull();
  });

  test('an order is its parties’ alone; a stranger’s answer is the one for an order that does not exist [7.2.1-b]', async () => {
    for (const viewer of [nobody, stranger, nodeProvider]) {
      expect(await as(viewer, () => getOrder(1))).toEqual(await as(viewer, () => getOrder(999)));
    }
    expect((await as(customer, () => getOrders({ as: 'customer' }))).total).toBe(1);
    expect((await as(customer, () => getOrders({ as: 'provider' }))).total).toBe(0);
    expect((await as(provider, () => getOrders({ as: 'provider', status: 'settled' }))).total).toBe(1);
    expect((await as(stranger, () => getOrders({ as: 'customer' }))).total).toBe(0);
    expect((await as(nobody, () => getOrders({ as: 'customer' }))).total).toBe(0);
    const refusals = await as(customer, () => getRefusals(1));
    expect(refusals.items[0]?.failed).toEqual([
      { index: 0, sentence: 'use must be at most 2 hours', asked: 'you asked for 6 hours' },
    ]);
    expect(refusals.items[0]).toMatchObject({
      resource: { kind: 'data' },
      choices: [{ name: 'format', value: 'csv' }],
    });
    expect((await as(provider, () => getRefusals(1))).total).toBe(0);
  });

  test('the explorer shows that orders move, and only their parties read between whom and for how much [7.2.5-a]', async () => {
    const sentences = async (viewer: Viewer) =>
      (await as(viewer, () => getBlock(3)))?.events.map(({ sentence }) => sentence).join('\n') ?? '';
    expect(await sentences(customer)).toContain('A-2 reserved R-1 from A-1 as O-1; 3.60 tokens are held.');
    for (const viewer of [nobody, stranger]) {
      const read = await sentences(viewer);
      expect(read).not.toMatch(/A-1|A-2|3\.6/);
      expect(read).toContain('An order moved on');
    }
  });

  test('transactions page without gaps, and blocks that hold nothing are left out where that is asked for', async () => {
    const entries = await as(nobody, () => getTransactions(1));
    expect(entries.items.map(({ logIndex }) => logIndex)).toEqual(
      Array.from({ length: Math.min(entries.total, entries.pageSize) }, (_, index) => entries.total - 1 - index),
    );
    const owner = new pg.Client({ connectionString: model.url });
    await owner.connect();
    const holding = (count: number) =>
      owner.query(`UPDATE ${placeOf('blocks')} SET "transactions" = $1, "dueItems" = 0 WHERE "height" = 2`, [count]);
    await holding(0);
    const filled = await as(nobody, () => getFilledBlocks(1));
    await holding(1);
    await owner.end();
    expect([filled.total, filled.items.map(({ height }) => height)]).toEqual([6, [7, 6, 5, 4, 3, 1]]);
  });

  test('blocks page without gaps, a statement’s entries add up to its balance, the strip shows who missed', async () => {
    const blocks = await as(nobody, () => getBlocks(1));
    expect(blocks.items.map(({ height }) => height)).toEqual([7, 6, 5, 4, 3, 2, 1]);
    const signers = (await as(nobody, () => getBlock(3)))?.signers.map(({ name, signed }) => [name, signed]);
    expect(signers?.at(-1)).toEqual(['validator-4', false]);
    const wallet = await as(customer, () => getWallet(1));
    const sum = wallet?.entries.items.reduce((total, entry) => total + BigInt(entry.amountMicro), 0n);
    expect(wallet?.balanceMicro).toBe(sum?.toString());
    expect(await as(nobody, () => getWallet(1))).toBeNull();
    const strip = await as(nobody, () => getConsensusStrip());
    expect(strip.blocks.at(-1)?.signed).toEqual([true, true, true, false]);
    expect(strip.validators.map(({ name }) => name)).toEqual([1, 2, 3, 4].map((n) => `validator-${n}`));
    expect(await as(nobody, () => getParameters())).toEqual({ contestMs: '20000', feePerMille: '10' });
    expect(await as(nobody, () => getNetwork())).toMatchObject({
      name: 'Test network',
      orders: 4,
      resources: 3,
      validatorsTotal: 4,
    });
  });

  test('live updates name only what the viewer may read', async () => {
    expect((await newsSince(2, customer)).changed).toEqual(
      expect.arrayContaining(['agreement:1', 'account:2', 'resource:1', 'proposal:1']),
    );
    const strange = (await newsSince(2, nobody)).changed;
    expect(strange.toSorted()).toEqual([
      ...['node:1', 'node:3', 'node:4', 'node:5'],
      ...[1, 2, 3, 4, 5].map((id) => `proposal:${id}`),
      ...['resource:1', 'resource:2', 'resource:3'],
    ]);
    expect((await newsSince(7, customer)).changed).toEqual([]);
  });

  test('search finds numbers, names and hashes as far as the viewer may know of them', async () => {
    expect(await as(nobody, () => search('R-1'))).toEqual([
      { kind: 'resource', label: 'R-1 Seattle weather', href: '/catalogue/1' },
    ]);
    expect(await as(customer, () => search('O-1'))).toMatchObject([{ href: '/customer/orders/1' }]);
    expect(await as(provider, () => search('o-1'))).toMatchObject([{ href: '/provider/orders/1' }]);
    expect(await as(stranger, () => search('O-1'))).toEqual([]);
    const tx = (await as(nobody, () => getBlock(2)))?.items[0]?.tx ?? '';
    expect(await as(nobody, () => search(`0x${tx}`))).toMatchObject([{ kind: 'transaction' }]);
    expect((await as(nobody, () => getTransaction(tx)))?.logIndex).toBe(1);
  });

  test('a name shows while the commitment on the ledger is its own', async () => {
    const { address, profileCommitment: standing } = (await database().account.findUnique({
      where: { id: PROVIDER },
    })) ?? { address: '', profileCommitment: '' };
    const named = { name: 'Weather Office', salt: '11'.repeat(32), isPublic: true };
    await database().profile.create({
      data: { address, commitment: profileCommitment(named.name, named.salt), ...named },
    });
    expect((await as(nobody, () => getAccount(1)))?.name).toBeNull();
    await database().profile.create({ data: { address, commitment: standing, ...named } });
    expect((await as(nobody, () => getAccount(1)))?.name).toBe('Weather Office');
    expect(await as(nobody, () => search('offi'))).toMatchObject([
      { kind: 'account', label: `A-${PROVIDER} Weather Office` },
      { kind: 'resource', label: 'R-1 Seattle weather' },
    ]);
    // A word of the provider and one of the resource.
    expect((await as(nobody, () => getCatalogue({ text: 'office seattle' }))).items.map(({ id }) => id)).toEqual([1]);
    expect(await as(nobody, () => getAccount(1))).toMatchObject({
      roles: ['NRC', 'NRP'],
      completedOrders: 1,
      brokenOrders: 0,
    });
  });

  test('nodes stand from genesis on, with operator, class and status, and say what is decided about them [6.2.1-b] [8.5.1-b]', async () => {
    const nodes = await as(nobody, () => getNodes());
    expect(nodes.map(({ name, operator, status }) => [name, operator?.id ?? null, status])).toEqual([
      ['validator-1', null, 'leaving'],
      ['validator-2', null, 'validating'],
      ['validator-3', null, 'validating'],
      ['Fifth', 1, 'validating'],
    ]);
    expect(nodes.map(({ equivocations }) => equivocations)).toEqual([0, 0, 1, 0]);
    expect([nodes[0]!.changesAtMs, nodes[3]!.changesAtMs]).toEqual([1_800_000_607_000, null]);
    const retired = await as(nobody, () => getRetiredNodes(1));
    expect(retired.items).toMatchObject([{ id: 4, name: 'validator-4', status: 'retired' }]);
    const words = (await as(nobody, () => getBlock(7)))?.events.map(({ sentence }) => sentence) ?? [];
    expect(words).toContain('N-3 signed two conflicting votes at block 4; it has been caught once.');
    expect(words).toContain('N-5 enters the set of validators two blocks later: 5 then decide.');
  });

  test('proposals show their votes and the electorate they were decided by', async () => {
    const proposals = await as(nodeProvider, () => getProposals(1));
    expect(proposals.items).toMatchObject([
      { id: 5, proposes: '0.25 tokens from the treasury to A-4', concerns: { id: 4 } },
      { id: 4, proposes: 'the role NRP for A-4', by: { id: 4 }, concerns: { id: 4 } },
      { id: 3, method: 'ProposeValidatorRemoval', proposes: 'the validator N-2 leaves', concerns: null },
      { id: 2, proposes: '\u2068Fifth\u2069, operated by A-1, becomes a validator', concerns: { id: 1 } },
      { id: 1, proposes: 'contestMs becomes 20000', status: 'passed', electorate: 1, votes: [{ approve: true }] },
    ]);
    expect(proposals.items[4]).toMatchObject({
      method: 'ProposeParameter',
      args: [
        { name: 'value', value: '20000' },
        { name: 'parameter', value: 'contestMs' },
      ],
    });
    expect(proposals.items[3]?.args).toContainEqual({ name: 'publicKey', value: '05'.repeat(33) });
    expect((await as(nobody, () => getProposals(1))).total).toBe(0);
  });
});

describe('facets', () => {
  test('kinds, formats and ways of pricing are counted under the rest of the filter, and each finds its own [8.4.2-d]', async () => {
    const { facets, total } = await as(nobody, () => getCatalogue({}));
    expect(total).toBe(3);
    const values = (name: string) => facets.find((facet) => facet.name === name)?.values;
    expect(values('kind')).toEqual([{ value: 'data', count: 3 }]);
    expect(values('pricing')).toEqual([
      { value: 'time', count: 2 },
      { value: 'use', count: 1 },
    ]);
    expect(values('format')).toEqual([
      { value: 'csv', count: 2 },
      { value: 'json', count: 1 },
      { value: 'parquet', count: 1 },
    ]);
    const ids = async (filter: Parameters<typeof getCatalogue>[0]): Promise<number[]> =>
      (await as(nobody, () => getCatalogue(filter))).items.map(({ id }) => id);
    expect(await ids({ pricing: 'use' })).toEqual([2]);
    expect(await ids({ format: 'csv', sort: 'size' })).toEqual([3, 1]);
    // An hour of usual use: 1.8, 2 and 3.6 tokens.
    expect(await ids({ sort: 'price' })).toEqual([3, 2, 1]);
  });

  test('a resource is found by every beginning of each of its words, one that is longer than its stem too [8.4.2-d]', async () => {
    for (const word of ['harbour', 'archive', 'weather']) {
      for (let length = 1; length <= word.length; length += 1) {
        const text = word.slice(0, length);
        const { items } = await as(nobody, () => getCatalogue({ text }));
        const whole = await as(nobody, () => getCatalogue({ text: word }));
        expect([text, items.map(({ id }) => id)]).toEqual([
          text,
          expect.arrayContaining(whole.items.map(({ id }) => id)),
        ]);
        expect(whole.total).toBeGreaterThan(0);
      }
    }
  });

  test('an id finds that resource alone, in the catalogue and in the search, and none finds nothing', async () => {
    for (const text of ['R-2', 'r2', ' R-2 ']) {
      expect((await as(nobody, () => getCatalogue({ text }))).items.map(({ id }) => id)).toEqual([2]);
      expect((await as(nobody, () => search(text))).map(({ href }) => href)).toEqual(['/catalogue/2']);
    }
    expect((await as(nobody, () => getCatalogue({ text: 'R-99' }))).total).toBe(0);
  });

  test('a mistyped word is answered with the nearest that there is, a right one with itself', async () => {
    const meant = (text: string) => as(nobody, () => getCorrection(text));
    expect(await meant('harbuor tides')).toBe('harbour tides');
    expect(await meant('harbour')).toBeNull();
    expect(await meant('zzzzzzzz')).toBeNull();
    expect((await as(nobody, () => search('tdie archvie'))).map(({ label }) => label)).toEqual(['R-3 Tide archive']);
  });

  test('a band of prices holds what lies in it, and counts of bands are those of the rest of the filter', async () => {
    const { facets } = await as(nobody, () => getCatalogue({}));
    // An hour of usual use: 1.8, 2 and 3.6 tokens.
    expect(facets.find(({ name }) => name === 'price')?.values).toEqual([{ value: 'to-10', count: 3 }]);
    expect((await as(nobody, () => getCatalogue({ price: 'to-10', text: 'tide' }))).total).toBe(2);
    expect((await as(nobody, () => getCatalogue({ price: 'to-1' }))).total).toBe(0);
  });

  test('a search finds what only the kind says: the columns of a table [8.4.2-d]', async () => {
    const found = await as(nobody, () => getCatalogue({ text: 'level hour' }));
    expect(found.items.map(({ id }) => id).toSorted()).toEqual([2, 3]);
    expect((await as(nobody, () => search('level'))).map(({ label }) => label)).toEqual([
      'R-3 Tide archive',
      'R-2 Harbour tides',
    ]);
  });
});

/** O-2: the first part runs, the second failed, the third took its place and was settled; three providers. */
describe('a purchase of several parts', () => {
  const buyer = person(BUYER, 'NRC');
  const second = person(SECOND_PROVIDER, 'NRC', 'NRP');
  const third = person(BACKUP_PROVIDER, 'NRC', 'NRP');

  test('its customer sees every part, which one took whose place, and one bill a part [8.1.2-b]', async () => {
    const [first, failed, instead] = await Promise.all([2, 3, 4].map((id) => as(buyer, () => getOrder(id))));
    const named = [first, failed, instead].map((part) => [part?.order, part?.part, part?.parts, part?.status]);
    expect(named).toEqual([
      [2, 1, 3, 'active'],
      [2, 2, 3, 'settled'],
      [2, 3, 3, 'settled'],
    ]);
    expect(first?.others.map(({ id }) => id)).toEqual([3, 4]);
    expect([failed?.replacedBy, failed?.holdMicro, instead?.replaces]).toEqual([4, '200000', 3]);
    expect(failed?.backup).toMatchObject({ resource: { id: 3, title: 'Tide archive' }, provider: { id: 6 } });
    expect(failed?.events.map(({ type }) => type)).toEqual(expect.arrayContaining(['AgreementReplaced', 'HoldSplit']));
    const orders = await as(buyer, () => getOrders({ as: 'customer' }));
    expect(orders.items.map(({ id, order, part }) => `${id}: O-${order}/${part}`)).toEqual([
      '4: O-2/3',
      '3: O-2/2',
      '2: O-2/1',
    ]);
  });

  test('a bill with kept, degraded and down runs adds up, what nobody claimed among the down [8.1.2-b]', async () => {
    const order = await as(buyer, () => getOrder(4));
    const bill = order?.bill;
    expect(bill?.runs.map(({ state, factorPerMille, chargeMicro }) => [state, factorPerMille, chargeMicro])).toEqual([
      ['kept', 1000, '520000'],
      ['degraded', 400, '52000'],
      ['down', 0, '0'],
      ['kept', 1000, '260000'],
      ['degraded', 400, '156000'],
      ['down', 0, '0'],
    ]);
    expect(bill?.lines.map(({ amount, amountMicro }) => [amount, amountMicro])).toEqual([
      [500_000, '228000'],
      [1, '760000'],
    ]);
    expect([bill?.chargeMicro, bill?.refundMicro, bill?.unexplainedMicro]).toEqual(['988000', '812000', '0']);
    expect(order?.claim?.runs).toHaveLength(5);
    expect(order?.claim?.runs.at(-1)?.endMs).toBe(order?.claim?.untilMs);
  });

  test('a provider of one part sees nothing of the others: in no query, search, live update or sentence [7.2.1-b]', async () => {
    const wholes: [Viewer, number][] = [
      [provider, 2],
      [second, 3],
      [third, 4],
    ];
    const buying = (await as(nobody, () => getBlock(5)))?.items[2];
    for (const [viewer, own] of wholes) {
      const others = [2, 3, 4].filter((id) => id !== own);
      const order = await as(viewer, () => getOrder(own));
      expect(order).toMatchObject({ order: own, part: 1, parts: 1, others: [], replaces: null, replacedBy: null });
      expect(order?.backup).toBeNull();
      for (const id of others) expect([own, await as(viewer, () => getOrder(id))]).toEqual([own, null]);
      const listed = await as(viewer, () => getOrders({ as: 'provider' }));
      expect(listed.items.map(({ id }) => id).filter((id) => others.includes(id))).toEqual([]);
      const read = [
        order,
        listed,
        await as(viewer, () => getBlock(5)),
        await as(viewer, () => getBlock(6)),
        await as(viewer, () => getBlock(7)),
        await as(viewer, () => getTransaction(buying?.tx ?? '')),
        await newsSince(4, viewer),
      ];
      const text = JSON.stringify(read);
      for (const id of others)
        expect([own, id, new RegExp(`O-${id}\\b|agreement:${id}\\b`).exec(text)]).toEqual([own, id, null]);
      expect(await as(viewer, () => search(`O-${own}/1`))).toMatchObject([{ href: `/provider/orders/${own}` }]);
      const names = ['O-2/2', 'O-2/3', ...others.map((id) => `O-${id}/1`), ...others.map((id) => `O-${id}`)];
      for (const name of names) expect([own, name, await as(viewer, () => search(name))]).toEqual([own, name, []]);
    }
    expect(await as(buyer, () => search('o-2/3'))).toEqual([
      { kind: 'order', label: 'Order O-2/3', href: '/customer/orders/4' },
    ]);
  });

  test('a provider of several parts sees its own alone, counted by themselves [7.2.1-b]', async () => {
    const client = new pg.Client({ connectionString: model.projectorUrl });
    await client.connect();
    const agreements = `${readModelSchema}.agreements`;
    await client.query(`CREATE TEMP TABLE another AS SELECT * FROM ${agreements} WHERE "id" = 3`);
    await client.query(`UPDATE another SET "id" = 5, "part" = 4, "replacedBy" = NULL`);
    await client.query(`INSERT INTO ${agreements} SELECT * FROM another`);
    const own = await as(second, () => getOrder(5));
    expect(own).toMatchObject({ order: 3, part: 2, parts: 2, others: [{ id: 3, order: 3, part: 1, parts: 2 }] });
    expect(await as(second, () => search('O-3/2'))).toMatchObject([{ href: '/provider/orders/5' }]);
    for (const name of ['O-3/0', 'O-3/3', 'O-5/1', 'O-2/4'])
      expect([name, await as(second, () => search(name))]).toEqual([name, []]);
    expect(await as(buyer, () => search('O-2/4'))).toMatchObject([{ href: '/customer/orders/5' }]);
    await client.query(`DELETE FROM ${agreements} WHERE "id" = 5`);
    await client.end();
  });

  test('what was signed for all parts is read by who signed it, and by no provider of one [7.2.1-b]', async () => {
    const tx = (await as(nobody, () => getBlock(5)))?.items[2]?.tx ?? '';
    const purposeFor = async (viewer: Viewer): Promise<string | undefined> =>
      (await as(viewer, () => getTransaction(tx)))?.fields.find(({ name }) => name === 'purpose')?.value;
    expect(await purposeFor(buyer)).toBe('planning');
    for (const viewer of [nobody, stranger, provider, second, third])
      expect(await purposeFor(viewer)).toBe('only the parties see this');
    // The provider's own events of it are plain all the same.
    const sentences = (await as(second, () => getTransaction(tx)))?.events.map(({ sentence }) => sentence);
    expect(sentences).toContain('A-7 reserved R-2 from A-5 as O-3; 2.00 tokens are held.');
  });
});
