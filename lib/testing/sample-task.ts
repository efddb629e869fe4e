import type { CommittedBlock } from '#ledger/core/committed.ts';
import { computerTerms, computingWaysTerms } from '#ledger/contracts/kinds/computing.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { sampleBlock, type Payload, type SampleItem } from './sample-block.ts';
import { sampleChain } from './sample-chain.ts';
import {
  BACKUP_PROVIDER,
  BUYER,
  bytes,
  CUSTOMER,
  GENESIS_TIME,
  NODE_PROVIDER,
  PROVIDER,
  SECOND_PROVIDER,
} from './sample-genesis.ts';

/** Who proposes plans in the sample. */
export const BROKER = BUYER;
/** Digest of what the sample's task carries. */
export const PAYLOAD = bytes(32, 0x42);
/** Addresses of the agents of the two machines, 40 hex digits. */
export const MACHINE_AGENTS = ['78'.repeat(20), '79'.repeat(20)] as const;

const HOUR_MS = 3_600_000n;
const NOW = GENESIS_TIME + 8_000n;
const prices = [{ meter: 'slots', per: 1n, perMs: HOUR_MS, amountMicro: 3_600_000n }];
const amounts = [
  { meter: 'cpuMs', amount: 60_000n },
  { meter: 'memoryMiB', amount: 256n },
  { meter: 'slots', amount: 2n },
];

const strategy: Struct<'Strategy'> = {
  accessClass: 'public',
  conditions: [],
  ways: computingWaysTerms(600_000n),
  opensAtMs: 0n,
  closesAtMs: 0n,
  useMsMax: 24n * HOUR_MS,
  limits: [{ meter: 'cpuMs', amount: 1_000_000n }],
  prices,
  promise: [{ meter: 'startMs', amount: 500n }],
  degradedPerMille: 500n,
};

/** Machines 4 and 5, of one provider each, in two zones of one region. */
const machines = [
  { resource: 4n, owner: SECOND_PROVIDER, zone: 'Seattle 1', place: '47.6,-122.3', address: bytes(20, 0x78) },
  { resource: 5n, owner: BACKUP_PROVIDER, zone: 'Seattle 2', place: '47.5,-122.2', address: bytes(20, 0x79) },
] as const;

function published({ resource, owner, zone, place, address }: (typeof machines)[number]): SampleItem {
  const computer = {
    architecture: 'x64',
    cores: 8n,
    isolation: 'bubblewrap',
    roundTripMs: 12n,
    score: 400n,
    slots: 4n,
    sealingKey: '51'.repeat(32),
  } as const;
  return {
    events: [
      {
        contract: 'account',
        type: 'KeyAuthorized',
        account: owner,
        key: 1n,
        address,
        label: 'machine',
        methods: ['Prepare', 'FinishRange'],
        resources: [],
        spendingCapMicro: 0n,
        expiresAtMs: 18_446_744_073_709_551_615n,
      },
      {
        contract: 'resource',
        type: 'ResourcePublished',
        resource,
        owner,
        kind: 'computing',
        title: `Machine in ${zone}`,
        summary: 'Runs programs',
        tags: [],
        region: 'us-west',
        licence: 'none',
        sourceUrl: '',
        agentKey: 1n,
        sourceId: 'machine',
        attributes: computerTerms({ ...computer, memoryMiB: 4_096n, place, region: 'us-west', zone }),
        capacity: [
          { meter: 'memoryMiB', amount: 4_096n },
          { meter: 'slots', amount: 4n },
        ],
        testedAtMs: NOW,
        publishedAtMs: NOW,
      },
      {
        contract: 'strategy',
        type: 'StrategyRecorded',
        resource,
        strategyVersion: 1n,
        by: owner,
        strategy,
        recordedAtMs: NOW,
      },
    ],
  };
}

export const sampleWork: Struct<'Work'> = {
  algorithm: bytes(32, 0x41),
  payload: PAYLOAD,
  payloadBytes: 1_000n,
  subtasks: 100n,
  split: 'list',
  cpuMs: 1_000n,
  memoryMiB: 64n,
  inputBytes: 100n,
  outputBytes: 1_000n,
  copies: 1n,
};

