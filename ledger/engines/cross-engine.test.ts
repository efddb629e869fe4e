import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { MisbehaviorType } from 'cosmjs-types/tendermint/abci/types';
import { dataHash } from '#ledger/core/block.ts';
import { equal, toHex } from '#ledger/core/bytes.ts';
import { decodeCommit, encodeCommit, verifyCommit } from '#ledger/core/commit.ts';
import { encodeHeader, headerHash } from '#ledger/core/header.ts';
import { EMPTY_FRONTIER } from '#ledger/core/merkle-log.ts';
import { genesisSchedule, scheduleAfter, setAt } from '#ledger/core/validator-schedule.ts';
import { validatorSetHash } from '#ledger/core/validator-set.ts';
import { scanBlockLog } from '#ledger/storage/block-log.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { createApplication } from './application.ts';
import {
  decidedBlockOf as decidedOfDelivered,
  decodeDelivered,
  type DeliveredBlock,
} from './cometbft/delivered-block.ts';
import { openNodeRpc, type SignedHeader } from './cometbft/rpc.ts';
import { decidedBlockOf, parseContent, type Content } from './embedded/chain.ts';
import type { Engine } from './engine.ts';
import { decodeExecution, execute, frontierAfter, type DecidedBlock, type ExecutionRecord } from './execution.ts';
import { nativeCrypto } from './native-crypto.ts';
import { abciSocket, openEngine, validatorFolder } from './open.ts';
import { finalizeBlockOf, initChainOf, openAbciPeer } from './testing/abci-peer.ts';
import { cometbftProgram, makeCometbftNetwork, startNode, stopNode, untilTaking } from './testing/cometbft-network.ts';
import { makeLedgerHome, type LedgerHome } from './testing/ledger-home.ts';
import { decideAll, signTransfers } from './testing/load.ts';

/*
 * Two engines, one machine: what each was asked to execute is recorded and replayed through the other, and the blocks of each are
 * checked by the other's code.
 */

const TRANSACTIONS = 10_000;
const MEMBERS = 64;
const LEVEL_MS = 60_000;

interface Recorded<Block> {
  readonly blocks: Block[];
  readonly records: ExecutionRecord[];
}

let folder: string;
let ledger: LedgerHome;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'ip-cross-'));
  ledger = makeLedgerHome(join(folder, 'home'), MEMBERS, nativeCrypto);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Reads a journal: what was delivered and what came of it. */
function recorded<Block>(path: string, decode: (content: Uint8Array) => Block | undefined): Recorded<Block> {
  const [blocks, records]: [Block[], ExecutionRecord[]] = [[], []];
  scanBlockLog({ disk: realDisk, folder: path, network: ledger.network }, ({ content, result }) => {
    blocks.push(decode(content)!);
    records.push(decodeExecution(result)!);
  });
  return { blocks, records };
}

/** A change of the validators in the middle: proposed and decided by the first two members. */
async function admitFifth(engine: Engine): Promise<void> {
  const [alice, bob] = ledger.members;
  const decide = async (bytes: Uint8Array) => {
    const admitted = await engine.submit(bytes);
    return admitted.ok ? engine.outcome(admitted.txId, 20_000) : undefined;
  };
  const opened = await decide(ledger.proposeFifth(alice!, alice!));
  const { proposal } = opened!.data as { proposal: bigint };
  for (const voter of [alice!, bob!]) await decide(ledger.sign(voter, 'Vote', { proposal, approve: true }));
}

function countOf(records: readonly ExecutionRecord[]): number {
  return records.reduce((sum, { transactions }) => sum + transactions.length, 0);
}

/** Executes as the embedded engine does, from genesis; the app hash after each height. */
function replayEmbedded(blocks: readonly DecidedBlock[]): Uint8Array[] {
  const application = createApplication(ledger.genesis, nativeCrypto);
  application.initChain();
  let frontier = EMPTY_FRONTIER;
  return blocks.map((block) => {
    const record = execute(application, block, frontier, nativeCrypto);
    application.commit();
    frontier = frontierAfter(record, nativeCrypto);
    return record.appHash;
  });
}

