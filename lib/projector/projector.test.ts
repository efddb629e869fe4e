import type { Database } from '#lib/database-session.ts';
import pg from 'pg';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import { HEIGHT_CHANNEL, placeOf, readModelSchema } from '#lib/read-model.ts';
import { startPostgres, type TestPostgres } from '#lib/testing/postgres.ts';
import { dumpReadModel } from '#lib/testing/read-model-dump.ts';
import { blockHash, sampleBlock } from '#lib/testing/sample-block.ts';
import { sampleChain } from '#lib/testing/sample-chain.ts';
import { bytes, CUSTOMER, sampleGenesis } from '#lib/testing/sample-genesis.ts';
import { applyBlocks, openCheckpoint, runProjector, type LedgerFeed, type ProjectorOptions } from './projector.ts';
import { ensureReadModel } from './creation.ts';
import { dropRows, readCheckpoint, readReplayUntil } from './store.ts';

const NETWORK = bytes(32, 9);
let postgres: TestPostgres;
let client: pg.Client;

beforeAll(async () => {
  postgres = await startPostgres();
  client = new pg.Client({ connectionString: postgres.projectorUrl });
  await client.connect();
  await ensureReadModel(client);
});
afterAll(async () => {
  await client.end();
  await postgres.stop();
});
beforeEach(async () => dropRows(client));

/** The database as the migrations leave it: without a read model. */
async function dropSchema(): Promise<void> {
  const owner = new pg.Client({ connectionString: postgres.url });
  await owner.connect();
  await owner.query(`DROP SCHEMA IF EXISTS ${readModelSchema} CASCADE`);
  await owner.end();
}

/** Sends the blocks one by one, as the ledger's client does, then calls `onEnd`. */
function feed(blocks: readonly CommittedBlock[], network = NETWORK): LedgerFeed {
  return {
    status: async () => ({ height: blocks.at(-1)?.height ?? 0n, firstHeight: blocks[0]?.height ?? 1n, network }),
    subscribe: (from, onBlock) => {
      void (async () => {
        for (const block of blocks) if (block.height >= from) await onBlock(block);
      })();
      return () => undefined;
    },
  };
}

function options(blocks: readonly CommittedBlock[], database: Database = client): Omit<ProjectorOptions, 'signal'> {
  return { database, ledger: feed(blocks), genesis: sampleGenesis, readTransaction: () => undefined };
}

/** Runs until the last block is projected. */
async function project(
  blocks: readonly CommittedBlock[],
  database: Database = client,
  network = NETWORK,
): Promise<void> {
  const done = new AbortController();
  const last = blocks.at(-1)?.height ?? 0n;
  await runProjector({
    ...options(blocks, database),
    ledger: feed(blocks, network),
    signal: done.signal,
    onHeight: (height) => height >= last && done.abort(),
  });
}

const dump = (): Promise<string> => dumpReadModel(client);

/** A connection that fails at its n-th statement from now on, before (or after) the server has executed it. */
function failingAt(statement: number, isAfter: boolean): { database: Database; wasReached: () => boolean } {
  let count = 0;
  const query = (async (...args: unknown[]) => {
    const isFault = count++ === statement;
    if (isFault && !isAfter) throw new Error('killed');
    const result: unknown = await (client.query as (...given: unknown[]) => Promise<unknown>).apply(client, args);
    if (isFault) throw new Error('killed');
    return result;
  }) as unknown as Database['query'];
  return { database: { query }, wasReached: () => count > statement };
}

