import { setTimeout as delay } from 'node:timers/promises';
import { Prng } from '#ledger/sim/prng.ts';
import { brokenFacts } from './checker.ts';
import { openFaultNetwork } from './fault-network.ts';
import { Orders } from './orders.ts';
import { strike, STRIKES, type Strike } from './strikes.ts';
import { Workload } from './workload.ts';

const QUIET_MS = { min: 0, max: 1_500 };
const STREAMS = 6;

export interface CampaignOptions {
  readonly cometbft: string;
  readonly seed: number;
  /** These in this order; else the seed's, until `untilMs`. */
  readonly strikes?: readonly Strike[];
  readonly untilMs?: number;
  readonly say: (line: string) => void;
}

export interface Verdict {
  /** A sentence for every fact that does not hold; empty is good. */
  readonly broken: readonly string[];
  readonly acknowledged: number;
  readonly ordersSettled: number;
  readonly height: bigint;
}

function* planned({ strikes, untilMs = 0 }: CampaignOptions, prng: Prng): Generator<Strike> {
  if (strikes !== undefined) return yield* strikes;
  while (Date.now() < untilMs) yield* prng.shuffle(STRIKES).filter(() => Date.now() < untilMs);
}

/** Faults on four nodes while people pay and order, and the checker's verdict on what is left. */
export async function runCampaign(options: CampaignOptions): Promise<Verdict> {
  const { cometbft, seed, say } = options;
  const prng = new Prng(seed);
  const network = await openFaultNetwork({ cometbft });
  try {
    const { ledger, nodes } = network;
    const workload = new Workload({ nodes, ledger, prng: new Prng(seed, 1) });
    const [provider, customer, ...payers] = ledger.members;
    const orders = new Orders(workload, ledger, { provider: provider!, customer: customer! });
    await orders.publish();
    workload.beginOrders(orders.stream());
    for (const [at, payer] of payers.slice(0, STREAMS).entries())
      workload.beginPayments(payer, payers[(at + 1) % payers.length]!);
    for (const kind of planned(options, prng)) {
      const startMs = Date.now();
      const { nodes: struck } = await strike({ network, workload, prng }, kind);
      if (struck.length === 0) continue;
      const counts = `${workload.acknowledged.length} acknowledged, ${orders.settled} orders settled`;
      say(`${kind} of ${struck.map(({ name }) => name).join(', ')}: ${Date.now() - startMs} ms, ${counts}`);
      await delay(prng.between(QUIET_MS.min, QUIET_MS.max));
    }
    await workload.end();
    const evidence = await network.evidence(workload);
    const broken = brokenFacts(evidence);
    const height = evidence.nodes[0]?.blocks.at(-1)?.height ?? 0n;
    return { broken, acknowledged: workload.acknowledged.length, ordersSettled: orders.settled, height };
  } finally {
    await network.close();
  }
}
