import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { appendFileSync, copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Crypto } from '#ledger/core/crypto.ts';
import {
  writeCometbftHome,
  writeNodeKeys,
  type NodeConfiguration,
  type NodeIdentity,
} from '#ledger/engines/cometbft/home.ts';
import { RECORDS } from '#ledger/engines/cometbft/node-files.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { openEngine, type CometbftOpenOptions } from '#ledger/engines/open.ts';
import type { LedgerHome } from './ledger-home.ts';

/** CometBFT processes and applications of one's own, on loopback, for tests and benchmarks. */

const WORDS_KEPT = 4_000;
const ANSWER_MS_MAX = 60_000;
const ANSWER_POLL_MS = 25;
/** CometBFT looks around for snapshots for at least this long (statesync.discovery_time, config.toml); 15 s is its default. */
export const DISCOVERY = 'discovery_time = "5s"\n';

/** The program, or undefined with the reason why tests of it are skipped. */
export function cometbftProgram(): string | undefined {
  return process.env.COMETBFT;
}

export interface TestNode {
  readonly index: number;
  readonly home: string;
  readonly cometbftHome: string;
  readonly rpcUrl: string;
  readonly identity: NodeIdentity;
  readonly configuration: NodeConfiguration;
  /** Applications end with the sentence that ended them. */
  readonly failures: string[];
  engine: Engine | undefined;
  process: ChildProcess | undefined;
  /** What CometBFT printed last. */
  words: string;
  /** The release that it runs; absent: the present one. */
  createApplication?: CometbftOpenOptions['createApplication'];
}

/** Where ports are looked for: below those that the system gives to outgoing connections, which could take one before its node starts. */
const PORT_MIN = 15_000;
const PORT_END = 32_000;
const TRIES_MAX = 1_000;

