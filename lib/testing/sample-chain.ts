import { encode, type CborValue } from '#ledger/core/codec.ts';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { incentiveDefinition } from '#ledger/contracts/incentive/definition.ts';
import { ratesFrom } from '#ledger/contracts/incentive/reward.ts';
import { dataSetTerms, dataWaysTerms } from '#ledger/contracts/kinds/data.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { encodeRuns } from '#ledger/contracts/shared/runs.ts';
import { sampleBlock, type Payload, type SampleItem } from './sample-block.ts';
import { CUSTOMER, GENESIS_TIME, NODE_PROVIDER, PROVIDER, STRANGER, bytes } from './sample-genesis.ts';
import { samplePurchase } from './sample-purchase.ts';

const HOUR_MS = 3_600_000n;
const ways = dataWaysTerms({ columns: ['date', 'rain'], formats: ['csv', 'json'], rowFilter: '' });
const prices = [{ meter: 'places', per: 1n, perMs: HOUR_MS, amountMicro: 3_600_000n }];
const promise = [{ meter: 'firstByteMs', amount: 500n }];
const strategy: Struct<'Strategy'> = {
  accessClass: 'conditional',
  conditions: [{ rule: 'use.durationMs <= 7200000', sentence: 'use must be at most 2 hours' }],
  ways,
  opensAtMs: 0n,
  closesAtMs: 0n,
  useMsMax: 86_400_000n,
  limits: [
    { meter: 'bytes', amount: 10_000_000n },
    { meter: 'calls', amount: 100n },
  ],
  prices,
  promise,
  degradedPerMille: 500n,
};

const attributes = dataSetTerms({
  format: 'csv',
  rows: 1461,
  bytes: 48219,
  checksum: 'sha256:00',
  columns: [
    { name: 'date', type: 'DATE', nulls: 0, min: '2012-01-01', max: '2015-12-31' },
    { name: 'rain', type: 'DOUBLE', nulls: 0, min: null, max: null },
  ],
});

/** What the sample's customer asks for of the weather. */
const choices = [{ name: 'format', value: 'csv' }];
const amounts = [
  { meter: 'bytes', amount: 10_000_000n },
  { meter: 'calls', amount: 100n },
  { meter: 'places', amount: 1n },
];

const published: SampleItem = {
  events: [
    {
      contract: 'resource',
      type: 'ResourcePublished',
      resource: 1n,
      owner: PROVIDER,
      kind: 'data',
      title: 'Seattle weather',
      summary: 'Daily rain and temperature',
      tags: ['weather', 'rain'],
      region: 'us-west',
      licence: 'public domain',
      sourceUrl: 'https://example.org/weather',
      agentKey: 1n,
      sourceId: 'weather',
      attributes,
      capacity: [{ meter: 'places', amount: 2n }],
      testedAtMs: GENESIS_TIME,
      publishedAtMs: GENESIS_TIME + 2_000n,
    },
    {
      contract: 'strategy',
      type: 'StrategyRecorded',
      resource: 1n,
      strategyVersion: 1n,
      by: PROVIDER,
      strategy,
      recordedAtMs: GENESIS_TIME + 2_000n,
    },
  ],
};

const capacity = (free: bigint, agreement: bigint): Payload => ({
  contract: 'resource',
  type: 'CapacityChanged',
  resource: 1n,
  capacity: [{ meter: 'places', amount: 2n }],
  inUse: free === 2n ? [] : [{ meter: 'places', amount: 2n - free }],
  free: free === 0n ? [] : [{ meter: 'places', amount: free }],
  agreement,
});

