import { defineContract, event, eventMaker, type EventOf } from '#ledger/contracts/shared/definition.ts';
import { accountName, nodeName, tokensInWords } from '#ledger/contracts/shared/sentence-words.ts';

/** Accounts that one piece of due work pays. */
export const ACCOUNTS_AT_ONCE = 64;
/** Votes on one proposal that are remembered until it is decided. */
export const VOTERS_MAX = 256;
/** Steps of a chain of transfers that are followed back from a customer. */
export const CHAIN_MAX = 4;
/** Senders that are remembered of an account. */
export const SENDERS_MAX = 16;
/** Reward epochs for which a transfer is remembered behind its own. */
export const TRAIL_EPOCHS = 8n;
/** Accounts that one search along transfers looks at. */
export const SEARCH_MAX = 256;

/** Why a settled order earns its provider nothing, and how a sentence says it. */
export const UNREWARDED = {
  'one-account': 'its customer is its provider',
  'one-owner': 'one of both accounts authorised the other’s own key',
  'own-tokens': 'tokens of its provider reached its customer by transfers',
  'unknown-tokens': 'more senders paid its customer than are remembered',
  'nothing-kept': 'no minute of it was served with quality kept',
  'no-fee': 'no fee was paid for it',
} as const;
export type UnrewardedReason = keyof typeof UNREWARDED;
const UNREWARDED_NAMES = Object.keys(UNREWARDED) as UnrewardedReason[];

/** What votes decide, as it stood when the epoch was opened. Amounts are micro-units. */
export interface RewardRates {
  readonly poolMicro: bigint;
  readonly capPerMille: bigint;
  readonly onlineMicro: bigint;
  readonly servedMicro: bigint;
  readonly feePerMille: bigint;
  readonly voteMicro: bigint;
  readonly votesMax: bigint;
  readonly validatorMicro: bigint;
}

/** What is recorded of an account in an epoch. */
export interface RewardFacts {
  /** Of its service node that was online longest, per mille. */
  readonly online: bigint;
  /** Of its settled orders that count: time with quality kept, and their fees. */
  readonly servedMs: bigint;
  readonly feesMicro: bigint;
  /** On proposals of others. */
  readonly votes: bigint;
  /** Of its validators, per mille each, added up. */
  readonly consensus: bigint;
}

export const NO_FACTS: RewardFacts = { online: 0n, servedMs: 0n, feesMicro: 0n, votes: 0n, consensus: 0n };

const PUBLICLY = 'A settled order counted for its provider’s reward, or did not; its parties see more.';

/**
 * What draws participants in [8.2.3-a]: an epoch's pool from the treasury, shared by what is recorded of those who keep nodes online, serve,
 * vote and validate. Nobody signs anything for it. A point is worth one micro-unit, and less where all points are more than the pool.
 */
