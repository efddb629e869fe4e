import {
  code,
  codesOf,
  defineContract,
  event,
  eventMaker,
  method,
  type ArgsOf,
  type EventOf,
} from '#ledger/contracts/shared/definition.ts';
import { accountName, nodeName } from '#ledger/contracts/shared/sentence-words.ts';

/** Nodes of one digest. */
export const ENTRIES_MAX = 256;
/** Digests of one epoch, of all maintainers. */
export const DIGESTS_MAX = 64;
export const CREDIT_MAX = 1_000n;

/** What credit decides [8.5.1-c], and how a sentence says it. The first is a validator's, the others are an account's. */
export const PERMISSIONS = {
  consensus: 'take part in consensus',
  publish: 'publish resources',
  orders: 'have several orders at a time',
} as const;
export type Permission = keyof typeof PERMISSIONS;
export const PERMISSION_NAMES = Object.keys(PERMISSIONS) as Permission[];

/** Why a credit changed: the fact that moved it most, and how a sentence says it. */
export const CREDIT_CAUSES = {
  'first-evaluation': 'its first evaluation',
  online: 'its time online',
  probesFailed: 'probes that failed',
  activity: 'its activity',
  completed: 'orders that its operator completed',
  broken: 'orders that its operator broke',
  qualityMissed: 'quality that its operator did not keep',
  contestsLost: 'claims of its operator that were contested with reason',
  suspensions: 'its suspension',
  equivocations: 'conflicting votes that it signed',
  terms: 'the weights that a vote changed',
} as const;
export type CreditCause = keyof typeof CREDIT_CAUSES;
const CREDIT_CAUSE_NAMES = Object.keys(CREDIT_CAUSES) as CreditCause[];

/** What made a permission change, and how a sentence says it. */
export const PERMISSION_CAUSES = {
  evaluation: 'its credit was evaluated',
  order: 'an order was ended, judged or settled',
  node: 'the status of its node changed',
  threshold: 'a vote changed the threshold',
} as const;
export type PermissionCause = keyof typeof PERMISSION_CAUSES;
const PERMISSION_CAUSE_NAMES = Object.keys(PERMISSION_CAUSES) as PermissionCause[];