/** Delivers by ABCI, over the socket, as CometBFT does. */
async function replayByAbci(blocks: readonly DecidedBlock[]): Promise<Uint8Array[]> {
  const home = join(folder, `abci-${blocks.length}`);
  mkdirSync(home);
  const failures: string[] = [];
  const fail = (sentence: string): void => void failures.push(sentence);
  const { genesis } = ledger;
  const engine = openEngine({
    engine: 'cometbft',
    home,
    genesis,
    rpcUrl: 'http://127.0.0.1:9',
    notice: fail,
    failed: fail,
  });
  await engine.start();
  const peer = await openAbciPeer(abciSocket(home));
  const hashes: Uint8Array[] = [];
  await peer.ask(initChainOf(genesis, nativeCrypto));
  for (const { height, timeMs, transactions, misbehavior } of blocks) {
    const faults = misbehavior.map((each) => ({
      type: MisbehaviorType.DUPLICATE_VOTE,
      validator: { address: each.validator, power: 1n },
      height: each.height,
      time: { seconds: each.timeMs / 1_000n, nanos: Number(each.timeMs % 1_000n) * 1_000_000 },
      totalVotingPower: 4n,
    }));
    const answer = await peer.ask(finalizeBlockOf({ height, timeMs, transactions, misbehavior: faults }));
    hashes.push(answer?.finalizeBlock?.appHash ?? new Uint8Array(0));
    await peer.ask({ commit: {} });
  }
  peer.close();
  await engine.stop();
  expect(failures).toEqual([]);
  return hashes;
}

/** The program of ledger/vectors/cometbft/verify, built once; undefined where there is no Go. */
function foreignVerifier(): string | undefined {
  const program = process.env.COMETBFT_VERIFIER;
  return program !== undefined && existsSync(program) ? program : undefined;
}

