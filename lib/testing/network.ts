import { spawn, execFile, type ChildProcess } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import pg from 'pg';
import { secp256k1 } from '@noble/curves/secp256k1.js';
import { LedgerClient } from '#ledger/client/ledger-client.ts';
import { USUAL_PARAMETERS_AS_TEXT } from '#ledger/contracts/testing/parameters.ts';
import { addressOf } from '#ledger/core/address.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { compileMethod, encodeTransaction, signTransaction, type Method } from '#ledger/core/transaction.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { readGenesis, readTransaction } from '#lib/ledger-client.ts';
import { ensureReadModel } from '#lib/projector/creation.ts';
import { runProjector } from '#lib/projector/projector.ts';
import { startPostgres } from './postgres.ts';
import { dumpReadModel } from './read-model-dump.ts';
import { setWebEnvironment } from './read-model.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const READY_MS_MAX = 30_000;

/** A person or an agent with a key of its own. */
export interface TestPerson {
  secretKey: Uint8Array;
  /** 20 bytes. */
  address: Uint8Array;
  /** 40 lower-case hex digits. */
  hex: string;
}

/** The n-th of the keys that tests use: 32 bytes that all hold n. */
export function testPerson(n: number): TestPerson {
  const secretKey = new Uint8Array(32).fill(n);
  const address = addressOf(secp256k1.getPublicKey(secretKey, false), nobleCrypto);
  return { secretKey, address, hex: toHex(address) };
}

/** Short times, so that an order settles within a test. */
const PARAMETERS: Record<string, string> = {
  contestMs: '1000',
  deliveryMs: '60000',
  intervalMs: '1000',
  votingMs: '60000',
  epochMs: '600000',
  validityMsMax: '3600000',
  newAccountGrantMicro: '5000000',
  feePerMille: '10',
  openAgreementsMax: '10',
  createPerEpochMax: '100',
  transactionsPerEpochMax: '10000',
  bytesPerEpochMax: '16777216',
  testAgeMsMax: '3600000',
  openDemandsMax: '50',
  planMs: '60000',
  rangeGraceMs: '10000',
  probationMs: '3000',
  silenceMs: '10000',
  ...USUAL_PARAMETERS_AS_TEXT,
  incentivePoolMicro: '1000000',
};

export interface Founder {
  person: TestPerson;
  roles: string[];
  balanceMicro: string;
}

export interface TestNetwork {
  home: string;
  /** 32 bytes. */
  network: Uint8Array;
  webUrl: string;
  /** Hex of a signed transaction, as a wallet would make it. */
  sign(
    person: TestPerson,
    method: Method,
    transaction: { account: bigint; key?: bigint; nonce: bigint; validUntilMs?: bigint; args: Args },
  ): string;
  /** Ends the ledger process as kill -9 does, and starts it again. */
  crashLedger(): Promise<void>;
  /** Every row of the read model as text, in order. */
  dump(): Promise<string>;
  pauseProjector(): Promise<void>;
  /** Runs the projector process's rebuild and answers what it printed. The projector is paused meanwhile. */
  rebuild(): Promise<string>;
  resumeProjector(): void;
  stop(): Promise<void>;
}

async function startNode(home: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, ['ledger/bin/node.ts', '--home', home], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(
      () => reject(new Error(`the ledger process was not ready in time: ${errors}`)),
      READY_MS_MAX,
    );
    child.once('exit', (code) => reject(new Error(`the ledger process ended with ${code}: ${errors}`)));
    createInterface({ input: child.stdout }).on('line', (line) => {
      if (!line.includes('"ready"')) return;
      clearTimeout(timer);
      resolve();
    });
  });
  return child;
}

async function endProcess(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  child.removeAllListeners('exit');
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  child.kill(signal);
  await ended;
}

/** Four real validators, a real database, the projector following: everything but the pages. */
export async function startNetwork(founders: readonly Founder[]): Promise<TestNetwork> {
  const home = await mkdtemp(path.join(tmpdir(), 'interpool-network-'));
  const spec = {
    name: 'Test network',
    parameters: PARAMETERS,
    accounts: founders.map(({ person, roles, balanceMicro }, index) => ({
      address: person.hex,
      roles,
      profileCommitment: toHex(new Uint8Array(32).fill(index + 1)),
      encryptionKey: toHex(new Uint8Array(32).fill(0x40 + index)),
      balanceMicro,
    })),
    treasuryMicro: '1000000000',
  };
  await writeFile(path.join(home, 'spec.json'), JSON.stringify(spec));
  await promisify(execFile)(
    process.execPath,
    ['ledger/bin/genesis.ts', '--home', home, '--spec', path.join(home, 'spec.json')],
    { cwd: root },
  );
  let child = await startNode(home);
  const postgres = await startPostgres();
  setWebEnvironment({ home, databaseUrl: postgres.webUrl });
  const database = new pg.Client({ connectionString: postgres.projectorUrl });
  await database.connect();
  // Queries are asked here without the proxy, which would answer while there is nothing to ask.
  await ensureReadModel(database);
  const ledger = await LedgerClient.connect(path.join(home, 'ledger.sock'));
  const genesis = await readGenesis(home);
  let stopProjector = new AbortController();
  const follow = (): Promise<void> => {
    stopProjector = new AbortController();
    return runProjector({ database, ledger, genesis, readTransaction, signal: stopProjector.signal });
  };
  let following = follow();
  const { network } = await ledger.status();
  return {
    home,
    network,
    webUrl: postgres.webUrl,
    sign(person, method, { account, key = 0n, nonce, validUntilMs, args }) {
      const compiled = compileMethod(method, nobleCrypto);
      const transaction = {
        method: method.name,
        account,
        key,
        nonce,
        validUntilMs: validUntilMs ?? BigInt(Date.now() + 60_000),
        args,
      };
      return toHex(
        encodeTransaction(signTransaction({ transaction, network }, person.secretKey, compiled, nobleCrypto), compiled),
      );
    },
    async crashLedger() {
      await endProcess(child, 'SIGKILL');
      child = await startNode(home);
    },
    async dump() {
      // The projector is in the midst of transactions on its own connection.
      const reader = new pg.Client({ connectionString: postgres.projectorUrl });
      await reader.connect();
      try {
        return await dumpReadModel(reader);
      } finally {
        await reader.end();
      }
    },
    async pauseProjector() {
      stopProjector.abort();
      await following;
    },
    async rebuild() {
      const environment = { ...process.env, INTERPOOL_HOME: home, DATABASE_URL_PROJECTOR: postgres.projectorUrl };
      const args = ['--conditions=react-server', 'lib/projector/main.ts', 'rebuild'];
      const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: root, env: environment });
      return stdout;
    },
    resumeProjector() {
      following = follow();
    },
    async stop() {
      stopProjector.abort();
      await following;
      await ledger.close();
      await database.end();
      const { database: client } = await import('#lib/db.ts');
      await client().$disconnect();
      await endProcess(child, 'SIGTERM');
      await postgres.stop();
      await rm(home, { recursive: true, force: true });
    },
  };
}