function need(kind: string, terms: Struct<'Term'>[]): Struct<'Need'> {
  return { kind, terms, choices: [], amounts: [], promise: [] };
}

function demandPublished(demand: bigint, needs: Struct<'Need'>[], work: Struct<'Work'>[]): Payload {
  return {
    contract: 'demand',
    type: 'DemandPublished',
    demand,
    customer: CUSTOMER,
    purpose: 'research',
    fieldOfBusiness: 'weather',
    needs,
    work,
    durationMs: HOUR_MS,
    budgetMicro: 20_000_000n,
    backup: true,
    batch: false,
    encryptionKey: bytes(32, 0x21),
    key: 0n,
    publishedAtMs: NOW + demand,
    openUntilMs: NOW + 24n * HOUR_MS,
  };
}

const backup: Struct<'Backup'> = {
  resource: 5n,
  provider: BACKUP_PROVIDER,
  strategyVersion: 1n,
  choices: [],
  amounts,
  holdMicro: 7_200_000n,
};

function part({ resource, owner }: (typeof machines)[number], instead: Struct<'Backup'>[]): Struct<'Part'> {
  return {
    resource,
    provider: owner,
    strategyVersion: 1n,
    durationMs: HOUR_MS,
    choices: [],
    amounts,
    holdMicro: 7_200_000n,
    backup: instead,
  };
}

const shares = [
  { part: 0n, first: 0n, count: 60n },
  { part: 1n, first: 60n, count: 40n },
];
const parts = [part(machines[0], []), part(machines[1], [])];
const both = { parts, shares, holdMicro: 14_400_000n, estimateMicro: 2_000_000n, workMs: 30_000n };
const one = {
  parts: [part(machines[0], [backup])],
  shares: [{ part: 0n, first: 0n, count: 100n }],
  holdMicro: 7_200_000n,
  estimateMicro: 1_900_000n,
  workMs: 50_000n,
};

function plansMade(demand: bigint, plans: Struct<'Plan'>[], exact: Struct<'ExactAmount'>[]): Payload {
  return {
    contract: 'plan',
    type: 'PlansMade',
    demand,
    customer: CUSTOMER,
    exact,
    plans,
    considered: 2n,
    madeAtMs: NOW + demand,
    expiresAtMs: NOW + 600_000n,
  };
}

const exact = [{ need: 0n, meter: 'cpuMs', amount: 100_000n, rule: 'subtasks × cpuMs × copies' }];
const own: Struct<'Plan'>[] = [
  { plan: 1n, aim: 'soonest', by: 0n, feeMicro: 0n, ...both },
  { plan: 2n, aim: 'cheapest', by: 0n, feeMicro: 0n, ...one },
];

function proposed(demand: bigint, plan: bigint): SampleItem {
  const plans = [{ plan, aim: 'proposed', by: BROKER, feeMicro: 100_000n, ...both }];
  const event = { demand, customer: CUSTOMER, broker: BROKER, plans, proposedAtMs: NOW };
  return { events: [{ contract: 'plan', type: 'PlanProposed', ...event }] };
}

function reserved(place: bigint, { resource, owner }: (typeof machines)[number]): Payload {
  return {
    contract: 'agreement',
    type: 'AgreementReserved',
    agreement: 10n + place,
    order: 10n,
    part: place + 1n,
    replaces: 0n,
    continues: 0n,
    customer: CUSTOMER,
    identifiedBy: 0n,
    provider: owner,
    resource,
    kind: 'computing',
    strategyVersion: 1n,
    purpose: 'research',
    fieldOfBusiness: 'weather',
    choices: [],
    ways: strategy.ways,
    amounts,
    prices,
    promise: strategy.promise,
    degradedPerMille: 500n,
    durationMs: HOUR_MS,
    holdMicro: 7_200_000n,
    backup: [],
    encryptionKey: bytes(32, 0x21),
    agentKey: 1n,
    sourceId: 'machine',
    intervalMs: 900_000n,
    feePerMille: 10n,
    reservedAtMs: NOW,
    prepareByMs: NOW + 120_000n,
  };
}