/** Ports of loopback that were free a moment ago, and that no outgoing connection takes. */
export async function freePorts(count: number): Promise<number[]> {
  const ports = new Set<number>();
  for (let tries = 0; ports.size < count && tries < TRIES_MAX; tries += 1) {
    const port = randomInt(PORT_MIN, PORT_END);
    if (await isFree(port)) ports.add(port);
  }
  if (ports.size < count)
    throw new Error(`There are no ${count} free ports of loopback from ${PORT_MIN} to ${PORT_END}.`);
  return [...ports];
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  try {
    server.listen(port, '127.0.0.1');
    await once(server, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    await new Promise((resolve) => server.close(resolve));
  }
}

export interface TestNetworkOptions {
  readonly folder: string;
  readonly ledger: LedgerHome;
  readonly secretKeys: readonly Uint8Array[];
  readonly crypto: Crypto;
  readonly snapshotHeights?: number;
  readonly commitMs?: number;
  /** host:port of each node for the others, and of its RPC; free ones of loopback unless given. */
  readonly addresses?: readonly NodeAddresses[];
}

export interface NodeAddresses {
  readonly p2p: string;
  readonly rpc: string;
}

async function loopbackAddresses(count: number): Promise<NodeAddresses[]> {
  const ports = await freePorts(count * 2);
  const address = (at: number): string => `127.0.0.1:${ports[at]}`;
  return Array.from({ length: count }, (_, index) => ({ p2p: address(index * 2), rpc: address(index * 2 + 1) }));
}

/** Homes of as many nodes as keys, each knowing all others; nothing runs yet. */
export async function makeCometbftNetwork(options: TestNetworkOptions): Promise<TestNode[]> {
  const { folder, ledger, secretKeys, crypto } = options;
  const addresses = options.addresses ?? (await loopbackAddresses(secretKeys.length));
  const nodes = secretKeys.map((secretKey, index) => {
    const home = join(folder, `node-${index}`);
    const cometbftHome = join(home, 'cometbft');
    mkdirSync(home, { recursive: true, mode: 0o700 });
    copyFileSync(join(ledger.home, 'genesis.json'), join(home, 'genesis.json'));
    return { index, home, cometbftHome, identity: writeNodeKeys(cometbftHome, secretKey, crypto) };
  });
  return nodes.map(({ index, home, cometbftHome, identity }) => {
    const { p2p, rpc } = addresses[index]!;
    const configuration: NodeConfiguration = {
      moniker: `node-${index}`,
      abciSocket: join(home, 'abci.sock'),
      p2pListen: p2p,
      peers: nodes
        .filter((other) => other.index !== index)
        .map((other) => `${other.identity.nodeId}@${addresses[other.index]!.p2p}`),
      privatePeerIds: [],
      findsPeers: false,
      rpcListen: rpc,
      commitMs: options.commitMs ?? 0,
      gossipMs: 5,
      sharesAddress: true,
    };
    writeCometbftHome(cometbftHome, ledger.genesis, configuration, crypto);
    const rest = { engine: undefined, process: undefined, words: '', failures: [] };
    return { index, home, cometbftHome, identity, configuration, rpcUrl: `http://${rpc}`, ...rest };
  });
}

/** The application of a node in this process, not yet started. */
export function openApplication(node: TestNode, ledger: LedgerHome, snapshotHeights = 1_000): Engine {
  const keep = (sentence: string): void => void node.failures.push(sentence);
  const { home, rpcUrl, createApplication } = node;
  const { genesis } = ledger;
  return openEngine({
    engine: 'cometbft',
    home,
    genesis,
    rpcUrl,
    snapshotHeights,
    notice: keep,
    failed: keep,
    ...(createApplication && { createApplication }),
  });
}

/** Application and CometBFT of a node that does not run. */
export async function startNode(node: TestNode, ledger: LedgerHome, snapshotHeights?: number): Promise<void> {
  node.engine = openApplication(node, ledger, snapshotHeights);
  await node.engine.start();
  startCometbft(node);
  await untilAnswering(node);
}

/** Empties what the application of a node remembers; the node does not run. */
export function emptyRecords({ home }: TestNode): void {
  rmSync(join(home, RECORDS), { recursive: true, force: true });
}

/** Empties all that a node remembers but its keys and what it has signed last; the node does not run. */
export function emptyNode(node: TestNode): void {
  emptyRecords(node);
  for (const name of ['blockstore.db', 'state.db', 'evidence.db', 'tx_index.db', 'cs.wal', 'snapshots'])
    rmSync(join(node.cometbftHome, 'data', name), { recursive: true, force: true });
}

/** The newest block of a node, for another one that joins by a snapshot. */
async function trustedBlock({ rpcUrl }: TestNode): Promise<{ height: bigint; hash: string }> {
  const answer = await fetch(`${rpcUrl}/commit`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
  const { result } = (await answer.json()) as {
    readonly result: { readonly signed_header: { readonly commit: { height: string; block_id: { hash: string } } } };
  };
  const { height, block_id: id } = result.signed_header.commit;
  return { height: BigInt(height), hash: id.hash.toLowerCase() };
}

/** Lets a node join by a snapshot at its next start, which these two vouch for. */
export async function expectSnapshot(
  node: TestNode,
  vouching: readonly [TestNode, TestNode],
  { genesis }: LedgerHome,
  crypto: Crypto,
): Promise<void> {
  const rpcServers = vouching.map(({ rpcUrl }) => rpcUrl);
  const stateSync = { rpcServers, ...(await trustedBlock(vouching[0])) };
  writeCometbftHome(node.cometbftHome, genesis, { ...node.configuration, stateSync }, crypto);
  appendFileSync(join(node.cometbftHome, 'config/config.toml'), DISCOVERY);
}

/** Ends CometBFT, then its application. */
export async function stopNode(node: TestNode): Promise<void> {
  await stopCometbft(node);
  const { engine } = node;
  node.engine = undefined;
  await engine?.stop();
}

/** Resolves once CometBFT's RPC answers; throws its last words when it ends before, or after a minute. */
export async function untilAnswering(node: TestNode): Promise<void> {
  await until(node, 'health', () => true);
}

/** Resolves once the node takes transactions: CometBFT refuses them while it catches up. */
export async function untilTaking(node: TestNode): Promise<void> {
  await until(node, 'status', (body) => body.includes('"catching_up":false'));
}

async function until(node: TestNode, path: string, isGood: (body: string) => boolean): Promise<void> {
  const untilMs = Date.now() + ANSWER_MS_MAX;
  while (Date.now() < untilMs) {
    const { process: child } = node;
    if (child === undefined || child.exitCode !== null) break;
    const answer = await fetch(`${node.rpcUrl}/${path}`, { signal: AbortSignal.timeout(1_000) }).catch(() => undefined);
    if (answer?.ok === true && isGood((await answer.text()).replaceAll(/\s/g, ''))) return;
    await delay(ANSWER_POLL_MS);
  }
  throw new Error(`CometBFT of node ${node.index} does not answer as it should. Its last words:\n${node.words}`);
}

export function startCometbft(node: TestNode): void {
  const program = cometbftProgram();
  if (program === undefined) throw new Error('COMETBFT names no program');
  const child = spawn(program, ['node', '--home', node.cometbftHome], { stdio: ['ignore', 'pipe', 'pipe'] });
  node.words = '';
  const keep = (chunk: Buffer): void => {
    node.words = (node.words + chunk.toString()).slice(-WORDS_KEPT);
  };
  child.stdout.on('data', keep);
  child.stderr.on('data', keep);
  node.process = child;
}

/** Ends CometBFT; resolves when it is gone. */
export async function stopCometbft(node: TestNode, signal: NodeJS.Signals = 'SIGTERM'): Promise<void> {
  const child = node.process;
  node.process = undefined;
  if (child === undefined || child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill(signal);
  await gone;
}