export const incentiveDefinition = defineContract({
  id: 15,
  name: 'incentive',
  version: 1n,
  revision: 'founding',
  methods: {},
  events: {
    /** The first fact of an epoch opens it, with the rates of that moment for all of it (reward.ts). Epochs without facts have no number. */
    EpochOpened: event({
      fields: {
        epoch: 'Id',
        opener: 'Id',
        poolMicro: 'Micro',
        capPerMille: 'uint32',
        onlineMicro: 'Micro',
        servedMicro: 'Micro',
        feePerMille: 'uint32',
        voteMicro: 'Micro',
        votesMax: 'uint32',
        validatorMicro: 'Micro',
        atMs: 'TimeMs',
        endsAtMs: 'TimeMs',
      },
      subjects: { account: 'opener' },
      readers: 'everyone',
      says: ({ epoch, poolMicro }) =>
        `Reward epoch ${epoch} began: at most ${tokensInWords(poolMicro)} are shared at its end.`,
    }),
    /** `online`, per mille: of a service node what it adds to its operator's best one, of a validator its whole time. */
    NodeTimeCounted: event({
      fields: {
        epoch: 'Id',
        account: 'Id',
        node: 'Id',
        class: ['service', 'consensus'],
        online: 'uint32',
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: 'account' },
      readers: 'everyone',
      says: ({ epoch, account, node, online }) =>
        `${online} per mille of time online of ${nodeName(node)} count for ${accountName(account)} in reward epoch ${epoch}.`,
    }),
    /** The proposal was decided, and this was a vote on it. */
    VoteCounted: event({
      fields: { epoch: 'Id', account: 'Id', proposal: 'Id', atMs: 'TimeMs' },
      subjects: { proposal: 'proposal', account: 'account' },
      readers: 'everyone',
      says: ({ epoch, account, proposal }) =>
        `The vote of ${accountName(account)} on proposal ${proposal} counts in reward epoch ${epoch}.`,
    }),
    /** Of a settled order: its time with quality kept, and what its fee was. */
    ServiceCounted: event({
      fields: {
        epoch: 'Id',
        agreement: 'Id',
        provider: 'Id',
        customer: 'Id',
        keptMs: 'DurationMs',
        feeMicro: 'Micro',
        atMs: 'TimeMs',
      },
      subjects: { agreement: 'agreement', account: ['provider', 'customer'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ epoch, agreement, provider }, names) =>
        `${names.order(agreement)} counts for ${accountName(provider)} in reward epoch ${epoch}.`,
    }),
    /** Of a settled order whose provider is identified; one of a provider that is not counts nowhere. */
    ServiceUnrewarded: event({
      fields: { agreement: 'Id', provider: 'Id', customer: 'Id', reason: UNREWARDED_NAMES, atMs: 'TimeMs' },
      subjects: { agreement: 'agreement', account: ['provider', 'customer'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ agreement, provider, reason }, names) =>
        `${names.order(agreement)} earns ${accountName(provider)} no reward: ${UNREWARDED[reason]}.`,
    }),
    /** `poolMicro`: the rate, and no more than the treasury has. `points`: of all `accounts`. */
    EpochClosed: event({
      fields: { epoch: 'Id', first: 'Id', accounts: 'uint32', points: 'Micro', poolMicro: 'Micro', atMs: 'TimeMs' },
      subjects: { account: 'first' },
      readers: 'everyone',
      says: ({ epoch, poolMicro }) => `Reward epoch ${epoch} is over: its pool has ${tokensInWords(poolMicro)}.`,
    }),
    /** All that the amount follows from, with the rates of EpochOpened: one for each account that a fact of the epoch is about. */
    RewardPaid: event({
      fields: {
        epoch: 'Id',
        account: 'Id',
        online: 'uint32',
        servedMs: 'DurationMs',
        feesMicro: 'Micro',
        votes: 'uint32',
        consensus: 'uint32',
        points: 'Micro',
        pointsOfAll: 'Micro',
        poolMicro: 'Micro',
        amountMicro: 'Micro',
        atMs: 'TimeMs',
      },
      subjects: { account: 'account' },
      readers: 'everyone',
      says: ({ epoch, account, amountMicro, points, pointsOfAll }) =>
        `${accountName(account)} was rewarded ${tokensInWords(amountMicro)} for reward epoch ${epoch}: ${points} of ${pointsOfAll} points.`,
    }),
  },
  codes: {},
  parameters: {
    incentivePoolMicro: {
      id: 33,
      min: 0n,
      max: 1_000_000_000_000n,
      initial: 1_000_000n,
      unit: 'micro-units',
      title: 'Rewards of an epoch, at most; 0: none',
    },
    incentiveCapPerMille: {
      id: 34,
      min: 0n,
      max: 1_000n,
      initial: 200n,
      unit: 'per mille',
      title: 'Part of an epoch’s rewards that one account gets, at most',
    },
    incentiveOnlineMicro: {
      id: 35,
      min: 0n,
      max: 1_000_000_000n,
      initial: 10_000n,
      unit: 'micro-units',
      title: 'Reward of an identified provider whose node was online all the time',
    },
    incentiveServedMicro: {
      id: 36,
      min: 0n,
      max: 1_000_000_000n,
      initial: 50_000n,
      unit: 'micro-units',
      title: 'Reward for an hour served with quality kept',
    },
    incentiveFeePerMille: {
      id: 37,
      min: 0n,
      max: 1_000n,
      initial: 500n,
      unit: 'per mille',
      title: 'Part of the fees of its orders that a provider’s reward for serving reaches, at most',
    },
    incentiveVoteMicro: {
      id: 38,
      min: 0n,
      max: 1_000_000_000n,
      initial: 5_000n,
      unit: 'micro-units',
      title: 'Reward for a vote on somebody else’s proposal',
    },
    incentiveVotesMax: {
      id: 39,
      min: 0n,
      max: 1_000n,
      initial: 8n,
      unit: 'count',
      title: 'Votes of an account that an epoch rewards',
    },
    incentiveValidatorMicro: {
      id: 40,
      min: 0n,
      max: 1_000_000_000n,
      initial: 20_000n,
      unit: 'micro-units',
      title: 'Reward of a validator that was online all the time',
    },
  },
});

export type IncentiveEvent = EventOf<typeof incentiveDefinition>;
export type IncentiveParameter = keyof typeof incentiveDefinition.parameters;

/** Makes an event of this contract. */
export const incentiveEvent = eventMaker(incentiveDefinition);
