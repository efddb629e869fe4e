import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { toHex } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { makeCometbftNetwork, type NodeAddresses } from '#ledger/engines/testing/cometbft-network.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import type { Evidence, LoggedBlock, NodeAccount } from './checker.ts';
import { FaultNode, until } from './fault-node.ts';
import { orderText } from './orders.ts';
import { MEMBER_MICRO, type Workload } from './workload.ts';

const MEMBERS = 8;
const TREASURY_MICRO = 1_000_000_000_000n;
/** Late deliveries are the faults' doing, so that an order may take long; it is settled soon after its end. */
const PARAMETERS = { deliveryMs: '600000', contestMs: '1500' };
/** A start on a busy machine, with everything to be read again. */
const START_MS = 60_000;
const LEVEL_MS = 60_000;
const READ_MS = 60_000;
/** Two are kept, so that one is there for 10 s at ten heights a second: who joins looks around for 5 s before it asks for a part of one. */
const SNAPSHOT_HEIGHTS = 100;
/** Blocks follow one another slowly enough for two cores that also run the faults. */
const COMMIT_MS = 100;

export interface FaultNetworkOptions {
  readonly cometbft: string;
  readonly addresses?: readonly NodeAddresses[];
  /** What stands before each command of a node. */
  readonly within?: (index: number) => readonly string[];
}

/** Four nodes of real processes on a ledger of their own. */
export interface FaultNetwork {
  readonly ledger: LedgerHome;
  /** Those that run; one that joins is added. */
  readonly nodes: FaultNode[];
  /** A node whose key the ledger names nowhere and that has not run: none where addresses are given. */
  readonly fifth: FaultNode | undefined;
  /** What every node says in the end, and what it should say. */
  evidence(workload: Workload): Promise<Evidence>;
  close(): Promise<void>;
}

export async function openFaultNetwork(options: FaultNetworkOptions): Promise<FaultNetwork> {
  // Short, because a socket's path has to fit into 107 bytes.
  const folder = mkdtempSync(join(tmpdir(), 'ipf-'));
  const ledger = makeLedgerHome(join(folder, 'founding'), MEMBERS, nativeCrypto, { parameters: PARAMETERS });
  const { addresses } = options;
  const made = {
    folder,
    ledger,
    secretKeys: [...ledger.validatorKeys, ...(addresses === undefined ? [ledger.fifth.secretKey] : [])],
    crypto: nativeCrypto,
    commitMs: COMMIT_MS,
    addresses,
  };
  const all = (await makeCometbftNetwork(made)).map((node) => {
    const within = options.within?.(node.index);
    return new FaultNode(node, { cometbft: options.cometbft, snapshotHeights: SNAPSHOT_HEIGHTS, within });
  });
  const nodes = all.slice(0, ledger.validatorKeys.length);
  const sweep = (): void => {
    for (const node of all) node.signal('SIGKILL');
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  };
  // Also when the process is interrupted.
  process.once('exit', sweep);
  const close = async (): Promise<void> => {
    await Promise.all(all.map((node) => node.close()));
    process.off('exit', sweep);
    sweep();
  };
  try {
    for (const node of nodes) node.start();
    for (const node of nodes) await node.reach(2n, START_MS);
  } catch (error) {
    await close();
    throw error;
  }
  const fifth = all[nodes.length];
  return { ledger, nodes, fifth, close, evidence: (workload) => evidenceOf(nodes, workload) };
}

/** Waits until every node stands at one height, and gives it. */
async function levelOf(nodes: readonly FaultNode[]): Promise<bigint> {
  let level = 0n;
  const words = (): string => nodes.map(({ name, cometbft }) => `${name}: ${cometbft.words}`).join('\n');
  const areLevel = async (): Promise<boolean> => {
    const heights = await Promise.all(nodes.map((node) => node.height()));
    const [first] = heights;
    if (first === undefined || heights.some((height) => height !== first)) return false;
    level = first;
    return true;
  };
  await until('all nodes stand at one height', LEVEL_MS, areLevel, words);
  return level;
}

function logged({ height, hash, appHash, items }: CommittedBlock): LoggedBlock {
  const transactions = items.flatMap(({ txId, code }) => (txId === undefined ? [] : [{ txId: toHex(txId), code }]));
  return { height, hash: toHex(hash), appHash: toHex(appHash), transactions };
}

/** Every block that the node has, up to `last`. */
async function blocksOf(node: FaultNode, last: bigint): Promise<LoggedBlock[]> {
  const blocks: LoggedBlock[] = [];
  let isWhole = false;
  const end = await node.ask(async (client) =>
    client.subscribe(1n, async (block) => {
      if (block.height <= last) blocks.push(logged(block));
      isWhole ||= block.height >= last;
    }),
  );
  try {
    await until(`${node.name} hands on its blocks up to ${last}`, READ_MS, () => isWhole);
  } finally {
    end?.();
  }
  return blocks;
}

async function accountOf(node: FaultNode, last: bigint, workload: Workload): Promise<NodeAccount> {
  const query = async (path: string, args: CborValue): Promise<{ readonly [name: string]: CborValue }> => {
    const answer = await node.ask((client) => client.query(path, args));
    if (answer?.ok !== true) throw new Error(`${node.name} does not answer ${path}.`);
    return answer.value as { readonly [name: string]: CborValue };
  };
  const supply = (await query('supply', {})) as Record<
    'totalMicro' | 'treasuryMicro' | 'balancesMicro' | 'heldMicro',
    bigint
  >;
  const balances = new Map<bigint, bigint>();
  for (const account of workload.balances.keys()) {
    const { balanceMicro, heldMicro } = await query('balance', { account });
    balances.set(account, (balanceMicro as bigint) + (heldMicro as bigint));
  }
  const orders = new Map<bigint, string>();
  for (const id of workload.orders.keys()) orders.set(id, orderText(await query('agreement', { id })));
  return { name: node.name, blocks: await blocksOf(node, last), ...supply, balances, orders };
}

async function evidenceOf(nodes: readonly FaultNode[], workload: Workload): Promise<Evidence> {
  const last = await levelOf(nodes);
  const accounts = await Promise.all(nodes.map((node) => accountOf(node, last, workload)));
  const totalMicro = MEMBER_MICRO * BigInt(MEMBERS) + TREASURY_MICRO;
  const { acknowledged, balances, orders } = workload;
  return { nodes: accounts, acknowledged, expected: { totalMicro, balances, orders } };
}