const reserved: SampleItem = {
  events: [
    capacity(1n, 1n),
    { contract: 'token', type: 'TokensHeld', hold: 1n, account: CUSTOMER, amountMicro: 3_600_000n, agreement: 1n },
    {
      contract: 'agreement',
      type: 'AgreementReserved',
      agreement: 1n,
      order: 1n,
      part: 1n,
      replaces: 0n,
      continues: 0n,
      customer: CUSTOMER,
      identifiedBy: 0n,
      provider: PROVIDER,
      resource: 1n,
      kind: 'data',
      strategyVersion: 1n,
      purpose: 'research',
      fieldOfBusiness: 'weather',
      choices,
      ways,
      amounts,
      prices,
      promise,
      degradedPerMille: 500n,
      durationMs: HOUR_MS,
      holdMicro: 3_600_000n,
      backup: [],
      encryptionKey: bytes(32, 0x21),
      agentKey: 1n,
      sourceId: 'weather',
      intervalMs: 900_000n,
      feePerMille: 10n,
      reservedAtMs: GENESIS_TIME + 3_000n,
      prepareByMs: GENESIS_TIME + 123_000n,
    },
  ],
};

const refused: SampleItem = {
  events: [
    {
      contract: 'agreement',
      type: 'ApplicationRefused',
      application: 1n,
      customer: CUSTOMER,
      provider: PROVIDER,
      resource: 1n,
      strategyVersion: 1n,
      purpose: 'research',
      fieldOfBusiness: 'weather',
      choices,
      amounts,
      durationMs: 21_600_000n,
      failed: [
        {
          index: 0n,
          sentence: 'use must be at most 2 hours',
          values: [{ name: 'use.durationMs', value: '21600000' }],
          error: '',
        },
      ],
      refusedAtMs: GENESIS_TIME + 3_000n,
    },
  ],
};

const prepared: SampleItem = {
  events: [
    {
      contract: 'agreement',
      type: 'AgreementPrepared',
      agreement: 1n,
      from: 'reserved',
      to: 'prepared',
      by: PROVIDER,
      startsAtMs: GENESIS_TIME + 4_000n,
      endsAtMs: GENESIS_TIME + 3_604_000n,
      issue: 1n,
      encryptionKey: bytes(32, 0x21),
      descriptor: bytes(96, 0x55),
    },
    { contract: 'agreement', type: 'AgreementActivated', agreement: 1n, from: 'prepared', to: 'active' },
  ],
};

const used = [
  { meter: 'bytes', amount: 9_000n },
  { meter: 'calls', amount: 3n },
  { meter: 'rows', amount: 300n },
];

const claimed: SampleItem = {
  events: [
    {
      contract: 'settlement',
      type: 'UsageClaimed',
      agreement: 1n,
      by: PROVIDER,
      used,
      runs: encodeRuns([
        { count: 3, state: 'kept', measured: [120] },
        { count: 1, state: 'down', measured: [0] },
      ]),
      fromMs: GENESIS_TIME + 4_000n,
      untilMs: GENESIS_TIME + 3_604_000n,
      keptMs: 2_700_000n,
      degradedMs: 0n,
      downMs: 900_000n,
    },
  ],
};

const ended: SampleItem = {
  due: true,
  events: [
    {
      contract: 'agreement',
      type: 'AgreementEnded',
      agreement: 1n,
      customer: CUSTOMER,
      provider: PROVIDER,
      from: 'active',
      to: 'completed',
      by: 0n,
      reason: 'time-up',
      endedAtMs: GENESIS_TIME + 3_604_000n,
      settleAtMs: GENESIS_TIME + 3_614_000n,
      graceUntilMs: 0n,
    },
    capacity(1n, 1n),
  ],
};

const settled: SampleItem = {
  due: true,
  events: [
    {
      contract: 'token',
      type: 'HoldSettled',
      hold: 1n,
      account: CUSTOMER,
      payee: PROVIDER,
      chargeMicro: 2_700_000n,
      feeMicro: 27_000n,
      refundMicro: 900_000n,
      agreement: 1n,
    },
    {
      contract: 'settlement',
      type: 'AgreementSettled',
      agreement: 1n,
      customer: CUSTOMER,
      provider: PROVIDER,
      used,
      keptMs: 2_700_000n,
      degradedMs: 0n,
      downMs: 900_000n,
      wholeMs: HOUR_MS,
      holdMicro: 3_600_000n,
      chargeMicro: 2_700_000n,
      feeMicro: 27_000n,
      refundMicro: 900_000n,
      contested: false,
      settledAtMs: GENESIS_TIME + 3_614_000n,
    },
  ],
};

