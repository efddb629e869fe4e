import { foundAccount } from '#ledger/contracts/account/contract.ts';
import { computerTerms, computingWaysTerms, type Computer } from '#ledger/contracts/kinds/computing.ts';
import * as registry from '#ledger/contracts/registry.ts';
import { resourceTestDigest } from '#ledger/contracts/resource/test-report.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import type { Role } from '#ledger/contracts/shared/roles.ts';
import { NO_VOUCHER_KEY } from '#ledger/contracts/shared/voucher-fields.ts';
import type { StrategyArgs } from '#ledger/contracts/strategy/definition.ts';
import { mint } from '#ledger/contracts/token/contract.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { need } from './offers.ts';
import { HOUR_MS, filled, keyOffer, quantities, strategy } from './samples.ts';
import { CUSTOMER, START_MS, TestLedger, type Outcome } from './test-ledger.ts';

/** A market of machines that run programs: providers with an agent each, one customer, one broker; for tests of demands, plans and tasks. */

/** Accounts that provide a machine each, from resource 1 on in this order. */
export const MACHINES = [6n, 7n, 8n, 9n] as const;
export const BROKER = 10n;
const METHODS = [
  ...['Prepare', 'Reissue', 'ClaimUsage', 'CloseChannel', 'ReportErasure', 'EndAgreement', 'SuspendResource'],
  ...['StartRange', 'FinishRange', 'FailRange'],
];

export const COMPUTER: Computer = {
  architecture: 'x64',
  cores: 8n,
  isolation: 'bubblewrap',
  memoryMiB: 4_096n,
  place: '47.6,-122.3',
  region: 'US-WA',
  roundTripMs: 12n,
  score: 500n,
  sealingKey: 'ab'.repeat(32),
  slots: 8n,
  zone: 'Seattle 1',
};

export interface Machine {
  readonly slots?: bigint;
  readonly zone?: string;
  /** For a slot and an hour. */
  readonly slotMicro?: bigint;
  readonly terms?: Partial<StrategyArgs>;
}

const agentSecret = (account: bigint): Uint8Array => filled(60 + Number(account));

/** A ledger with these machines, each of an account of its own, and a broker. */
export function market(
  machines: readonly Machine[],
  parameters: ConstructorParameters<typeof TestLedger>[0] = {},
): TestLedger {
  return withMarket(new TestLedger({ openAgreementsMax: 50n, ...parameters }), machines);
}

/** The same on a ledger that nobody but its founders has used. */
export function withMarket(ledger: TestLedger, machines: readonly Machine[]): TestLedger {
  const people: Role[][] = [...MACHINES.map((): Role[] => ['NRC', 'NRP']), ['NRC', 'NRB']];
  people.forEach((roles, index) => {
    const account = MACHINES[0] + BigInt(index);
    const facts = { address: filled(Number(account), 20), profileCommitment: filled(7), encryptionKey: filled(9) };
    const founded = foundAccount(account, { ...facts, createdAtMs: START_MS }, roles);
    for (const event of [...founded, ...mint(account, 1_000_000n)]) registry.evolve(ledger.state, event);
  });
  machines.forEach((machine, index) => publishMachine(ledger, MACHINES[index] ?? 0n, machine));
  return ledger;
}