function assigned(of: {
  range: bigint;
  agreement: bigint;
  first: bigint;
  count: bigint;
  reason: 'planned' | 'failed';
}): Payload {
  const attempt = of.reason === 'planned' ? 1n : 2n;
  const times = { assignedAtMs: NOW, lateAtMs: NOW + 300_000n };
  return {
    contract: 'plan',
    type: 'RangeAssigned',
    demand: 1n,
    ...of,
    attempt,
    work: [sampleWork],
    key: bytes(80, 3),
    ...times,
  };
}

/** A broker's plan is chosen; its parts are agreements 10 and 11. */
const chosen: SampleItem = {
  signed: {
    method: 'ChoosePlan',
    account: CUSTOMER,
    args: {
      demand: 1n,
      plan: 3n,
      parts,
      holdMicro: 14_400_000n,
      broker: BROKER,
      feeMicro: 100_000n,
      keys: machines.map(({ resource }) => ({ resource, sealed: bytes(80, 3) })),
      encryptionKey: bytes(32, 0x21),
      voucherKey: bytes(20, 0),
    },
  },
  events: [
    reserved(0n, machines[0]),
    reserved(1n, machines[1]),
    {
      contract: 'demand',
      type: 'DemandClosed',
      demand: 1n,
      customer: CUSTOMER,
      from: 'open',
      to: 'decided',
      by: CUSTOMER,
      closedAtMs: NOW,
    },
    {
      contract: 'plan',
      type: 'PlanChosen',
      demand: 1n,
      customer: CUSTOMER,
      plan: 3n,
      aim: 'proposed',
      order: 10n,
      broker: BROKER,
      feeMicro: 100_000n,
      holdMicro: 14_400_000n,
      estimateMicro: 2_000_000n,
      chosenAtMs: NOW,
    },
    {
      contract: 'plan',
      type: 'TaskBegun',
      demand: 1n,
      customer: CUSTOMER,
      order: 10n,
      agreements: [10n, 11n],
      begunAtMs: NOW,
      ranges: shares.map(({ first, count }) => ({ first, count })),
      work: [sampleWork],
      keys: machines.map(({ resource }) => ({ resource, sealed: bytes(80, 3) })),
    },
    assigned({ range: 0n, agreement: 10n, first: 0n, count: 60n, reason: 'planned' }),
    assigned({ range: 1n, agreement: 11n, first: 60n, count: 40n, reason: 'planned' }),
  ],
};

function started(range: bigint, agreement: bigint, by: bigint): SampleItem {
  const times = { startedAtMs: NOW + 1_000n, lateAtMs: NOW + 90_000n };
  return { events: [{ contract: 'plan', type: 'RangeStarted', demand: 1n, range, agreement, by, ...times }] };
}

/** The first machine finishes its range, two sub-tasks with a fault; the second cannot, and the first takes its range over. */
const ran: SampleItem[] = [
  started(0n, 10n, SECOND_PROVIDER),
  {
    events: [
      {
        contract: 'plan',
        type: 'RangeFinished',
        demand: 1n,
        range: 0n,
        agreement: 10n,
        by: SECOND_PROVIDER,
        count: 60n,
        failed: 2n,
        cpuMs: 55_000n,
        inputRoot: bytes(32, 0x61),
        resultRoot: bytes(32, 0x62),
        finishedAtMs: NOW + 2_000n,
      },
      {
        contract: 'plan',
        type: 'RangeDecided',
        demand: 1n,
        customer: CUSTOMER,
        range: 0n,
        decidedAtMs: NOW + 2_000n,
      },
    ],
  },
  {
    events: [
      {
        contract: 'plan',
        type: 'RangeFailed',
        demand: 1n,
        range: 1n,
        agreement: 11n,
        by: BACKUP_PROVIDER,
        fault: 'machine-trouble',
        failedAtMs: NOW + 3_000n,
      },
      assigned({ range: 1n, agreement: 10n, first: 60n, count: 40n, reason: 'failed' }),
    ],
  },
];

