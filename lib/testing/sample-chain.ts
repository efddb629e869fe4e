import type { CommittedBlock, ExecutedItem, LedgerEvent } from '#ledger/core/committed.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import type { ContractEvent } from '#ledger/contracts/definitions.ts';
import { CUSTOMER, GENESIS_TIME, NODE_PROVIDER, PROVIDER, STRANGER, bytes, sampleGenesis } from './sample-genesis.ts';

type Payload = ContractEvent extends infer Event
  ? Event extends ContractEvent
    ? Omit<Event, 'version'>
    : never
  : never;

export interface SampleItem {
  due?: boolean;
  code?: number;
  events: Payload[];
}

export const blockHash = (height: bigint, branch = 0): Uint8Array =>
  bytes(32, Number((height + BigInt(branch) * 100n) % 256n));

/** Block of the items, due work first; log indexes count on from `firstLogIndex`. */
export function sampleBlock(height: bigint, firstLogIndex: bigint, items: readonly SampleItem[]): CommittedBlock {
  const next = { 0: 0, 1: 0 };
  const executed = items.map((item, position): ExecutedItem => {
    const phase = item.due === true ? 0 : 1;
    const index = next[phase]++;
    const logIndex = firstLogIndex + BigInt(position);
    const events = item.events.map((payload, sequence): LedgerEvent => ({
      phase,
      index,
      sequence,
      payload: { ...payload, version: 1n } as unknown as LedgerEvent['payload'],
    }));
    const transaction = phase === 1 ? { txId: bytes(32, Number(logIndex % 100n) + 150), bytes: bytes(4, 0xff) } : {};
    return { ...transaction, code: item.code ?? 0, data: null, events, logIndex };
  });
  return {
    height,
    hash: blockHash(height),
    timeMs: GENESIS_TIME + height * 1_000n,
    proposer: bytes(20, 0xa1),
    // The block after an even one had a second attempt behind it, so that a round in the wrong row shows.
    lastRound: height > 1n && height % 2n === 1n ? 1 : 0,
    appHash: bytes(32, 0xb0),
    stateRoot: bytes(32, 0xb1),
    signers: sampleGenesis.validators.map(({ publicKey }, index) => ({
      address: validatorAddress(publicKey, nobleCrypto),
      signed: index !== 3,
    })),
    evidence: 0,
    items: executed,
  } as CommittedBlock;
}

const strategy = {
  accessClass: 'conditional',
  conditions: [{ rule: 'use.durationMs <= 7200000', sentence: 'use must be at most 2 hours' }],
  formats: ['csv', 'json'],
  columns: ['date', 'rain'],
  rowFilter: '',
  opensAtMs: 0n,
  closesAtMs: 0n,
  useMsMax: 86_400_000n,
  callsMax: 100n,
  bytesMax: 10_000_000n,
  simultaneousMax: 2n,
  price: { unit: 'hour', amountMicro: 3_600_000n },
};

const technical = JSON.stringify({
  format: 'csv',
  rows: 1461,
  bytes: 48219,
  checksum: 'sha256:00',
  columns: [
    { name: 'date', type: 'DATE', nulls: 0, min: '2012-01-01', max: '2015-12-31' },
    { name: 'rain', type: 'DOUBLE', nulls: 0, min: null, max: null },
  ],
});

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
      technical,
      testedAtMs: GENESIS_TIME,
      simultaneousMax: 2n,
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
  free,
  inUse: 2n - free,
  simultaneousMax: 2n,
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
      customer: CUSTOMER,
      provider: PROVIDER,
      resource: 1n,
      strategyVersion: 1n,
      purpose: 'research',
      fieldOfBusiness: 'weather',
      format: 'csv',
      columns: ['date', 'rain'],
      rowFilter: '',
      durationMs: 3_600_000n,
      callsMax: 100n,
      bytesMax: 10_000_000n,
      priceUnit: 'hour',
      priceMicro: 3_600_000n,
      hold: 1n,
      holdMicro: 3_600_000n,
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
      format: 'csv',
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