/** Authorises the account's agent and publishes a machine of it. */
export function publishMachine(ledger: TestLedger, owner: bigint, machine: Machine): Outcome {
  const { slots = 4n, zone = 'Seattle 1', slotMicro = 3_600_000n, terms = {} } = machine;
  const crypto = nobleCrypto;
  const secret = agentSecret(owner);
  const offer = keyOffer(secret, { network: ledger.network, account: owner }, crypto);
  const scope = { methods: METHODS, resources: [], spendingCapMicro: 0n, expiresAtMs: ledger.nowMs + 24n * HOUR_MS };
  ledger.run(owner, 'AuthorizeKey', { ...offer, label: 'agent', ...scope });
  const capacity = quantities({ memoryMiB: slots * 256n, slots });
  const attributes = computerTerms({ ...COMPUTER, slots, memoryMiB: slots * 256n, zone });
  const source = { kind: 'computing', sourceId: 'machine', attributes, testedAtMs: ledger.nowMs };
  const digest = resourceTestDigest({ network: ledger.network, owner, ...source }, crypto);
  const text = { title: 'Machine', summary: 'Runs programs.', tags: ['edge'] };
  const origin = { region: 'US-WA', licence: 'none', sourceUrl: 'https://example.org/machine', agentKey: 1n };
  return ledger.run(owner, 'PublishResource', {
    ...text,
    ...origin,
    ...source,
    capacity,
    strategy: strategy({
      accessClass: 'public',
      conditions: [],
      ways: computingWaysTerms(600_000n),
      useMsMax: 2n * HOUR_MS,
      limits: quantities({ bytes: 1n << 40n, calls: 1_000_000n, cpuMs: 1n << 30n, runs: 1_000_000n }),
      prices: [{ meter: 'slots', per: 1n, perMs: HOUR_MS, amountMicro: slotMicro }],
      ...terms,
    }),
    testSignature: crypto.signRecoverable(digest, secret),
  });
}

export function work(fields: Partial<Struct<'Work'>> = {}): Struct<'Work'> {
  return {
    algorithm: filled(1),
    payload: filled(2),
    payloadBytes: 1_000n,
    subtasks: 12n,
    split: 'list',
    cpuMs: 1_000n,
    memoryMiB: 64n,
    inputBytes: 100n,
    outputBytes: 1_000n,
    copies: 1n,
    ...fields,
  };
}

/** Twelve sub-tasks of a second each in a window of four seconds: six slots. */
export function demandArgs(fields: Args = {}): Args {
  return {
    purpose: 'research',
    fieldOfBusiness: 'weather',
    needs: [need()],
    work: [work()],
    durationMs: 4_000n,
    budgetMicro: 50_000_000n,
    backup: false,
    batch: false,
    openMs: HOUR_MS,
    encryptionKey: filled(9),
    ...fields,
  };
}

/** One slot for an hour, to be matched with others at the epoch's end. */
export function batchArgs(fields: Args = {}): Args {
  const amounts = quantities({ bytes: 1_000n, calls: 10n, cpuMs: 1_000n, memoryMiB: 64n, runs: 10n, slots: 1n });
  return demandArgs({ needs: [need({ amounts })], work: [], durationMs: HOUR_MS, batch: true, ...fields });
}

/** Publishes a demand of the customer; its plans. */
export function publishDemand(ledger: TestLedger, fields: Args = {}): { demand: bigint; plans: Struct<'Plan'>[] } {
  const { data, events } = ledger.run(CUSTOMER, 'PublishDemand', demandArgs(fields));
  const made = events.find((event) => event.type === 'PlansMade');
  const { demand } = data as { demand: bigint };
  return { demand, plans: made?.type === 'PlansMade' ? made.plans : [] };
}

/** What a customer signs to choose a plan, with a sealed key for every resource that may run sub-tasks. */
export function chooseArgs(demand: bigint, plan: Struct<'Plan'>, fields: Args = {}): Args {
  const running = plan.shares.flatMap(({ part }) => plan.parts[Number(part)] ?? []);
  const ids = running.flatMap(({ resource, backup }) => [resource, ...backup.map((other) => other.resource)]);
  const keys = [...new Set(ids)].map((resource) => ({ resource, sealed: filled(3, 80) }));
  const { parts, holdMicro, feeMicro, by: broker } = plan;
  const own = { encryptionKey: filled(9), voucherKey: NO_VOUCHER_KEY };
  return { demand, plan: plan.plan, parts, holdMicro, broker, feeMicro, keys, ...own, ...fields };
}