/** What the end of the sample's task leaves, in a block of its own: `taskEndedAtMs` is its time. */
export function taskEnded(height: bigint, firstLogIndex: bigint): CommittedBlock {
  const endedAtMs = GENESIS_TIME + height * 1_000n;
  const facts = { demand: 1n, customer: CUSTOMER, order: 10n, outcome: 'canceled', reason: '', endedAtMs } as const;
  return sampleBlock(height, firstLogIndex, [{ events: [{ contract: 'plan', type: 'TaskEnded', ...facts }] }]);
}

const notice = { notice: 1n, broker: BROKER, nodeProvider: NODE_PROVIDER, provider: PROVIDER };

/** The broker asks the provider of the weather for data, through a node provider, who hands it on; a second request waits there. */
const asked: SampleItem[] = [
  {
    events: [
      { contract: 'demand', type: 'NoticeSent', ...notice, demand: 2n, kind: 'data', sentAtMs: NOW },
      { contract: 'demand', type: 'NoticeSent', ...notice, notice: 2n, demand: 2n, kind: 'data', sentAtMs: NOW },
    ],
  },
  {
    events: [{ contract: 'demand', type: 'NoticeRelayed', ...notice, to: 'relayed', relayedAtMs: NOW + 1n }],
  },
  {
    events: [
      {
        contract: 'demand',
        type: 'NoticeAnswered',
        notice: 1n,
        demand: 2n,
        customer: CUSTOMER,
        broker: BROKER,
        provider: PROVIDER,
        from: 'relayed',
        to: 'shared',
        resource: 1n,
        answeredAtMs: NOW + 2n,
      },
    ],
  },
];

/** An epoch ended: of three demands that waited two found an offer, and one was bought. */
const matched: SampleItem = {
  events: [
    {
      contract: 'plan',
      type: 'DemandsMatched',
      matching: 1n,
      asked: 3n,
      matched: 2n,
      served: 1n,
      costMicro: 7_200_000n,
      broker: BROKER,
      matchedAtMs: NOW,
    },
  ],
};

const refused: SampleItem = {
  events: [
    {
      contract: 'demand',
      type: 'AlgorithmRefused',
      algorithm: bytes(32, 0x66),
      reason: 'malicious',
      proposal: 1n,
    },
  ],
};

/**
 * What stands behind the sample chain, as block 8: two machines, and three demands of the customer. Demand 1 became order 10 by a broker's
 * plan and runs; demand 2 is met by no plan; demand 3 has one of the contract's, made after a broker's, and waits. A program is refused.
 * For demand 2 the broker asked a provider twice: one request was answered, the other waits for the node provider. One epoch was matched.
 */
export function sampleTask(): CommittedBlock {
  const { items } = sampleChain().at(-1) ?? { items: [] };
  const inRegion = [{ name: 'region', value: 'us-west' }];
  return sampleBlock(8n, (items.at(-1)?.logIndex ?? -1n) + 1n, [
    { events: [{ contract: 'account', type: 'RoleGranted', account: BROKER, role: 'NRB', proposal: 1n }] },
    ...machines.map(published),
    {
      signed: { method: 'PublishDemand', account: CUSTOMER, args: { purpose: 'research' } },
      events: [demandPublished(1n, [need('computing', [])], [sampleWork]), plansMade(1n, own, exact)],
    },
    proposed(1n, 3n),
    chosen,
    ...ran,
    { events: [demandPublished(2n, [need('data', inRegion)], []), plansMade(2n, [], [])] },
    { events: [demandPublished(3n, [need('computing', inRegion), need('storage', [])], [])] },
    proposed(3n, 1n),
    { events: [plansMade(3n, own.slice(0, 1), [])] },
    refused,
    ...asked,
    matched,
  ]);
}
