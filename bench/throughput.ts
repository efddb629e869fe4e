import { setTimeout as delay } from 'node:timers/promises';
import { decideAll, outcomesOf } from '#ledger/engines/testing/load.ts';
import type { Member } from '#ledger/engines/testing/ledger-home.ts';
import {
  agentKeyArgs,
  agentOf,
  applyArgs,
  claimArgs,
  dataOf,
  INTERVAL_MS,
  prepareArgs,
  signPublication,
} from '#ledger/engines/testing/sample-order.ts';
import { startEmbedded, type Contestant } from './contestants.ts';
import { statOf, usedMs } from './process-use.ts';
import { median, rounded } from './statistics.ts';
import { verificationsPerSecond } from './verifiers.ts';

const PAIRS = 5;
/** Accounts that take part, and the first of them that provide. */
const ACTIVE = 1_000;
const PROVIDERS = 100;
/** What genesis takes. */
const ACCOUNTS = 10_000;
/** Of each provider before the first round: with the accounts a state of 10⁵ records. */
const PUBLISHED = 150;
const VALIDATORS = 4;
/** In a round each account applies, ends an order, is claimed of and pays; so many pay once more, and each provider publishes so often. */
const PAY_TWICE = 500;
const PUBLICATIONS = 5;
const LIMIT_SAMPLE = 2_500;
/** Of one account that wait: about a thousand in all. */
const AT_A_TIME = 1;

interface Provider extends Member {
  readonly agent: Member;
  resource: bigint;
}

interface Order {
  readonly id: bigint;
  readonly startsAtMs: bigint;
}

/** Whom an account buys from: never of itself. */
function providerOf(providers: readonly Provider[], customer: number): Provider {
  return providers[(customer + 1) % providers.length]!;
}

/** Providers with an agent's key and a resource each. */
async function settle(contestant: Contestant): Promise<Provider[]> {
  const { ledger, doors } = contestant;
  const providers = ledger.members.slice(0, PROVIDERS).map((member) => ({ member, agent: agentOf(member) }));
  const keys = providers.map(({ member, agent }) => [ledger.sign(member, 'AuthorizeKey', agentKeyArgs(ledger, agent))]);
  await outcomesOf(doors, ledger, keys);
  const resources = await outcomesOf(
    doors,
    ledger,
    providers.map(({ member, agent }) =>
      Array.from({ length: PUBLISHED }, () => signPublication(ledger, member, agent)),
    ),
  );
  return providers.map(({ member, agent }, index) =>
    Object.assign(member, { agent, resource: dataOf(resources[index]![0]!.data, 'resource') }),
  );
}

/** So many are applied for and delivered together: a start may not lie long back when it is told. */
const DELIVERED_TOGETHER = 250;

/** One delivered order of each account, which the round after claims for. */
async function order({ ledger, doors }: Contestant, providers: readonly Provider[]): Promise<Order[]> {
  const orders: Order[] = [];
  for (let from = 0; from < ACTIVE; from += DELIVERED_TOGETHER) {
    const buyers = ledger.members.slice(from, from + DELIVERED_TOGETHER).map((customer, index) => ({
      customer,
      provider: providerOf(providers, from + index),
    }));
    const applications = buyers.map(({ customer, provider: { resource, account: provider } }) => [
      ledger.sign(customer, 'Apply', applyArgs({ resource, provider })),
    ]);
    const applied = await outcomesOf(doors, ledger, applications);
    const deliveries = buyers.map(({ provider: { agent } }, index) => [
      ledger.sign(agent, 'Prepare', prepareArgs(dataOf(applied[index]![0]!.data, 'agreement'))),
    ]);
    const delivered = await outcomesOf(doors, ledger, deliveries);
    for (const [index, [outcome]] of delivered.entries()) {
      const id = dataOf(applied[index]![0]!.data, 'agreement');
      orders.push({ id, startsAtMs: dataOf(outcome!.data, 'startsAtMs') });
    }
  }
  return orders;
}

/** Transactions of one signer each, in the order of its nonces. */
type Queues = readonly (readonly Uint8Array[])[];

/** A claim for each order, by the agent that serves it. */
function signClaims({ ledger }: Contestant, providers: readonly Provider[], orders: readonly Order[]): Uint8Array[][] {
  return providers.map((provider) =>
    orders
      .filter((_, index) => providerOf(providers, index) === provider)
      .map(({ id, startsAtMs }) => ledger.sign(provider.agent, 'ClaimUsage', claimArgs(id, startsAtMs + INTERVAL_MS))),
  );
}