const closesAtMs = GENESIS_TIME + 60_000n;

/** `about`: who proposes, and whom it concerns where that is anybody. */
function opened(
  proposal: bigint,
  method: string,
  args: CborValue,
  about: { by?: bigint; concerns?: bigint } = {},
): Payload {
  const { by = NODE_PROVIDER, concerns = 0n } = about;
  const proposed = { proposal, by, method, args: encode(args), concerns, closesAtMs };
  return { contract: 'governance', type: 'ProposalOpened', ...proposed };
}

const governed: SampleItem[] = [
  {
    events: [
      opened(1n, 'ProposeParameter', { parameter: 'contestMs', value: 20_000n }),
      { contract: 'governance', type: 'VoteCast', proposal: 1n, by: NODE_PROVIDER, approve: true },
      {
        contract: 'governance',
        type: 'ProposalDecided',
        proposal: 1n,
        outcome: 'passed',
        approvals: 1n,
        rejections: 0n,
        electorate: 1n,
      },
      {
        contract: 'governance',
        type: 'ParameterChanged',
        parameter: 'contestMs',
        from: 10_000n,
        to: 20_000n,
        proposal: 1n,
      },
    ],
  },
  {
    events: [
      {
        contract: 'token',
        type: 'TokensTransferred',
        from: CUSTOMER,
        to: STRANGER,
        amountMicro: 250_000n,
        reason: 'transfer',
      },
    ],
  },
];

const newKey = { publicKey: bytes(33, 5), address: validatorAddress(bytes(33, 5), nobleCrypto) };
const atMs = GENESIS_TIME + 7_000n;

/** The provider's fifth validator is found wanting: its account publishes nothing more, and it leaves the set. */
function permission(name: 'publish' | 'consensus', node: bigint, threshold: bigint): Payload {
  const change = {
    permission: name,
    from: true,
    to: false,
    credit: 250n,
    threshold,
    epoch: 7n,
    cause: 'evaluation',
    atMs,
  } as const;
  return { contract: 'credit', type: 'PermissionChanged', account: PROVIDER, node, ...change };
}

const RATES = ratesFrom((name) => incentiveDefinition.parameters[name].initial);
const VOTED = { online: 0n, servedMs: 0n, feesMicro: 0n, votes: 1n, consensus: 0n };
const VOTED_FOR = { points: 5_000n, pointsOfAll: 5_000n, poolMicro: 1_000_000n, amountMicro: 5_000n };

/** The node provider is paid for a vote; an order of the provider earns nothing; the next epoch runs. */
const rewarded: Payload[] = [
  { contract: 'incentive', type: 'EpochOpened', epoch: 1n, opener: NODE_PROVIDER, ...RATES, atMs, endsAtMs: atMs },
  { contract: 'incentive', type: 'VoteCounted', epoch: 1n, account: NODE_PROVIDER, proposal: 1n, atMs },
  {
    contract: 'incentive',
    type: 'ServiceUnrewarded',
    agreement: 1n,
    provider: PROVIDER,
    customer: CUSTOMER,
    reason: 'own-tokens',
    atMs,
  },
  {
    contract: 'incentive',
    type: 'EpochClosed',
    epoch: 1n,
    first: NODE_PROVIDER,
    accounts: 1n,
    points: 5_000n,
    poolMicro: 1_000_000n,
    atMs,
  },
  {
    contract: 'token',
    type: 'TokensTransferred',
    from: 0n,
    to: NODE_PROVIDER,
    amountMicro: 5_000n,
    reason: 'reward',
  },
  { contract: 'incentive', type: 'RewardPaid', epoch: 1n, account: NODE_PROVIDER, ...VOTED, ...VOTED_FOR, atMs },
  { contract: 'incentive', type: 'EpochOpened', epoch: 2n, opener: PROVIDER, ...RATES, atMs, endsAtMs: atMs + 60_000n },
  {
    contract: 'incentive',
    type: 'NodeTimeCounted',
    epoch: 2n,
    account: PROVIDER,
    node: 5n,
    class: 'consensus',
    online: 500n,
    atMs,
  },
];

