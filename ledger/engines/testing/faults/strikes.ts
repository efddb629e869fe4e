import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { equal, toHex } from '#ledger/core/bytes.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { DISCOVERY, emptyNode, emptyRecords } from '#ledger/engines/testing/cometbft-network.ts';
import type { Member } from '#ledger/engines/testing/ledger-home.ts';
import type { Prng } from '#ledger/sim/prng.ts';
import type { FaultNetwork } from './fault-network.ts';
import { until, type FaultNode } from './fault-node.ts';
import type { Workload } from './workload.ts';

const RECOVERY_MS = 90_000;
/** Snapshots are made every 100 heights, and a light client asks for two more above one. */
const SNAPSHOT_HEIGHT_MIN = 105n;
const AGAIN_MS_MAX = 1_500;
const STOPPED_MS = { min: 2_000, max: 6_000 };
/** Peers of CometBFT give one up that is silent for 45 s (p2p pong timeout). */
const STOPPED_LONG_MS = 60_000;
const NODE = fileURLToPath(new URL('../../../../node_modules/.bin/node', import.meta.url));
const COMETBFT_HOME = fileURLToPath(new URL('../../../bin/cometbft-home.ts', import.meta.url));

export interface Field {
  readonly network: FaultNetwork;
  readonly workload: Workload;
  readonly prng: Prng;
}

export const STRIKES = [
  'kill-cometbft',
  'kill-application',
  'kill-both',
  'kill-again-while-starting',
  'stop',
  'stop-for-a-minute',
  'kill-two',
  'power-cut',
  'empty-application',
  'rejoin',
  'join',
] as const;
export type Strike = (typeof STRIKES)[number];

async function highest({ network }: Field): Promise<bigint> {
  const heights = await Promise.all(network.nodes.map((node) => node.height()));
  return heights.reduce<bigint>((most, height) => (height !== undefined && height > most ? height : most), 1n);
}

/** Every node stands above all that was decided before: the struck ones have followed, and the network goes on. */
async function recovered(field: Field, before: bigint): Promise<void> {
  const now = await highest(field);
  for (const node of field.network.nodes) await node.reach((now > before ? now : before) + 1n, RECOVERY_MS);
}

/** A signal to a node's processes in a random order; it comes back by its keeper. */
function kill(node: FaultNode, what: 'cometbft' | 'application' | 'both', prng: Prng): void {
  const processes = prng.shuffle([node.application, node.cometbft]);
  for (const one of processes) if (what === 'both' || one === node[what]) one.signal('SIGKILL');
}

/** While one node stands still the other three go on deciding. */
async function stop(field: Field, node: FaultNode, stoppedMs: number): Promise<void> {
  const before = field.workload.acknowledged.length;
  node.signal('SIGSTOP');
  try {
    await delay(stoppedMs);
    const told = (): boolean => field.workload.acknowledged.length > before + 1;
    await until(`three nodes decide while ${node.name} is stopped`, RECOVERY_MS, told);
  } finally {
    node.signal('SIGCONT');
  }
}

/** A newest height that a node of the network vouches for, and its hash. */
async function trusted(node: FaultNode): Promise<{ height: bigint; hash: string }> {
  let found: { height: bigint; hash: string } | undefined;
  const height = (await node.height()) ?? 1n;
  const end = await node.ask(async (client) =>
    client.subscribe(height, async (block) => {
      found ??= { height: block.height, hash: toHex(block.hash) };
    }),
  );
  await until(`${node.name} names a block to trust`, RECOVERY_MS, () => found !== undefined);
  end?.();
  return found!;
}

