import { setTimeout as delay } from 'node:timers/promises';
import { toHex } from '#ledger/core/bytes.ts';
import type { Member } from '#ledger/engines/testing/ledger-home.ts';
import { Prng } from '#ledger/sim/prng.ts';
import type { Verdict } from './campaign.ts';
import { brokenFacts } from './checker.ts';
import { openFaultNetwork, type FaultNetwork } from './fault-network.ts';
import { until, type FaultNode } from './fault-node.ts';
import { openNamespaces, type Namespaces } from './namespaces.ts';
import { Orders } from './orders.ts';
import { Workload } from './workload.ts';

const NODES = 4;
/** More than two thirds of four. */
const QUORUM = 3;
/** What was under way when the network parted may still arrive within this time. */
const UNDER_WAY_MS = 1_500;
const DECIDED_MS = 60_000;

/** Every way to part n nodes into groups, without the one that leaves them together. */
export function partitionsOf(count: number): number[][][] {
  let all: number[][][] = [[]];
  for (let node = 0; node < count; node += 1) {
    all = all.flatMap((groups) => [
      ...groups.map((group, at) => [...groups.slice(0, at), [...group, node], ...groups.slice(at + 1)]),
      [...groups, [node]],
    ]);
  }
  return all.filter((groups) => groups.length > 1);
}

function textOf(groups: readonly (readonly number[])[]): string {
  return groups.map((group) => group.join('')).join(' | ');
}

export interface PartitionOptions {
  readonly cometbft: string;
  readonly seed: number;
  /** How long each partition is held, at least. */
  readonly holdMs: number;
  /** Rounds over all partitions. */
  readonly rounds: number;
  readonly say: (line: string) => void;
}

interface Field extends PartitionOptions {
  readonly namespaces: Namespaces;
  readonly network: FaultNetwork;
  readonly workload: Workload;
  readonly payers: readonly [Member, Member];
}

async function heightOf(node: FaultNode): Promise<bigint> {
  let height: bigint | undefined;
  const isTold = async (): Promise<boolean> => (height = await node.height()) !== undefined;
  await until(`${node.name} tells its height`, DECIDED_MS, isTold);
  return height!;
}

/** A group without a quorum admits, but decides nothing. */
async function admitAlone(field: Field, node: FaultNode): Promise<Uint8Array> {
  const bytes = field.network.ledger.transfer(...field.payers);
  const isAdmitted = async (): Promise<boolean> => (await node.ask((client) => client.submit(bytes)))?.ok === true;
  await until(`${node.name} admits a transaction`, DECIDED_MS, isAdmitted);
  return bytes;
}

/** Holds one partition: a group with a quorum goes on, the others stand still, and what these admitted is decided once after healing. */
async function hold(field: Field, groups: readonly (readonly number[])[]): Promise<string[]> {
  const { namespaces, network, workload, holdMs, payers } = field;
  const broken: string[] = [];
  const nodesOf = (group: readonly number[]): FaultNode[] => group.map((index) => network.nodes[index]!);
  const small = groups.filter((group) => group.length < QUORUM).map(nodesOf);
  const large = groups.filter((group) => group.length >= QUORUM).map(nodesOf);
  namespaces.part(groups);
  const admitted: Uint8Array[] = [];
  try {
    await delay(UNDER_WAY_MS);
    const before = await Promise.all(small.flat().map(heightOf));
    for (const group of small) admitted.push(await admitAlone(field, group[0]!));
    const heldUntilMs = Date.now() + holdMs;
    for (const [node] of large) {
      const from = await heightOf(node!);
      await node!.reach(from + 2n, DECIDED_MS);
    }
    await delay(Math.max(0, heldUntilMs - Date.now()));
    const after = await Promise.all(small.flat().map(heightOf));
    for (const [at, node] of small.flat().entries())
      if (after[at] !== before[at])
        broken.push(`${node.name} went from ${before[at]} to ${after[at]} in ${textOf(groups)}`);
    for (const [at, bytes] of admitted.entries()) {
      const told = await small[at]![0]!.ask((client) => client.outcome(network.ledger.idOf(bytes), 0));
      if (told !== undefined)
        broken.push(`${toHex(network.ledger.idOf(bytes))} was decided without a quorum in ${textOf(groups)}`);
    }
  } finally {
    namespaces.heal();
  }
  for (const bytes of admitted) {
    const { code } = await workload.decide(`a transfer admitted in ${textOf(groups)}`, bytes);
    if (code !== 0) broken.push(`a transfer admitted in ${textOf(groups)} ended with ${code}`);
    workload.credit(payers[0].account, -1n);
    workload.credit(payers[1].account, 1n);
  }
  const highest = (await Promise.all(network.nodes.map(heightOf))).reduce((most, height) =>
    height > most ? height : most,
  );
  for (const node of network.nodes) await node.reach(highest + 1n, DECIDED_MS);
  return broken;
}

async function runIn(namespaces: Namespaces, options: PartitionOptions): Promise<Verdict> {
  const { cometbft, seed, rounds, say } = options;
  const { addresses, within } = namespaces;
  const network = await openFaultNetwork({ cometbft, addresses, within });
  try {
    const { ledger, nodes } = network;
    const prng = new Prng(seed);
    const workload = new Workload({ nodes, ledger, prng: new Prng(seed, 1) });
    const [provider, customer, first, second, ...payers] = ledger.members as [Member, Member, Member, Member];
    const orders = new Orders(workload, ledger, { provider, customer });
    await orders.publish();
    workload.beginOrders(orders.stream());
    for (const [at, payer] of (payers as Member[]).entries())
      workload.beginPayments(payer, (payers as Member[])[(at + 1) % payers.length]!);
    const field = { ...options, namespaces, network, workload, payers: [first, second] as const };
    const broken: string[] = [];
    for (let round = 0; round < rounds; round += 1) {
      for (const groups of prng.shuffle(partitionsOf(NODES))) {
        const startMs = Date.now();
        broken.push(...(await hold(field, groups)));
        const counts = `${workload.acknowledged.length} acknowledged, ${orders.settled} orders settled`;
        say(`${textOf(groups)}: ${Date.now() - startMs} ms, ${counts}`);
      }
    }
    await workload.end();
    const evidence = await network.evidence(workload);
    broken.push(...brokenFacts(evidence));
    const height = evidence.nodes[0]?.blocks.at(-1)?.height ?? 0n;
    return { broken, acknowledged: workload.acknowledged.length, ordersSettled: orders.settled, height };
  } finally {
    await network.close();
  }
}

/** Every partition of four nodes in network namespaces of their own, and the checker's verdict. */
export async function runPartitions(options: PartitionOptions): Promise<Verdict> {
  const namespaces = openNamespaces(NODES);
  try {
    return await runIn(namespaces, options);
  } finally {
    namespaces.close();
  }
}