/** What a round submits: of each account an application, a payment and the end of an older order, of some a second payment; of each provider its publications, and a claim for each of its orders. */
function signRound(contestant: Contestant, providers: readonly Provider[], claimed: Order[], ended: Order[]): Queues {
  const { ledger } = contestant;
  const customers = ledger.members.slice(0, ACTIVE);
  const byCustomer = customers.map((customer, index) => {
    const { resource, account } = providerOf(providers, index);
    const queue = [
      ledger.sign(customer, 'Apply', applyArgs({ resource, provider: account })),
      ledger.transfer(customer, customers[(index + 1) % ACTIVE]!),
      ledger.sign(customer, 'EndAgreement', { agreement: ended[index]!.id, reason: 'done' }),
    ];
    if (index < PAY_TWICE) queue.push(ledger.transfer(customer, customers[(index + 2) % ACTIVE]!));
    return queue;
  });
  for (const [index, provider] of providers.entries()) {
    for (let count = 0; count < PUBLICATIONS; count += 1)
      byCustomer[index]!.push(signPublication(ledger, provider, provider.agent));
  }
  return [...byCustomer, ...signClaims(contestant, providers, claimed)];
}

/** Processor time of the ledger so far. */
function ledgerMs({ pids }: Contestant): number {
  const stats = pids.map(statOf).filter((stat) => stat !== undefined);
  return stats.reduce((sum, stat) => sum + usedMs(stat), 0);
}

/** Committed a second, closed loop; what each took of the ledger's processor time, and the load generator, this process, of the machine. */
async function measure(contestant: Contestant, queues: Queues) {
  const { doors, ledger } = contestant;
  const [cpu, usedBefore] = [process.cpuUsage(), ledgerMs(contestant)];
  const begunAt = performance.now();
  await decideAll(doors, ledger, queues, AT_A_TIME);
  const seconds = (performance.now() - begunAt) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  const count = queues.flat().length;
  return {
    perSecond: count / seconds,
    msOfEach: (ledgerMs(contestant) - usedBefore) / count,
    generatorCores: (user + system) / 1e6 / seconds,
  };
}

function sampleOf(queues: Queues): Uint8Array[] {
  const transactions = queues.flat();
  const every = Math.max(1, Math.floor(transactions.length / LIMIT_SAMPLE));
  return transactions.filter((_, index) => index % every === 0);
}

/** P1 of the bar: a mix of publications, applications, claims, ends with their bills, and transfers, over the limit of their signatures. */
export async function benchThroughput(): Promise<void> {
  // An order that is not delivered must not fail during the run.
  const contestant = await startEmbedded(ACCOUNTS, { parameters: { deliveryMs: '3600000', contestMs: '1000' } });
  try {
    const providers = await settle(contestant);
    let [ended, claimed] = [await order(contestant, providers), await order(contestant, providers)];
    await delay(Number(INTERVAL_MS));
    await decideAll(contestant.doors, contestant.ledger, signClaims(contestant, providers, ended));
    const { stateRecords } = await contestant.doors[0]!.figures();
    console.log(JSON.stringify({ figure: 'state', records: stateRecords }));
    const ratios: number[] = [];
    for (let round = 0; round <= PAIRS; round += 1) {
      const next = await order(contestant, providers);
      const signed = signRound(contestant, providers, claimed, ended);
      [ended, claimed] = [claimed, next];
      const before = await verificationsPerSecond(sampleOf(signed));
      const run = await measure(contestant, signed);
      const after = await verificationsPerSecond(sampleOf(signed));
      const limit = (before + after) / 2 / VALIDATORS;
      // The first warms both up.
      if (round > 0) ratios.push(run.perSecond / limit);
      console.log(
        JSON.stringify({
          figure: round === 0 ? 'warm-up' : 'throughput',
          perSecond: Math.round(run.perSecond),
          limitBefore: Math.round(before / VALIDATORS),
          limitAfter: Math.round(after / VALIDATORS),
          ledgerMsOfEach: rounded(run.msOfEach),
          generatorCores: rounded(run.generatorCores),
        }),
      );
    }
    console.log(JSON.stringify({ figure: 'P1', ratio: rounded(median(ratios)), mustHold: 0.55, aim: 0.75 }));
  } finally {
    await contestant.stop();
  }
}