const claimed: SampleItem = {
  events: [
    {
      contract: 'settlement',
      type: 'UsageClaimed',
      agreement: 1n,
      by: PROVIDER,
      calls: 3n,
      rows: 300n,
      bytes: 9_000n,
      served: Uint8Array.of(0b0111),
      untilMs: GENESIS_TIME + 3_604_000n,
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
    },
    capacity(2n, 1n),
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
      priceUnit: 'hour',
      priceMicro: 3_600_000n,
      calls: 3n,
      rows: 300n,
      bytes: 9_000n,
      intervalMs: 900_000n,
      intervalsServed: 3n,
      intervalsDown: 1n,
      served: Uint8Array.of(0b0111),
      holdMicro: 3_600_000n,
      chargeMicro: 2_700_000n,
      feeMicro: 27_000n,
      refundMicro: 900_000n,
      contested: false,
      settledAtMs: GENESIS_TIME + 3_614_000n,
    },
  ],
};

const governed: SampleItem[] = [
  {
    events: [
      {
        contract: 'governance',
        type: 'ProposalOpened',
        proposal: 1n,
        kind: 'parameter',
        by: NODE_PROVIDER,
        subject: 'contestMs',
        account: 0n,
        value: 20_000n,
        publicKey: new Uint8Array(0),
        closesAtMs: GENESIS_TIME + 60_000n,
      },
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
const closesAtMs = GENESIS_TIME + 60_000n;
const atMs = GENESIS_TIME + 7_000n;

/** A fifth validator comes, the fourth goes, the removal of the first is decided, that of the second is proposed, and the third was caught. */
const joined: SampleItem = {
  events: [
    {
      ...{ contract: 'governance', type: 'ProposalOpened', proposal: 2n, kind: 'validator', by: NODE_PROVIDER },
      ...{ subject: 'Fifth', account: PROVIDER, value: 0n, publicKey: newKey.publicKey, closesAtMs },
    },
    {
      ...{ contract: 'node', type: 'NodeAdmitted', node: 5n, name: 'Fifth', ...newKey, operator: PROVIDER },
      ...{ proposal: 2n, atMs, entersAtMs: atMs },
    },
    {
      ...{ contract: 'node', type: 'ValidatorSetChanged', node: 5n, publicKey: newKey.publicKey },
      ...{ power: 1n, members: 5n, atMs },
    },
    {
      ...{ contract: 'node', type: 'ValidatorSetChanged', node: 4n, publicKey: bytes(33, 4) },
      ...{ power: 0n, members: 4n, atMs },
    },
    { contract: 'node', type: 'NodeRemovalDecided', node: 1n, proposal: 3n, atMs, leavesAtMs: atMs + 600_000n },
    {
      ...{ contract: 'governance', type: 'ProposalOpened', proposal: 3n, kind: 'validator-removal' },
      ...{ by: NODE_PROVIDER, subject: '', account: 0n, value: 2n, publicKey: new Uint8Array(0), closesAtMs },
    },
    { contract: 'node', type: 'EquivocationRecorded', node: 3n, height: 4n, timeMs: GENESIS_TIME, equivocations: 1n },
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
 * Heights 1 to 7, written out as literal events: one order from account to bill, a refusal, votes, changes of the validators. For tests
 * of the read model that need no ledger process; tests of the whole run one.
 */
export function sampleChain(): CommittedBlock[] {
  const perBlock: SampleItem[][] = [
    [authorised],
    [published],
    [reserved, refused],
    [prepared],
    [],
    [ended, claimed],
    [settled, ...governed, joined],
  ];
  let logIndex = 0n;
  return perBlock.map((items, position) => {
    const block = sampleBlock(BigInt(position + 1), logIndex, items);
    logIndex += BigInt(items.length);
    return block;
  });
}
