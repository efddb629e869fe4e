import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import pg from 'pg';
import { toHex } from '#ledger/core/bytes.ts';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { anchorOf, anchorToJson, genesisHash, genesisToJson } from '#ledger/core/genesis.ts';
import { applyBlocks, openCheckpoint } from '#lib/projector/projector.ts';
import { startPostgres, type TestPostgres } from './postgres.ts';
import { readSampleTransaction } from './sample-block.ts';
import { sampleChain } from './sample-chain.ts';
import { sampleGenesis } from './sample-genesis.ts';

export const TEST_SECRET = 'a secret of at least thirty-two characters';
export const TEST_ORIGIN = 'http://localhost:3000';

/** Sets what `webEnvironment` reads, for code under test. */
export function setWebEnvironment(values: { home: string; databaseUrl: string }): void {
  process.env.INTERPOOL_HOME = values.home;
  process.env.LEDGER_SOCKET = path.join(values.home, 'ledger.sock');
  process.env.DATABASE_URL_WEB = values.databaseUrl;
  process.env.NEXTAUTH_SECRET = TEST_SECRET;
  process.env.NEXTAUTH_URL = TEST_ORIGIN;
}

export interface TestReadModel {
  home: string;
  /** genesisHash, hex. */
  network: string;
  /** Superuser's address. */
  url: string;
  webUrl: string;
  projectorUrl: string;
  monitorUrl: string;
  stop(): Promise<void>;
}

/**
 * A real database with the sample chain projected into it, `further` blocks behind it, and the environment set to it. No ledger process. It
 * is stopped together with the database, also where the caller gives that.
 */
export async function startReadModel(
  given?: TestPostgres,
  further: readonly CommittedBlock[] = [],
): Promise<TestReadModel> {
  const postgres = given ?? (await startPostgres());
  const home = await mkdtemp(path.join(tmpdir(), 'interpool-home-'));
  await writeFile(path.join(home, 'genesis.json'), genesisToJson(sampleGenesis));
  await writeFile(path.join(home, 'anchor.json'), anchorToJson(anchorOf(sampleGenesis, nobleCrypto)));
  const network = genesisHash(sampleGenesis, nobleCrypto);
  const database = new pg.Client({ connectionString: postgres.projectorUrl });
  await database.connect();
  const chain = [...sampleChain(), ...further];
  const ledger = { status: async () => ({ height: 7n, firstHeight: 1n, network }), subscribe: () => () => undefined };
  const options = {
    database,
    genesis: sampleGenesis,
    readTransaction: readSampleTransaction,
    ledger,
    signal: new AbortController().signal,
  };
  await applyBlocks(chain, await openCheckpoint(options), options);
  await database.end();
  setWebEnvironment({ home, databaseUrl: postgres.webUrl });
  return {
    home,
    network: toHex(network),
    url: postgres.url,
    webUrl: postgres.webUrl,
    projectorUrl: postgres.projectorUrl,
    monitorUrl: postgres.monitorUrl,
    stop: async () => {
      const { database: client } = await import('#lib/db.ts');
      await client().$disconnect();
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