async function writeStateSync(node: FaultNode, others: readonly FaultNode[]): Promise<void> {
  const { configuration, home, cometbftHome } = node.of;
  const { height, hash } = await trusted(others[0]!);
  const env = {
    ...process.env,
    COMETBFT_MONIKER: configuration.moniker,
    COMETBFT_P2P_LISTEN: configuration.p2pListen,
    COMETBFT_RPC_LISTEN: configuration.rpcListen,
    COMETBFT_PEERS: configuration.peers.join(','),
    COMETBFT_FINDS_PEERS: '0',
    COMETBFT_SHARES_ADDRESS: '1',
    COMETBFT_COMMIT_MS: String(configuration.commitMs),
    COMETBFT_GOSSIP_MS: String(configuration.gossipMs),
    COMETBFT_STATESYNC_RPC: others
      .slice(0, 2)
      .map(({ of }) => of.rpcUrl)
      .join(','),
    COMETBFT_TRUST_HEIGHT: String(height),
    COMETBFT_TRUST_HASH: hash,
  };
  const child = spawn(NODE, [COMETBFT_HOME, '--home', home], { env, stdio: ['ignore', 'ignore', 'pipe'] });
  let words = '';
  child.stderr.on('data', (chunk: Buffer) => (words += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`cometbft-home.ts ended with ${code}: ${words}`);
  appendFileSync(join(cometbftHome, 'config/config.toml'), DISCOVERY);
}

/** Waits until the others have a snapshot, for as long as blocks come: how fast they do is the machine's. */
async function reachSnapshot(others: readonly FaultNode[]): Promise<void> {
  let height = 0n;
  while (height <= SNAPSHOT_HEIGHT_MIN) {
    const before = height;
    await until(`the others decide a block after ${before}, on the way to a snapshot`, RECOVERY_MS, async () => {
      height = (await others[0]!.height()) ?? before;
      return height > before;
    });
  }
}

/** A node with nothing but its keys takes a snapshot from the others and follows them from there. */
async function bySnapshot(field: Field, node: FaultNode, others: readonly FaultNode[]): Promise<void> {
  await reachSnapshot(others);
  await writeStateSync(node, others);
  node.hasAllBlocks = false;
  node.start();
  await node.reach(await highest(field), RECOVERY_MS);
  const first = (await node.ask((client) => client.status()))?.firstHeight ?? 1n;
  if (first === 1n) throw new Error(`${node.name} has all blocks: it did not join by a snapshot.`);
}

/** A validator that lost its disk, but not its keys, joins by a snapshot and votes again. */
async function rejoin(field: Field, node: FaultNode): Promise<void> {
  await node.end();
  emptyNode(node.of);
  await bySnapshot(
    field,
    node,
    field.network.nodes.filter((other) => other !== node),
  );
  await votes(field, node);
}

/** The node of a member that the ledger has just admitted comes by a snapshot, is voted in, and votes. */
async function joinAsFifth(field: Field, node: FaultNode): Promise<void> {
  const { network, workload } = field;
  const { ledger, nodes } = network;
  await bySnapshot(field, node, nodes);
  // Its operator only pays: an order that a strike has broken leaves a provider less credit than a validator asks of its operator.
  const [first, second, payer] = ledger.members as [Member, Member, Member];
  const offer = ledger.proposeFifth(first, payer);
  const { code: refusal, data } = await workload.decide('proposal of a validator', offer);
  if (refusal !== 0) throw new Error(`The proposal of a validator ended with ${refusal}.`);
  const { proposal } = data as { readonly proposal: bigint };
  for (const voter of [first, second]) {
    const vote = ledger.sign(voter, 'Vote', { proposal, approve: true });
    const { code } = await workload.decide('vote for a validator', vote);
    if (code !== 0) throw new Error(`The vote for a validator ended with ${code}.`);
  }
  nodes.push(node);
  await votes(field, node);
}

/** A block that comes from now on carries this node's precommit, as another node has it. */
async function votes(field: Field, node: FaultNode): Promise<void> {
  const other = field.network.nodes.find((each) => each !== node)!;
  const address = validatorAddress(node.of.identity.publicKey, nativeCrypto);
  const from = (await highest(field)) + 1n;
  let hasSigned = false;
  const end = await other.ask(async (client) =>
    client.subscribe(from, async ({ signers }) => {
      hasSigned ||= signers.some((signer) => signer.signed && equal(signer.address, address));
    }),
  );
  try {
    await until(`${node.name} votes`, RECOVERY_MS, () => hasSigned);
  } finally {
    end?.();
  }
}

async function emptyApplication(field: Field, node: FaultNode): Promise<void> {
  await node.end();
  emptyRecords(node.of);
  node.start();
}

/** What a strike is called in the report. */
export interface Struck {
  readonly kind: Strike;
  readonly nodes: readonly FaultNode[];
}

function targets({ network, prng }: Field, kind: Strike): FaultNode[] {
  if (kind === 'join')
    return network.fifth === undefined || network.nodes.includes(network.fifth) ? [] : [network.fifth];
  const order = prng.shuffle(network.nodes);
  if (kind === 'power-cut') return order;
  if (kind === 'kill-two') return order.slice(0, 2);
  // Blocks below a snapshot cannot be delivered again: such a node joins anew.
  if (kind === 'empty-application') return order.filter(({ hasAllBlocks }) => hasAllBlocks).slice(0, 1);
  return order.slice(0, 1);
}

/** One fault on nodes of the seed's choosing, and the wait until all stand level again. */
export async function strike(field: Field, kind: Strike): Promise<Struck> {
  const nodes = targets(field, kind);
  const before = await highest(field);
  for (const node of nodes) {
    switch (kind) {
      case 'kill-cometbft':
        kill(node, 'cometbft', field.prng);
        break;
      case 'kill-application':
        kill(node, 'application', field.prng);
        break;
      case 'kill-both':
      case 'kill-two':
      case 'power-cut':
        kill(node, 'both', field.prng);
        break;
      case 'kill-again-while-starting':
        kill(node, 'both', field.prng);
        await delay(field.prng.between(0, AGAIN_MS_MAX));
        kill(node, field.prng.pick(['cometbft', 'application', 'both']), field.prng);
        break;
      case 'stop':
        await stop(field, node, field.prng.between(STOPPED_MS.min, STOPPED_MS.max));
        break;
      case 'stop-for-a-minute':
        await stop(field, node, STOPPED_LONG_MS);
        break;
      case 'empty-application':
        await emptyApplication(field, node);
        break;
      case 'join':
        await joinAsFifth(field, node);
        break;
      case 'rejoin':
        await rejoin(field, node);
        break;
    }
  }
  await recovered(field, before);
  return { kind, nodes };
}