/** A fifth validator comes, the fourth goes, the removal of the first is decided, that of the second is proposed, and the third was caught. */
const joined: SampleItem = {
  events: [
    opened(
      2n,
      'ProposeValidator',
      { name: 'Fifth', publicKey: newKey.publicKey, operator: PROVIDER, proof: bytes(64, 1) },
      { concerns: PROVIDER },
    ),
    {
      contract: 'node',
      type: 'NodeAdmitted',
      node: 5n,
      name: 'Fifth',
      ...newKey,
      operator: PROVIDER,
      proposal: 2n,
      atMs,
      entersAtMs: atMs,
    },
    {
      contract: 'node',
      type: 'ValidatorSetChanged',
      node: 5n,
      publicKey: newKey.publicKey,
      power: 1n,
      members: 5n,
      atMs,
    },
    {
      contract: 'node',
      type: 'ValidatorSetChanged',
      node: 4n,
      publicKey: bytes(33, 4),
      power: 0n,
      members: 4n,
      atMs,
    },
    { contract: 'node', type: 'NodeRemovalDecided', node: 1n, proposal: 3n, atMs, leavesAtMs: atMs + 600_000n },
    opened(3n, 'ProposeValidatorRemoval', { node: 2n }),
    opened(4n, 'RequestRole', { role: 'NRP' }, { by: STRANGER, concerns: STRANGER }),
    opened(5n, 'ProposeGrant', { to: STRANGER, amountMicro: 250_000n }, { concerns: STRANGER }),
    { contract: 'node', type: 'EquivocationRecorded', node: 3n, height: 4n, timeMs: GENESIS_TIME, equivocations: 1n },
    {
      contract: 'credit',
      type: 'CreditChanged',
      node: 5n,
      operator: PROVIDER,
      epoch: 7n,
      from: 0n,
      to: 250n,
      cause: 'first-evaluation',
      online: 0n,
      probes: 100n,
      activity: 0n,
      history: 769n,
      probesFailed: 900n,
      activityCount: 0n,
      completed: 9n,
      broken: 3n,
      qualityMissed: 0n,
      contestsLost: 0n,
      suspensions: 0n,
      equivocations: 0n,
      atMs,
    },
    permission('publish', 0n, 300n),
    permission('consensus', 5n, 600n),
    ...rewarded,
  ],
};

const authorised: SampleItem = {
  events: [
    {
      contract: 'account',
      type: 'KeyAuthorized',
      account: PROVIDER,
      key: 1n,
      address: bytes(20, 0x77),
      label: 'agent\0 of ours',
      methods: ['Prepare', 'ClaimUsage'],
      resources: [],
      spendingCapMicro: 0n,
      expiresAtMs: 18_446_744_073_709_551_615n,
    },
  ],
};

/**
 * Heights 1 to 7, written out as literal events: one order from account to bill, a purchase of two parts with a backup, a refusal, a
 * proposal of each kind, changes of the validators. For tests of the read model that need no ledger process; tests of the whole run one.
 */
export function sampleChain(): CommittedBlock[] {
  const [offered, delivered, paid] = samplePurchase(strategy);
  const perBlock: SampleItem[][] = [
    [authorised],
    [published],
    [reserved, refused],
    [prepared],
    offered,
    [ended, ...delivered, claimed],
    [settled, ...paid, ...governed, joined],
  ];
  let logIndex = 0n;
  return perBlock.map((items, position) => {
    const block = sampleBlock(BigInt(position + 1), logIndex, items);
    logIndex += BigInt(items.length);
    return block;
  });
}
