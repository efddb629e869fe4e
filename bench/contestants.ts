import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { LedgerClient } from '#ledger/client/ledger-client.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { cometbftProgram, makeCometbftNetwork, type TestNode } from '#ledger/engines/testing/cometbft-network.ts';
import { FaultNode } from '#ledger/engines/testing/faults/fault-node.ts';
import { KeptProcess } from '#ledger/engines/testing/faults/kept-process.ts';
import { makeLedgerHome, type LedgerHome, type LedgerHomeOptions } from '#ledger/engines/testing/ledger-home.ts';
import type { Decider } from '#ledger/engines/testing/load.ts';
import { startNodeProcess } from '#ledger/engines/testing/node-process.ts';

const SNAPSHOT_HEIGHTS = 1_000_000;
const START_MS = 60_000;
const POLL_MS = 50;
const DOORS = 4;
/** A ledger that has more to do than it can is measured, not given up. */
const ANSWER_MS = 60_000;

/** A ledger of real processes that takes transactions at one door or several. */
export interface Contestant {
  readonly name: string;
  readonly ledger: LedgerHome;
  readonly doors: readonly (Decider & Pick<LedgerClient, 'figures'>)[];
  /** Of all its processes. */
  readonly pids: readonly string[];
  stop(): Promise<void>;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<void> {
  const endMs = performance.now() + START_MS;
  while (!(await holds().catch(() => false))) {
    if (performance.now() > endMs) throw new Error(`${what} took longer than ${START_MS / 1_000} s.`);
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
}

function temporaryFolder(): string {
  return mkdtempSync(join(tmpdir(), 'ip-bench-'));
}

/** The ledger process with four validators in threads. */
export async function startEmbedded(memberCount: number, options: LedgerHomeOptions = {}): Promise<Contestant> {
  const folder = temporaryFolder();
  const ledger = makeLedgerHome(join(folder, 'home'), memberCount, nativeCrypto, options);
  const node = await startNodeProcess(ledger.home);
  // As many connections as the other contestant has nodes: what one may have in flight is bounded.
  const doors = await Promise.all(
    Array.from({ length: DOORS }, () => LedgerClient.connect(node.socket, { timeoutMs: ANSWER_MS })),
  );
  return {
    name: 'embedded',
    ledger,
    doors,
    pids: [node.pid.toString()],
    stop: async () => {
      for (const door of doors) await door.close();
      await node.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

export function requireCometbft(): string {
  const program = cometbftProgram();
  if (program !== undefined) return program;
  throw new Error(
    'COMETBFT must name CometBFT: go install github.com/cometbft/cometbft/cmd/cometbft@v0.40.0, then COMETBFT=$(go env GOPATH)/bin/cometbft.',
  );
}

async function isTaking({ rpcUrl }: TestNode): Promise<boolean> {
  const answer = await fetch(`${rpcUrl}/status`, { signal: AbortSignal.timeout(1_000) });
  return (await answer.text()).replaceAll(/\s/g, '').includes('"catching_up":false');
}

/** As many CometBFT nodes, each with its application process; no pause after a block. */
export async function startCometbft(memberCount: number, validatorCount = 4): Promise<Contestant> {
  const cometbft = requireCometbft();
  const folder = temporaryFolder();
  const ledger = makeLedgerHome(join(folder, 'home'), memberCount, nativeCrypto, { validatorCount });
  const of = await makeCometbftNetwork({ folder, ledger, secretKeys: ledger.validatorKeys, crypto: nativeCrypto });
  const nodes = of.map((node) => new FaultNode(node, { cometbft, snapshotHeights: SNAPSHOT_HEIGHTS }));
  for (const node of nodes) node.start();
  for (const node of of) await until(`The start of node ${node.index}`, () => isTaking(node));
  const doors = await Promise.all(
    of.map(({ home }) => LedgerClient.connect(join(home, 'ledger.sock'), { timeoutMs: ANSWER_MS })),
  );
  return {
    name: 'cometbft',
    ledger,
    doors,
    pids: nodes.flatMap(({ application, cometbft: of }) => [application.pid, of.pid].map(String)),
    stop: async () => {
      for (const door of doors) await door.close();
      for (const node of nodes) await node.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Four CometBFT nodes with the key-value store that CometBFT brings: what its consensus does without our application. */
export interface KeyValueNetwork {
  /** Commits so many transactions of 300 bytes; answers the seconds from the first submission to the last in a block. */
  commit(count: number): Promise<number>;
  stop(): Promise<void>;
}

const KV_IN_FLIGHT = 256;
const KV_BYTES = 300;

export async function startKeyValueStore(): Promise<KeyValueNetwork> {
  const cometbft = requireCometbft();
  const folder = temporaryFolder();
  mkdirSync(folder, { recursive: true });
  const ledger = makeLedgerHome(join(folder, 'home'), 1, nativeCrypto);
  const nodes = await makeCometbftNetwork({ folder, ledger, secretKeys: ledger.validatorKeys, crypto: nativeCrypto });
  const processes = nodes.map(
    ({ cometbftHome }) =>
      new KeptProcess({ program: cometbft, args: ['node', '--home', cometbftHome, '--proxy_app', 'kvstore'] }),
  );
  for (const each of processes) each.start();
  for (const node of nodes) await until(`The start of node ${node.index}`, () => isTaking(node));
  let sent = 0;
  let seenHeight = 0;
  const call = async (node: TestNode, path: string): Promise<string> =>
    (await fetch(`${node.rpcUrl}/${path}`, { signal: AbortSignal.timeout(10_000) })).text();
  const submit = async (): Promise<void> => {
    sent += 1;
    const text = `k${sent}=`.padEnd(KV_BYTES, 'x');
    const answer = await call(nodes[sent % nodes.length]!, `broadcast_tx_sync?tx=${encodeURIComponent(`"${text}"`)}`);
    if (!answer.replaceAll(/\s/g, '').includes('"code":0')) throw new Error(`CometBFT answered ${answer}`);
  };
  /** Transactions in the blocks since the last look. */
  const committed = async (): Promise<number> => {
    const height = Number(/"latest_block_height":\s*"(\d+)"/.exec(await call(nodes[0]!, 'status'))?.[1] ?? 0);
    let count = 0;
    for (; seenHeight < height; seenHeight += 1) {
      const block = await call(nodes[0]!, `header?height=${seenHeight + 1}`);
      if (!block.includes('header')) break;
      const meta = await call(nodes[0]!, `blockchain?minHeight=${seenHeight + 1}&maxHeight=${seenHeight + 1}`);
      count += Number(/"num_txs":\s*"(\d+)"/.exec(meta)?.[1] ?? 0);
    }
    return count;
  };
  return {
    commit: async (count) => {
      await committed();
      const begunAt = performance.now();
      let left = count;
      const worker = async (): Promise<void> => {
        while (left > 0) {
          left -= 1;
          await submit();
        }
      };
      await Promise.all(Array.from({ length: KV_IN_FLIGHT }, worker));
      let done = 0;
      await until('Committing', async () => (done += await committed()) >= count);
      return (performance.now() - begunAt) / 1_000;
    },
    stop: async () => {
      for (const each of processes) await each.end();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
