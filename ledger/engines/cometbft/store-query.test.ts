import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { ResponseQuery } from 'cosmjs-types/tendermint/abci/types';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { chainIdOf, genesisHash } from '#ledger/core/genesis.ts';
import { recordKey } from '#ledger/core/record-key.ts';
import { provenAppHash, type ProofOp } from '#ledger/core/state-proof.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { abciSocket, openEngine } from '#ledger/engines/open.ts';
import { finalizeBlockOf, initChainOf, openAbciPeer } from '#ledger/engines/testing/abci-peer.ts';
import {
  cometbftProgram,
  makeCometbftNetwork,
  startNode,
  stopNode,
  untilTaking,
  type TestNode,
} from '#ledger/engines/testing/cometbft-network.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { storeCodes } from './store-query.ts';

const PATH = '/store/state/key';
const OUTCOME_MS = 20_000;
/** Balance of the second account, which every transfer of these tests changes, and of one that nobody has. */
const BALANCE = recordKey(2, 1, 2n);
const NOBODY = recordKey(2, 1, 999n);

async function withFolder(work: (folder: string, ledger: LedgerHome) => Promise<void>): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ip-store-'));
  try {
    await work(folder, makeLedgerHome(join(folder, 'home'), 4, nativeCrypto));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** App hash that an answer proves for its own key and value, in hex; undefined when it proves nothing. */
function proven({ key, value, proofOps }: ResponseQuery, ops: readonly ProofOp[] = proofOps?.ops ?? []): string {
  const record = { key, value: value.length === 0 ? undefined : value };
  const appHash = provenAppHash(record, ops, nativeCrypto);
  return appHash === undefined ? 'nothing' : toHex(appHash);
}

interface Application {
  ask(changes: Partial<{ path: string; data: Uint8Array; height: bigint; prove: boolean }>): Promise<ResponseQuery>;
  /** Delivers and commits a block; the app hash in hex. */
  block(height: bigint, transfers: number): Promise<string>;
}

/** The application without CometBFT, which nobody answers for here. */
async function withApplication(work: (application: Application) => Promise<void>): Promise<void> {
  await withFolder(async (folder, ledger) => {
    const home = join(folder, 'node');
    mkdirSync(home);
    const { genesis } = ledger;
    const common = { home, genesis, notice: () => undefined };
    const engine = openEngine({ ...common, engine: 'cometbft', rpcUrl: 'http://127.0.0.1:9' });
    await engine.start();
    const peer = await openAbciPeer(abciSocket(home));
    await peer.ask(initChainOf(genesis, nativeCrypto));
    const [alice, bob] = ledger.members;
    await work({
      ask: async (changes) => {
        const query = { path: PATH, data: BALANCE, height: 0n, prove: true, ...changes };
        return (await peer.ask({ query }))!.query!;
      },
      block: async (height, transfers) => {
        const transactions = Array.from({ length: transfers }, () => ledger.transfer(alice!, bob!));
        const timeMs = ledger.genesis.timeMs + height * 10n;
        const answer = await peer.ask(finalizeBlockOf({ height, timeMs, transactions }));
        await peer.ask({ commit: {} });
        return toHex(answer!.finalizeBlock!.appHash);
      },
    });
    peer.close();
    await engine.stop();
  });
}

describe('a query for a record of the state', () => {
  test('answers with operations that lead from its value, or from its absence, to the app hash [8.3.1-b]', () =>
    withApplication(async ({ ask, block }) => {
      const appHash = await block(1n, 2);
      const there = await ask({});
      expect(there).toMatchObject({ code: 0, key: BALANCE, height: 1n });
      expect(there.proofOps?.ops.map(({ type, key }) => [type, toHex(key)])).toEqual([
        ['interpool:trie', toHex(BALANCE)],
        ['interpool:app-hash', toHex(new TextEncoder().encode('state'))],
      ]);
      expect(proven(there)).toBe(appHash);
      const absent = await ask({ data: NOBODY });
      expect([absent.code, absent.value.length, proven(absent)]).toEqual([0, 0, appHash]);
      const { value, proofOps } = await ask({ prove: false });
      expect([value, proofOps]).toEqual([there.value, undefined]);
    }));

  test('proves nothing of another value, another key, another order, or with any one bit turned [8.3.1-b]', () =>
    withApplication(async ({ ask, block }) => {
      const appHash = await block(1n, 2);
      for (const answer of [await ask({}), await ask({ data: NOBODY })]) {
        const ops = answer.proofOps!.ops;
        expect(proven(answer)).toBe(appHash);
        expect(proven({ ...answer, value: Uint8Array.of(1) })).not.toBe(appHash);
        expect(proven({ ...answer, value: new Uint8Array(0) })).toBe(answer.value.length === 0 ? appHash : 'nothing');
        expect(proven({ ...answer, key: recordKey(2, 1, 3n) })).toBe('nothing');
        expect(proven(answer, [ops[1]!, ops[0]!])).toBe('nothing');
        expect(proven(answer, ops.slice(0, 1))).toBe('nothing');
        expect(proven(answer, [...ops, ops[1]!])).toBe('nothing');
        for (const [at, op] of ops.entries()) {
          for (let bit = 0; bit < op.data.length * 8; bit += 1) {
            const data = op.data.slice();
            data[bit >> 3]! ^= 1 << (bit & 7);
            expect(proven(answer, ops.with(at, { ...op, data })), `bit ${bit} of ${op.type}`).not.toBe(appHash);
          }
          for (const data of [op.data.slice(0, -1), new Uint8Array(0), Uint8Array.of(...op.data, 0)]) {
            expect(proven(answer, ops.with(at, { ...op, data }))).toBe('nothing');
          }
        }
      }
    }));

  test('answers for earlier heights as long as no block has changed the state, and says which are gone [8.3.1-b]', () =>
    withApplication(async ({ ask, block }) => {
      expect(await ask({})).toMatchObject({ code: storeCodes.NO_BLOCK, codespace: 'interpool-store' });
      await block(1n, 1);
      const appHash = await block(2n, 1);
      for (const height of [3n, 4n]) expect(await block(height, 0)).toBe(appHash);
      for (const height of [0n, 2n, 3n, 4n]) {
        const answer = await ask({ height });
        expect([answer.code, answer.height, proven(answer)]).toEqual([0, height === 0n ? 4n : height, appHash]);
      }
      for (const height of [1n, 5n, -1n]) {
        const gone = await ask({ height });
        expect([gone.code, gone.proofOps]).toEqual([storeCodes.HEIGHT_GONE, undefined]);
        expect(gone.log).toBe(`The state of height ${height} is not kept: ask for height 4, or 0 for the newest.`);
      }
    }));

  test('refuses other paths and keys with a sentence, and leaves the machine’s own paths as they are', () =>
    withApplication(async ({ ask, block }) => {
      await block(1n, 1);
      expect(await ask({ path: 'balance' })).toMatchObject({
        code: storeCodes.PATH_UNPROVABLE,
        log: 'Only /store/state/key can be proved, not balance.',
      });
      for (const data of [new Uint8Array(0), BALANCE.slice(1), new Uint8Array(1_000)]) {
        const { code, log } = await ask({ data });
        expect([code, log]).toEqual([storeCodes.KEY_INVALID, 'The data must be a record key of 10 bytes.']);
      }
      expect(await ask({ path: 'supply', data: new Uint8Array(0), prove: false })).toMatchObject({ code: 0, log: '' });
    }));
});

interface RpcAnswer {
  readonly response: {
    readonly key: string;
    readonly value: string | null;
    readonly height: string;
    readonly proofOps: {
      readonly ops: readonly { readonly type: string; readonly key: string; readonly data: string }[];
    };
  };
}

async function rpc<Result>(node: TestNode, call: string): Promise<Result> {
  const answer = await fetch(`${node.rpcUrl}/${call}`, { signal: AbortSignal.timeout(OUTCOME_MS) });
  return ((await answer.json()) as { result: Result }).result;
}

const bytesOf = (base64: string | null): Uint8Array => Uint8Array.from(Buffer.from(base64 ?? '', 'base64'));

/** The next block is there: with it, the header that carries the app hash of `height`. */
function untilFollowed(engine: Engine, height: bigint): Promise<void> {
  return new Promise((resolve) => {
    const end = engine.subscribe(height + 1n, async () => {
      end();
      resolve();
    });
  });
}

/** The program of ledger/vectors/cometbft/proofs, built by the suite; undefined where there is no Go. */
function lightClient(): string | undefined {
  const program = process.env.COMETBFT_PROOFS;
  return program !== undefined && existsSync(program) ? program : undefined;
}

describe.skipIf(cometbftProgram() === undefined)('on a real node (COMETBFT names it)', () => {
  test(
    'abci_query with prove leads from value and absence to the app hash of the next header, also for CometBFT’s light client [8.3.1-b]',
    { timeout: 180_000 },
    () =>
      withFolder(async (folder, ledger) => {
        const secretKeys = [...ledger.validatorKeys];
        const nodes = await makeCometbftNetwork({ folder, ledger, secretKeys, crypto: nativeCrypto });
        try {
          await Promise.all(nodes.map((node) => startNode(node, ledger)));
          const [node] = nodes as [TestNode, ...TestNode[]];
          await Promise.all(nodes.map(untilTaking));
          const [alice, bob] = ledger.members;
          const admitted = await node.engine!.submit(ledger.transfer(alice!, bob!));
          const outcome = admitted.ok ? await node.engine!.outcome(admitted.txId, OUTCOME_MS) : undefined;
          const { height } = outcome!;
          await untilFollowed(node.engine!, height);
          const commit = await rpc<{ signed_header: { header: { app_hash: string } } }>(
            node,
            `commit?height=${height + 1n}`,
          );
          const appHash = commit.signed_header.header.app_hash.toLowerCase();
          for (const key of [BALANCE, NOBODY]) {
            const call = `abci_query?path="${PATH}"&data=0x${toHex(key)}&height=${height}&prove=true`;
            const { response } = await rpc<RpcAnswer>(node, call);
            expect([toHex(bytesOf(response.key)), response.height]).toEqual([toHex(key), height.toString()]);
            const value = bytesOf(response.value);
            expect(value.length === 0).toBe(key === NOBODY);
            const ops = response.proofOps.ops.map((op) => ({
              type: op.type,
              key: bytesOf(op.key),
              data: bytesOf(op.data),
            }));
            expect(proven({ key, value } as ResponseQuery, ops)).toBe(appHash);
          }
          await testLightClient(node, ledger, { height, appHash });
        } finally {
          for (const each of nodes) await stopNode(each);
        }
      }),
  );
});

async function testLightClient(
  node: TestNode,
  { genesis }: LedgerHome,
  expected: { height: bigint; appHash: string },
): Promise<void> {
  const program = lightClient();
  if (program === undefined) return;
  const first = await rpc<{ signed_header: { commit: { block_id: { hash: string } } } }>(node, 'commit?height=1');
  const chainId = chainIdOf(genesisHash(genesis, nativeCrypto));
  const { hash } = first.signed_header.commit.block_id;
  const args = [node.rpcUrl, chainId, '1', hash, expected.height.toString(), toHex(BALANCE), toHex(NOBODY)];
  // Not the synchronous call: the application that is asked runs in this process.
  const { stdout } = await promisify(execFile)(program, args, { timeout: 60_000 });
  const lines = JSON.parse(stdout) as { height: number; key: string; value: string | null; appHash: string }[];
  expect(lines.map(({ height, key, appHash }) => [BigInt(height), key, appHash])).toEqual([
    [expected.height, toHex(BALANCE), expected.appHash],
    [expected.height, toHex(NOBODY), expected.appHash],
  ]);
  expect(lines.map(({ value }) => value === null)).toEqual([false, true]);
  expect(fromHex(lines[0]!.value ?? '')?.length).toBeGreaterThan(0);
}