describe('what the embedded engine executed', () => {
  let own: Recorded<Content>;
  let decided: DecidedBlock[];
  beforeAll(async () => {
    const { home, genesis } = ledger;
    const engine = openEngine({ home, genesis, notice: () => undefined });
    await engine.start();
    const queues = signTransfers(ledger, TRANSACTIONS);
    const half = queues.map((queue) => queue.splice(queue.length / 2));
    await decideAll([engine], ledger, queues);
    await decideAll([engine], ledger, half);
    // The journal that is read below is one validator's: it may stand lower than those that told the outcomes.
    await vi.waitFor(
      async () => {
        const { height, validators } = await engine.status();
        expect(validators[0]?.height).toBe(height);
      },
      { timeout: LEVEL_MS },
    );
    await engine.stop();
    own = recorded(validatorFolder(home, 0), (content) => parseContent(content, nativeCrypto));
    // A duplicate vote that no honest run has: both engines must make the same of it.
    const misbehavior = [
      {
        validator: setAt(
          genesisSchedule(
            genesis.validators.map(({ publicKey }) => publicKey),
            nativeCrypto,
          ),
          1n,
        ).set.validators[1]!.address,
        height: 1n,
        timeMs: genesis.timeMs,
      },
    ];
    decided = own.blocks.map((content, at) => ({ ...decidedBlockOf(content.block), ...(at === 5 && { misbehavior }) }));
  }, 300_000);

  test(
    '10,000 transactions, recorded and replayed through ABCI: an equal app hash at every height [7.2.3-a]',
    { timeout: 300_000 },
    async () => {
      expect(countOf(own.records)).toBeGreaterThanOrEqual(TRANSACTIONS);
      const plain = own.blocks.map(({ block }) => decidedBlockOf(block));
      const expected = own.records.map(({ appHash }) => toHex(appHash));
      expect((await replayByAbci(plain)).map(toHex)).toEqual(expected);
      const few = decided.slice(0, 20);
      expect((await replayByAbci(few)).map(toHex)).toEqual(replayEmbedded(few).map(toHex));
    },
  );

  test.skipIf(foreignVerifier() === undefined)(
    'its headers, commits and validator sets hold for CometBFT’s own Go code [8.2.1-a]',
    () => {
      const keys = ledger.genesis.validators.map(({ publicKey }) => toHex(publicKey));
      const lines = own.blocks.slice(1).map(({ block }, at) => {
        const before = own.blocks[at]!;
        return JSON.stringify({
          chainId: before.block.header.chainId,
          header: toHex(encodeHeader(before.block.header)),
          block: toHex(before.encoded),
          commit: toHex(encodeCommit(block.lastCommit)),
          blockHash: toHex(before.id.hash),
          validators: keys,
        });
      });
      const { status, stdout, stderr } = spawnSync(foreignVerifier()!, {
        input: lines.join('\n'),
        encoding: 'utf8',
        maxBuffer: 1 << 26,
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
      expect(stdout.trim()).toBe(`${lines.length} blocks hold`);
    },
  );
});

describe.skipIf(cometbftProgram() === undefined)('what CometBFT delivered', () => {
  let own: Recorded<DeliveredBlock>;
  let headers: SignedHeader[];
  beforeAll(async () => {
    const nodes = await makeCometbftNetwork({ folder, ledger, secretKeys: ledger.validatorKeys, crypto: nativeCrypto });
    for (const node of nodes) await startNode(node, ledger);
    for (const node of nodes) await untilTaking(node);
    const engines = nodes.map((node) => node.engine!);
    const queues = signTransfers(ledger, TRANSACTIONS);
    const half = queues.map((queue) => queue.splice(queue.length / 2));
    await decideAll(engines, ledger, queues);
    await admitFifth(engines[0]!);
    await decideAll(engines, ledger, half);
    const rpc = openNodeRpc(nodes[0]!.rpcUrl, nativeCrypto);
    const { height } = await engines[0]!.status();
    headers = [];
    for (let at = 1n; at <= height; at += 1n) headers.push((await rpc.signedHeader(at))!);
    for (const node of nodes) await stopNode(node);
    own = recorded(join(nodes[0]!.home, 'application'), decodeDelivered);
  }, 300_000);

  test('10,000 transactions, recorded and replayed as the embedded engine executes: an equal app hash at every height [7.2.3-a]', () => {
    expect(countOf(own.records)).toBeGreaterThanOrEqual(TRANSACTIONS);
    const expected = own.records.map(({ appHash }) => toHex(appHash));
    expect(replayEmbedded(own.blocks.map(decidedOfDelivered)).map(toHex)).toEqual(expected);
  });

  test('its headers, commits, validator sets and hashes hold for the code of the embedded engine, across a change of the set [8.2.1-a] [I.2-10]', () => {
    let schedule = genesisSchedule(
      ledger.genesis.validators.map(({ publicKey }) => publicKey),
      nativeCrypto,
    );
    let changes = 0;
    for (const [at, { header, commit }] of headers.entries()) {
      const { height, chainId } = header;
      const { block, record } = { block: own.blocks[at]!, record: own.records[at]! };
      const now = setAt(schedule, height);
      expect(toHex(header.validatorsHash)).toBe(toHex(validatorSetHash(now.set, nativeCrypto)));
      schedule = scheduleAfter(schedule, { height, updates: record.validatorUpdates }, nativeCrypto);
      const blockId = { hash: headerHash(header, nativeCrypto), parts: commit.blockId.parts };
      expect(verifyCommit({ chainId, height, blockId, commit, validators: now.set }, nativeCrypto).ok).toBe(true);
      expect(decodeCommit(encodeCommit(commit))).toEqual(commit);
      expect(
        equal(blockId.hash, block.hash) && equal(dataHash(block.transactions, nativeCrypto), header.dataHash),
      ).toBe(true);
      const next = headers[at + 1]?.header;
      if (next === undefined) continue;
      expect(toHex(next.appHash)).toBe(toHex(record.appHash));
      expect(toHex(next.lastResultsHash)).toBe(toHex(record.resultsHash));
      expect(toHex(header.nextValidatorsHash)).toBe(toHex(next.validatorsHash));
      if (!equal(header.validatorsHash, next.validatorsHash)) changes += 1;
    }
    expect(changes).toBe(1);
  });
});