/** What maintainers measured of nodes, and the credit that follows from it: each node's, an epoch at a time. */
export const creditDefinition = defineContract({
  id: 10,
  name: 'credit',
  version: 1n,
  revision: 'founding',
  methods: {
    /**
     * Of the epoch that is just over. `entries`: for each node its number (8 bytes), time online in per mille (2), activity (4), failed probes
     * in per mille (2), big-endian, in order of the number (digest.ts). `root`: Merkle root of the samples behind them.
     */
    RecordDigest: method({
      does: 'Records what a maintainer measured of nodes in the epoch that is over. Their credit follows from it.',
      fields: { epoch: 'Id', entries: 'bytes', root: 'bytes32' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRNSM'],
      readers: 'everyone',
    }),
  },
  events: {
    /** `nodes`: how many it is about; the entries themselves stand in the transaction. */
    DigestRecorded: event({
      fields: { epoch: 'Id', by: 'Id', nodes: 'uint32', entries: 'bytes', root: 'bytes32' },
      subjects: { account: 'by' },
      readers: 'everyone',
      says: ({ epoch, by, nodes }) =>
        `${accountName(by)} recorded what it measured of ${nodes} nodes in epoch ${epoch}.`,
    }),
    /** Components from 0 to 1000 each; `credit` is their weighted mean. Only where it changed. Behind the components the facts that they are of. */
    CreditChanged: event({
      fields: {
        node: 'Id',
        operator: 'Id',
        epoch: 'Id',
        from: 'uint32',
        to: 'uint32',
        cause: CREDIT_CAUSE_NAMES,
        online: 'uint32',
        probes: 'uint32',
        activity: 'uint32',
        history: 'uint32',
        probesFailed: 'uint32',
        activityCount: 'uint32',
        completed: 'uint32',
        broken: 'uint32',
        qualityMissed: 'uint32',
        contestsLost: 'uint32',
        suspensions: 'uint32',
        equivocations: 'uint32',
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: 'operator' },
      readers: 'everyone',
      says: ({ node, from, to, cause, online, probes, activity, history }) =>
        `The credit of ${nodeName(node)} went from ${from} to ${to} because of ${CREDIT_CAUSES[cause]}: online ${online}, probes ${probes}, activity ${activity}, history ${history}.`,
    }),
    /** What a credit permits changed [8.5.1-d]. Of a validator `node` is its number; 0 where it is about the account. `credit` against `threshold`, in epoch `epoch`. */
    PermissionChanged: event({
      fields: {
        account: 'Id',
        node: 'Id',
        permission: PERMISSION_NAMES,
        from: 'bool',
        to: 'bool',
        credit: 'uint32',
        threshold: 'uint32',
        epoch: 'Id',
        cause: PERMISSION_CAUSE_NAMES,
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: 'account' },
      readers: 'everyone',
      says: ({ account, node, permission, to, credit, threshold, cause }) =>
        `${node === 0n ? accountName(account) : nodeName(node)} may ${to ? 'again' : 'no longer'} ${PERMISSIONS[permission]}: ${PERMISSION_CAUSES[cause]}, and its credit of ${credit} is ${to ? `not below` : `below`} ${threshold}.`,
    }),
    /** What this maintainer recorded of the epoch is evaluated, and no longer in the state. `farOff`: epochs in a row in which it was. */
    DigestEvaluated: event({
      fields: { epoch: 'Id', by: 'Id', isFarOff: 'bool', farOff: 'uint32', atMs: 'TimeMs' },
      subjects: { account: 'by' },
      readers: 'everyone',
      says: ({ epoch, by, isFarOff }) =>
        `What ${accountName(by)} recorded of epoch ${epoch} was evaluated${isFarOff ? ', and was far from what others measured' : ''}.`,
    }),
    /** A maintainer was far from the others three epochs in a row, or more. */
    MaintainerFarOff: event({
      fields: { by: 'Id', epoch: 'Id', farOff: 'uint32' },
      subjects: { account: 'by' },
      readers: 'everyone',
      says: ({ by, farOff }) =>
        `${accountName(by)} was far from what other maintainers measured ${farOff} epochs in a row.`,
    }),
  },
  codes: {
    MAINTAINER_ROLE_REQUIRED: code(
      1001,
      403,
      'Only maintainers record what they measured; nothing changed and no money moved. Request the role of a maintainer first.',
    ),
    EPOCH_NOT_OVER: code(
      1002,
      409,
      'Only the epoch that is just over is recorded; nothing changed and no money moved. Check which one that is.',
    ),
    ENTRIES_INVALID: code(
      1003,
      400,
      'The entries are not 1 to 256 of 16 bytes each, in order of the nodes, with no share above 1,000 per mille; nothing changed and no money moved. Pack them anew.',
    ),
    NODE_UNKNOWN: code(
      1004,
      404,
      'An entry names a node that there is not; nothing changed and no money moved. Leave it out.',
    ),
    RECORDED_ALREADY: code(
      1005,
      409,
      'You recorded something of this node, or of one after it, for this epoch already; nothing changed and no money moved. The first record stands.',
    ),
    TOO_MANY_DIGESTS: code(
      1006,
      409,
      'As many digests are recorded for this epoch as there can be; nothing changed and no money moved. Record the next epoch.',
    ),
  },
  parameters: {
    creditEpochMs: {
      id: 18,
      min: 10_000n,
      max: 86_400_000n,
      initial: 3_600_000n,
      unit: 'ms',
      title: 'Time after which credit is evaluated',
    },
    creditOnlineWeight: { id: 19, min: 0n, max: 1_000n, initial: 400n, unit: 'count', title: 'Weight of time online' },
    creditProbesWeight: { id: 20, min: 0n, max: 1_000n, initial: 200n, unit: 'count', title: 'Weight of probes' },
    creditActivityWeight: { id: 21, min: 0n, max: 1_000n, initial: 100n, unit: 'count', title: 'Weight of activity' },
    creditHistoryWeight: { id: 22, min: 0n, max: 1_000n, initial: 300n, unit: 'count', title: 'Weight of the history' },
    creditActivityFull: {
      id: 23,
      min: 1n,
      max: 1_000_000n,
      initial: 10n,
      unit: 'count',
      title: 'Activity in an epoch that counts in full',
    },
    equivocationCost: {
      id: 24,
      min: 0n,
      max: 1_000n,
      initial: 500n,
      unit: 'per mille',
      title: 'Part of the history that an equivocation costs',
    },
    consensusCreditMin: {
      id: 25,
      min: 0n,
      max: 1_000n,
      initial: 600n,
      unit: 'count',
      title: 'Credit below which a validator leaves the set',
    },
    publishCreditMin: {
      id: 26,
      min: 0n,
      max: 1_000n,
      initial: 300n,
      unit: 'count',
      title: 'Credit below which a provider publishes nothing',
    },
    ordersCreditMin: {
      id: 27,
      min: 0n,
      max: 1_000n,
      initial: 200n,
      unit: 'count',
      title: 'Credit below which a customer has one order at a time',
    },
  },
});

export type CreditEvent = EventOf<typeof creditDefinition>;
export type CreditArgs = ArgsOf<typeof creditDefinition, 'RecordDigest'>;

export const creditCodes = codesOf(creditDefinition);
/** Makes an event of this contract. */
export const creditEvent = eventMaker(creditDefinition);