describe('projector', () => {
  test('a chain becomes rows, and money adds up in every statement [8.3.1-a]', async () => {
    await project(sampleChain());
    expect((await readCheckpoint(client))?.height).toBe(7n);
    const { rows: faults } = await client.query(
      `SELECT b."account" FROM ${placeOf('balances')} b
       LEFT JOIN (SELECT "account", sum("amountMicro") AS total FROM ${placeOf('token_entries')} GROUP BY 1) e USING ("account")
       LEFT JOIN (SELECT "customer" AS "account", sum("holdMicro") AS held FROM ${placeOf('agreements')}
         WHERE "status" <> 'settled' GROUP BY 1) o USING ("account")
       WHERE b."balanceMicro" <> coalesce(e.total, 0) OR b."heldMicro" <> coalesce(o.held, 0)`,
    );
    expect(faults).toEqual([]);
    const { rows } = await client.query(`SELECT "balanceMicro" FROM ${placeOf('balances')} WHERE "account" = $1`, [
      CUSTOMER.toString(),
    ]);
    expect(rows).toEqual([{ balanceMicro: '47050000' }]);
    const { rows: orders } = await client.query(
      `SELECT "status", "endReason", "claimUsed" FROM ${placeOf('agreements')} WHERE "id" = 1`,
    );
    expect(orders).toMatchObject([
      { status: 'settled', endReason: 'time-up', claimUsed: [{}, { meter: 'calls', amount: '3' }, {}] },
    ]);
  });

  test('a block has its round from the block after it, and none until that is there [8.3.1-d]', async () => {
    const chain = sampleChain();
    const rounds = async (): Promise<(number | null)[]> => {
      const sql = `SELECT "round" FROM ${placeOf('blocks')} ORDER BY "height"`;
      return (await client.query<{ round: number | null }>(sql)).rows.map(({ round }) => round);
    };
    await project(chain.slice(0, 3));
    expect(await rounds()).toEqual([0, 1, null]);
    await project(chain);
    expect(await rounds()).toEqual([0, 1, 0, 1, 0, 1, null]);
  });

  test('killed at any statement, before or after the server took it, it resumes with nothing lost or doubled', async () => {
    const chain = sampleChain();
    await project(chain);
    const expected = await dump();
    for (const isAfter of [false, true]) {
      for (let statement = 0; ; statement++) {
        await dropRows(client);
        const failing = failingAt(statement, isAfter);
        await project(chain, failing.database).catch(() => undefined);
        if (!failing.wasReached()) break;
        await client.query('ROLLBACK');
        await project(chain);
        expect([statement, isAfter, await dump()]).toEqual([statement, isAfter, expected]);
        expect(await readReplayUntil(client)).toBe(7n);
      }
    }
  });

  test('killed at any statement that makes the tables, it has made none of them or all, and the next start goes on [8.3.1-a]', async () => {
    const chain = sampleChain();
    await project(chain);
    const expected = await dump();
    const tables = `SELECT 1 FROM pg_tables WHERE schemaname = '${readModelSchema}'`;
    const all = (await client.query(tables)).rowCount;
    for (const isAfter of [false, true]) {
      for (let statement = 0; ; statement++) {
        await dropSchema();
        const failing = failingAt(statement, isAfter);
        await ensureReadModel(failing.database).catch(() => undefined);
        await client.query('ROLLBACK');
        expect([0, all]).toContain((await client.query(tables)).rowCount);
        if (!failing.wasReached()) break;
        await ensureReadModel(client);
        expect((await client.query(tables)).rowCount).toBe(all);
      }
    }
    await project(chain);
    expect(await dump()).toBe(expected);
  });

  test('a rebuild, in batches of any size, gives identical tables [8.3.1-a]', async () => {
    const chain = sampleChain();
    await project(chain);
    const expected = await dump();
    await dropRows(client);
    const signal = new AbortController().signal;
    let checkpoint = await openCheckpoint({ ...options(chain), signal });
    for (const block of chain) checkpoint = await applyBlocks([block], checkpoint, options(chain));
    expect(await dump()).toBe(expected);
    await dropRows(client);
    checkpoint = await openCheckpoint({ ...options(chain), signal });
    await applyBlocks(chain, checkpoint, options(chain));
    expect(await dump()).toBe(expected);
  });

  test('duplicate blocks change nothing; reordered, missing and foreign ones are refused with a sentence', async () => {
    const chain = sampleChain();
    await project(chain.slice(0, 3));
    const expected = await dump();
    const checkpoint = await readCheckpoint(client);
    if (checkpoint === undefined) throw new Error('the checkpoint stands');
    expect(await applyBlocks(chain.slice(0, 3), checkpoint, options(chain))).toEqual(checkpoint);
    await expect(applyBlocks([chain[4]!, chain[3]!], checkpoint, options(chain))).rejects.toThrow(
      /sent block 5 where 4 was due/,
    );
    const other = { ...chain[2]!, hash: blockHash(3n, 1) };
    await expect(applyBlocks([other, chain[3]!], checkpoint, options(chain))).rejects.toThrow(
      /is not the one that was projected/,
    );
    await expect(project(chain, client, bytes(32, 8))).rejects.toThrow(/belongs to the network/);
    expect(await dump()).toBe(expected);
    await project(chain);
    expect((await readCheckpoint(client))?.height).toBe(7n);
  });

  test('two projectors on one checkpoint: only one of them moves it', async () => {
    const chain = sampleChain();
    await project(chain.slice(0, 3));
    const checkpoint = await readCheckpoint(client);
    if (checkpoint === undefined) throw new Error('the checkpoint stands');
    await applyBlocks([chain[3]!], checkpoint, options(chain));
    const expected = await dump();
    await expect(applyBlocks([chain[3]!], checkpoint, options(chain))).rejects.toThrow();
    expect(await dump()).toBe(expected);
  });

  test('a ledger node without the blocks that are due is refused with what to do, and one that has the next goes on [8.3.1-d]', async () => {
    const chain = sampleChain();
    await expect(project(chain.slice(3))).rejects.toThrow(
      /no block below 4, and the read model stands at 0: .* a node that holds every block, or restore a dump .* at height 3 or above/,
    );
    expect(await readCheckpoint(client)).toBeUndefined();
    await project(chain);
    const expected = await dump();
    await dropRows(client);
    await project(chain.slice(0, 3));
    await expect(project(chain.slice(4))).rejects.toThrow(/no block below 5, and the read model stands at 3/);
    await project(chain.slice(3));
    expect(await dump()).toBe(expected);
  });

  test('an event that this version does not know stops it with a sentence', async () => {
    const payload = { contract: 'not-yet', type: 'Unheard' } as never;
    const chain = [...sampleChain(), sampleBlock(8n, 100n, [{ events: [payload] }])];
    await expect(project(chain)).rejects.toThrow(/not-yet.Unheard version 1.*newer version/);
    expect((await readCheckpoint(client))?.height ?? 0n).toBeLessThan(8n);
  });

  test('an open page hears of the new height when the rows are there, and not before', async () => {
    const listener = new pg.Client({ connectionString: postgres.webUrl });
    await listener.connect();
    await listener.query(`LISTEN ${HEIGHT_CHANNEL}`);
    const heard = new Promise<string>((resolve) =>
      listener.on('notification', ({ payload }) => resolve(payload ?? '')),
    );
    await project(sampleChain());
    expect(JSON.parse(await heard)).toMatchObject({ height: expect.any(Number), timeMs: expect.any(Number) });
    await listener.end();
  });

  test('an id that stands twice and an account that cannot exist stop nothing [8.3.1-b]', async () => {
    const transaction = { method: 'Vote', account: 2n ** 64n - 1n, key: 0n, nonce: 0n, validUntilMs: 0n, args: {} };
    const signed = { transaction, network: NETWORK, signature: bytes(65, 0) };
    // Log indexes 0 and 100 bear one transaction id.
    const blocks = [sampleBlock(1n, 0n, [{ code: 10, events: [] }]), sampleBlock(2n, 100n, [{ events: [] }])];
    const read = { database: client, readTransaction: () => signed };
    const checkpoint = await openCheckpoint({ ...options(blocks), signal: new AbortController().signal });
    expect((await applyBlocks(blocks, checkpoint, read)).height).toBe(2n);
    const { rows } = await client.query(`SELECT "tx", "account" FROM ${placeOf('transactions')}`);
    expect(rows).toEqual(Array.from({ length: 2 }, () => ({ tx: '96'.repeat(32), account: null })));
  });
});
