import { timeInWords } from '#ledger/contracts/shared/amount-words.ts';
import {
  code,
  codesOf,
  defineContract,
  event,
  eventMaker,
  method,
  votedMethod,
  type ArgsOf,
  type CommandOf,
  type EventOf,
  type MethodNameOf,
} from '#ledger/contracts/shared/definition.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { accountName, nodeName, written } from '#ledger/contracts/shared/sentence-words.ts';
import { quotient } from '#ledger/core/integer.ts';

/** consensus: a validator; common: a portal, or a member that reads the ledger; service: an agent that serves resources. */
export const NODE_CLASSES = ['consensus', 'common', 'service'] as const;
export type NodeClass = (typeof NODE_CLASSES)[number];
/** Classes of nodes that register themselves; validators come by vote. */
export const REGISTERED_CLASSES = ['common', 'service'] as const;
export type RegisteredClass = (typeof REGISTERED_CLASSES)[number];

/**
 * waiting: admitted, enters the set at its time; leaving: still in the set until its time; retired: out for good. By its credit:
 * standing-down: still in the set until its time; suspended: out of it; probation: its credit permits it again, and must go on doing so;
 * returning: enters the set again at its time.
 */
export const VALIDATOR_STATUSES = [
  'waiting',
  'validating',
  'leaving',
  'retired',
  'standing-down',
  'suspended',
  'probation',
  'returning',
] as const;
export type ValidatorStatus = (typeof VALIDATOR_STATUSES)[number];
/** registered: waits for its admission; probation: admitted, and active once its time is over; suspended: reported, until it is restored. */
export const REGISTERED_STATUSES = ['registered', 'probation', 'active', 'suspended', 'retired'] as const;
export type RegisteredStatus = (typeof REGISTERED_STATUSES)[number];
export type NodeStatus = ValidatorStatus | RegisteredStatus;

/** What is wrong with a node that is reported, and how a sentence says it. */
export const REPORT_CAUSES = {
  'not-reachable': 'not reachable',
  'wrong-results': 'giving wrong results',
  overloaded: 'overloaded',
  'other-fault': 'faulty',
} as const;
export type ReportCause = keyof typeof REPORT_CAUSES;
export const REPORT_CAUSE_NAMES = Object.keys(REPORT_CAUSES) as ReportCause[];

/** Why a node's status changed: a cause that was reported, or one of these. */
const CHANGE_REASONS = {
  admitted: 'it meets the rules for access',
  'probation-over': 'its probation is over',
  restored: 'it is back',
  'retired-by-operator': 'its operator took it out',
  'retired-by-node-provider': 'a node provider took it out',
  'key-revoked': 'its key was revoked',
} as const;
/** Every reason of a change of status, as the end of a sentence. */
export const REASONS = { ...CHANGE_REASONS, ...REPORT_CAUSES } as const;
export type ChangeReason = keyof typeof REASONS;
const REASON_NAMES = Object.keys(REASONS) as ChangeReason[];

export const NODE_NAME_MAX = 64;
export const ENDPOINT_MAX = 200;
export const ACCESS_RULES_MAX = 16;
export const ACCESS_SENTENCE_MAX = 200;

/** What a host's cores are for, in thousandths of a core: consensus on the same host, runs of customers, and what is held back [8.1.1-d]. */
export const SHARE_NAMES = ['consensus', 'service', 'reserve'] as const;
export type ShareName = (typeof SHARE_NAMES)[number];
/** 1,024 cores. */
export const HOST_MILLICORES_MAX = 1_024_000n;
export const SHIFT_REASON_MAX = 200;

/** Rules for access that are in force until a vote changes them. */
export const FIRST_ACCESS_RULES: readonly Struct<'Condition'>[] = [
  { rule: 'node.software.number >= 1000', sentence: 'The node must run version 0.1.0 or a later one.' },
  {
    rule: "node.endpoint == '' || node.isTls",
    sentence: 'A node that is reached from elsewhere must use TLS: its address begins with https.',
  },
  {
    rule: "node.class != 'service' || 'NRP' in operator.roles",
    sentence: 'The operator of a service node must be a provider.',
  },
  { rule: 'node.failedAttempts < 5', sentence: 'Fewer than five admissions of the node’s key may have failed.' },
];

function coresInWords(millicores: bigint): string {
  const rest = (millicores % 1_000n).toString().padStart(3, '0').replace(/0+$/, '');
  return `${quotient(millicores, 1_000n)}${rest === '' ? '' : `.${rest}`} ${millicores === 1_000n ? 'core' : 'cores'}`;
}

export const nodeDefinition = defineContract({
  id: 8,
  name: 'node',
  version: 1n,
  revision: 'founding',
  methods: {
    /** Signed by the node's own key, which its operator authorised: the node's own statement, and the proof that it holds the key. */
    RegisterNode: method({
      does: 'Registers the node that holds this key: what it is, which version it runs, and where it is reached. A node provider admits it.',
      fields: { class: 'string', name: 'string', software: 'string', endpoint: 'string' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: 'account',
      readers: 'everyone',
    }),
    /** By the node's own key, like RegisterNode. */
    UpdateNode: method({
      does: 'Says which version the node runs now, and where it is reached.',
      fields: { software: 'string', endpoint: 'string' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: 'account',
      readers: 'everyone',
    }),
    /** The rules for access decide: what fails is recorded by its sentence, an outcome with code 0. */
    AdmitNode: method({
      does: 'Admits a registered node if every rule for access holds. It is then on probation for a while.',
      fields: { node: 'Id' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
    }),
    /** `sinceMs`: when the fault was first seen. */
    ReportNode: method({
      does: 'Suspends a node that fails. What it serves is not offered until it is restored; its orders fail if its key stays silent.',
      fields: { node: 'Id', cause: 'string', sinceMs: 'TimeMs' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRNSM', 'NRNSP'],
      readers: 'everyone',
    }),
    RestoreNode: method({
      does: 'Takes a suspended node back, once its own key has signed something again. Its listings return, and it is on probation.',
      fields: { node: 'Id' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRNSM', 'NRNSP'],
      readers: 'everyone',
    }),
    RetireNode: method({
      does: 'Takes a node out of the register for good. Orders that run go on.',
      fields: { node: 'Id' },
      delegation: { to: 'owner-only' },
      from: 'account',
      readers: 'everyone',
    }),
    /** By the node's own key or its operator's: what of the host is for what. Once declared, a maintainer may shift within it. */
    DeclareShares: method({
      does: 'Declares how many of the host’s cores are for consensus, for service and in reserve; they are signed in thousandths. Maintainers may shift service and reserve.',
      fields: { node: 'Id', consensusMillicores: 'uint32', serviceMillicores: 'uint32', reserveMillicores: 'uint32' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: 'account',
      readers: 'everyone',
    }),
    /** By a maintainer, or by a program's key of one: that moves no more at once than what was voted, `automaticShiftMilli`. */
    ShiftShares: method({
      does: 'Shifts cores of a node’s host between consensus, service and reserve. Its operator keeps what it declared for consensus.',
      fields: { node: 'Id', from: 'string', to: 'string', millicores: 'uint32', reason: 'string' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRNSM', 'NRNSP'],
      readers: 'everyone',
    }),
    ProposeAccessRules: votedMethod({
      does: 'Proposes the rules that a node must meet to be admitted. The node providers vote on it.',
      fields: { rules: 'Condition[]' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
      byVote: {
        about: [],
        concerns: null,
        proposes: ({ rules }) =>
          rules.length === 0
            ? 'nodes are admitted without any rule'
            : `nodes are admitted by these rules: ${rules.map(({ sentence }) => written(sentence)).join(' ')}`,
      },
    }),
  },
  events: {
    /** Genesis names it: validating from the first block on. `operator`: the founding account that answers for it, 0 for nobody. `address` (20 bytes) is how evidence names it. */
    NodeFounded: event({
      fields: { node: 'Id', name: 'string', publicKey: 'bytes', address: 'bytes', operator: 'Id', atMs: 'TimeMs' },
      subjects: { node: 'node', account: 'operator' },
      readers: 'everyone',
      says: ({ node, name }) => `${written(name)} (${nodeName(node)}) is a validator from genesis on.`,
    }),
    /** `entersAtMs`: earliest block time at which it enters the set. */
    NodeAdmitted: event({
      fields: {
        node: 'Id',
        name: 'string',
        publicKey: 'bytes',
        address: 'bytes',
        operator: 'Id',
        proposal: 'Id',
        atMs: 'TimeMs',
        entersAtMs: 'TimeMs',
      },
      subjects: { node: 'node', account: 'operator', proposal: 'proposal' },
      readers: 'everyone',
      says: ({ node, name, operator, proposal }) =>
        `${written(name)} (${nodeName(node)}), operated by ${accountName(operator)}, was admitted as a consensus node by proposal ${proposal}.`,
    }),
    /** `leavesAtMs`: earliest block time at which it leaves the set. */
    NodeRemovalDecided: event({
      fields: { node: 'Id', proposal: 'Id', atMs: 'TimeMs', leavesAtMs: 'TimeMs' },
      subjects: { node: 'node', proposal: 'proposal' },
      readers: 'everyone',
      says: ({ node, proposal }) => `The removal of ${nodeName(node)} was decided by proposal ${proposal}.`,
    }),
    /**
     * The one event that changes who votes on blocks: decided by this block, in force two heights later. `power` 1: a member from then on;
     * 0: none any more. `members`: afterwards.
     */
    ValidatorSetChanged: event({
      fields: { node: 'Id', publicKey: 'bytes', power: 'uint8', members: 'uint64', atMs: 'TimeMs' },
      subjects: { node: 'node' },
      readers: 'everyone',
      says: ({ node, power, members }) =>
        `${nodeName(node)} ${power === 1n ? 'enters' : 'leaves'} the set of validators two blocks later: ${members} then decide.`,
    }),
    /** What a validator's credit brings about [8.5.1-c]. `changesAtMs`: earliest block time of what comes next; 0 where nothing is decided. */
    ValidatorStandingChanged: event({
      fields: {
        node: 'Id',
        operator: 'Id',
        from: VALIDATOR_STATUSES,
        to: VALIDATOR_STATUSES,
        changesAtMs: 'TimeMs',
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: 'operator' },
      readers: 'everyone',
      says: ({ node, from, to }) => `By its credit the validator ${nodeName(node)} went from ${from} to ${to}.`,
    }),
    /** A decided removal did not happen: the set had become too small for it. The node goes on validating. */
    NodeRemovalDropped: event({
      fields: { node: 'Id', reason: ['too-few-validators'], members: 'uint64', atMs: 'TimeMs' },
      subjects: { node: 'node' },
      readers: 'everyone',
      says: ({ node, members }) => `${nodeName(node)} was not removed: of ${members} validators none can be spared.`,
    }),
    /** The node signed two conflicting votes at `height`, whose block time is `timeMs`. `equivocations`: this time included. */
    EquivocationRecorded: event({
      fields: { node: 'Id', height: 'uint64', timeMs: 'TimeMs', equivocations: 'uint64' },
      subjects: { node: 'node' },
      readers: 'everyone',
      says: ({ node, height, equivocations }) =>
        `${nodeName(node)} signed two conflicting votes at block ${height}; it has been caught ${equivocations === 1n ? 'once' : `${equivocations} times`}.`,
    }),
    /** `key` of `operator` is the node's, at `address` (20 bytes). */
    NodeRegistered: event({
      fields: {
        node: 'Id',
        name: 'string',
        class: REGISTERED_CLASSES,
        operator: 'Id',
        key: 'uint32',
        address: 'bytes',
        software: 'string',
        endpoint: 'string',
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: 'operator' },
      readers: 'everyone',
      says: ({ node, name, class: kind, operator, software }) =>
        `${written(name)} (${nodeName(node)}) of ${accountName(operator)} registered as a ${kind} node with version ${written(software)}.`,
    }),
    NodeUpdated: event({
      fields: { node: 'Id', operator: 'Id', software: 'string', endpoint: 'string', atMs: 'TimeMs' },
      subjects: { node: 'node', account: 'operator' },
      readers: 'everyone',
      says: ({ node, software, endpoint }) =>
        `${nodeName(node)} runs version ${written(software)}${endpoint === '' ? '' : ` at ${written(endpoint)}`}.`,
    }),
    /** Every rule for access that did not hold, as an application is refused. `failedAttempts`: this one included. */
    NodeAdmissionRefused: event({
      fields: {
        node: 'Id',
        operator: 'Id',
        by: 'Id',
        failed: 'FailedCondition[]',
        failedAttempts: 'uint32',
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: ['operator', 'by'] },
      readers: 'everyone',
      says: ({ node, failed }) =>
        [`${nodeName(node)} was not admitted.`, ...failed.map(({ sentence }) => written(sentence))].join(' '),
    }),
    /** `by` 0: the due queue. `sinceMs`: when a reported fault was first seen; 0 otherwise. */
    NodeStatusChanged: event({
      fields: {
        node: 'Id',
        operator: 'Id',
        from: REGISTERED_STATUSES,
        to: REGISTERED_STATUSES,
        by: 'Id',
        reason: REASON_NAMES,
        sinceMs: 'TimeMs',
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: ['operator', 'by'] },
      readers: 'everyone',
      says: ({ node, from, to, by, reason, sinceMs }) => {
        const who = by === 0n ? 'by itself' : `by ${accountName(by)}`;
        const why = sinceMs === 0n ? REASONS[reason] : `${REASONS[reason]} since ${timeInWords(sinceMs)}`;
        return `${nodeName(node)} went from ${from} to ${to} ${who}: ${why}.`;
      },
    }),
    /** The first sign of a reported node: its key signed something that the ledger took. */
    NodeHeard: event({
      fields: { node: 'Id', operator: 'Id', atMs: 'TimeMs' },
      subjects: { node: 'node', account: 'operator' },
      readers: 'everyone',
      says: ({ node }) => `${nodeName(node)} was heard again: its key has signed since it was reported.`,
    }),
    SharesDeclared: event({
      fields: {
        node: 'Id',
        operator: 'Id',
        consensusMillicores: 'uint32',
        serviceMillicores: 'uint32',
        reserveMillicores: 'uint32',
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: 'operator' },
      readers: 'everyone',
      says: ({ node, consensusMillicores, serviceMillicores, reserveMillicores }) =>
        `The host of ${nodeName(node)} gives ${coresInWords(consensusMillicores)} to consensus, ${coresInWords(serviceMillicores)} to service, and holds ${coresInWords(reserveMillicores)} in reserve.`,
    }),
    /** The shares of the host after the shift stand beside what was shifted, by whom and why. `key`: of a program of `by`; 0 where `by` signed itself. */
    SharesShifted: event({
      fields: {
        node: 'Id',
        operator: 'Id',
        by: 'Id',
        key: 'uint32',
        from: SHARE_NAMES,
        to: SHARE_NAMES,
        millicores: 'uint32',
        reason: 'string',
        consensusMillicores: 'uint32',
        serviceMillicores: 'uint32',
        reserveMillicores: 'uint32',
        atMs: 'TimeMs',
      },
      subjects: { node: 'node', account: ['operator', 'by'] },
      readers: 'everyone',
      says: ({ node, by, key, from, to, millicores, reason }) =>
        `${key === 0n ? '' : 'A program of '}${accountName(by)} shifted ${coresInWords(millicores)} of the host of ${nodeName(node)} from ${from} to ${to}: ${written(reason)}.`,
    }),
    AccessRulesChanged: event({
      fields: { rules: 'Condition[]', proposal: 'Id' },
      subjects: { proposal: 'proposal' },
      readers: 'everyone',
      says: ({ rules, proposal }) =>
        `Nodes are admitted by ${rules.length === 0 ? 'no rule' : `${rules.length} ${rules.length === 1 ? 'rule' : 'rules'}`} from proposal ${proposal} on.`,
    }),
  },
  codes: {
    NAME_INVALID: code(
      801,
      400,
      'A node’s name has 1 to 64 characters, no blank at its ends and no character that cannot be displayed; nothing changed and no money moved. Choose another name.',
    ),
    KEY_INVALID: code(
      802,
      400,
      'The public key is not a compressed secp256k1 key of 33 bytes; nothing was proposed and no money moved. Paste what the key command printed.',
    ),
    OPERATOR_UNKNOWN: code(
      803,
      404,
      'The ledger knows no account that would answer for this validator; nothing was proposed and no money moved. Check the operator’s number.',
    ),
    KEY_NOT_PROVED: code(
      804,
      400,
      'The proof is not by this key for this operator on this network; nothing was proposed and no money moved. Ask the key’s holder for a new proof.',
    ),
    KEY_IN_USE: code(
      805,
      409,
      'A validator that validates or waits has this key already; nothing changed and no money moved. Ask its holder for another key.',
    ),
    VALIDATORS_FULL: code(
      806,
      409,
      'There are as many validators as there can be; nothing changed and no money moved. Propose it again when one has left.',
    ),
    NODE_UNKNOWN: code(
      807,
      404,
      'There is no such node; nothing changed and no money moved. Choose one from the list.',
    ),
    NODE_NOT_VALIDATING: code(
      808,
      409,
      'This validator does not validate, or is leaving already; nothing changed and no money moved. Reload the page to see where it stands.',
    ),
    TOO_FEW_VALIDATORS: code(
      809,
      409,
      'Fewer than four validators would be left, and the ledger could not lose one and go on; nothing was proposed and no money moved. Let another one in first.',
    ),
    NODE_KEY_REQUIRED: code(
      810,
      403,
      'A node speaks with its own key, which its operator authorised for it; nothing changed and no money moved. Sign with the node’s key.',
    ),
    CLASS_INVALID: code(
      811,
      400,
      'A node registers as a common or a service node; nothing changed and no money moved. Validators are proposed and voted on.',
    ),
    SOFTWARE_INVALID: code(
      812,
      400,
      'The version is three numbers of at most three digits with dots between, such as 1.4.0; nothing changed and no money moved. Correct it and sign again.',
    ),
    ENDPOINT_INVALID: code(
      813,
      400,
      'The address is neither empty nor a plain origin such as https://node.example:8443; nothing changed and no money moved. Correct it and sign again.',
    ),
    KEY_REGISTERED: code(
      814,
      409,
      'This key has a node already, or had one that retired while it was suspended; nothing changed and no money moved. Authorise another key for another node.',
    ),
    NETWORK_ROLE_REQUIRED: code(
      815,
      403,
      'Only node providers do this, and maintainers where a node is reported, restored or its cores are shifted; nothing changed and no money moved. Ask one of them.',
    ),
    NOT_THE_OPERATOR: code(
      816,
      403,
      'The node belongs to another account; nothing changed and no money moved. Its operator does this, or a node provider where it is retired.',
    ),
    NODE_STATUS_DOES_NOT_ALLOW: code(
      817,
      409,
      'The node’s status does not allow this any more; nothing changed and no money moved. Reload the page to see where it stands.',
    ),
    CAUSE_INVALID: code(818, 400, 'This cause is not on the list; nothing changed and no money moved. Choose one.'),
    SINCE_INVALID: code(
      819,
      400,
      'The fault must have begun after the node registered and before now; nothing changed and no money moved. Check the time and sign again.',
    ),
    NODE_NOT_HEARD: code(
      820,
      409,
      'The node’s key has signed nothing since the node was reported; nothing changed and no money moved. Restore it once it is back.',
    ),
    NODE_IS_VALIDATOR: code(
      821,
      409,
      'This node is a validator, which comes and goes by vote; nothing changed and no money moved. Propose its removal instead.',
    ),
    RULES_INVALID: code(
      822,
      400,
      'There are at most 16 rules, each with a sentence of 1 to 200 characters on one line; nothing was proposed and no money moved. Shorten them and sign again.',
    ),
    RULE_INVALID: code(
      823,
      400,
      'A rule is no expression that can be evaluated about a node; nothing was proposed and no money moved. Correct it and sign again.',
    ),
    RULE_TOO_COSTLY: code(
      824,
      400,
      'A rule is too long or too costly to evaluate; nothing was proposed and no money moved. Make it simpler and sign again.',
    ),
    OPERATOR_CREDIT_TOO_LOW: code(
      825,
      403,
      'The credit of the account that would answer for this validator is below what it takes to take part in consensus; nothing was proposed and no money moved. Propose it again when its credit has risen.',
    ),
    SHARES_INVALID: code(
      826,
      400,
      'A host has more than 0 and at most 1,024 cores, all shares together; nothing changed and no money moved. Correct the shares and sign again.',
    ),
    SHARES_NOT_DECLARED: code(
      827,
      409,
      'The node’s operator has declared no shares of its host; nothing changed and no money moved. Ask its operator to declare them.',
    ),
    SHIFT_INVALID: code(
      828,
      400,
      'A shift names two different shares, more than 0 thousandths of a core, and a reason of 1 to 200 characters on one line; nothing changed and no money moved. Correct it and sign again.',
    ),
    SHIFT_TOO_LARGE: code(
      829,
      409,
      'That share has fewer cores that may be shifted; nothing changed and no money moved. What the operator declared for consensus stays there. Choose less.',
    ),
    SHIFT_NOT_AUTOMATIC: code(
      830,
      403,
      'Programs may not shift so many cores at once by the rule that was voted, or none at all; nothing changed and no money moved. Let the program shift less, or let a maintainer sign.',
    ),
  },
  parameters: {
    probationMs: {
      id: 16,
      min: 0n,
      max: 2_678_400_000n,
      initial: 3_600_000n,
      unit: 'ms',
      title: 'Time that a node is on probation',
    },
    silenceMs: {
      id: 17,
      min: 1_000n,
      max: 86_400_000n,
      initial: 120_000n,
      unit: 'ms',
      title: 'Time that a reported node’s key may stay silent before its orders fail',
    },
    /** 0: programs move none. Never more than a host may have. */
    automaticShiftMilli: {
      id: 28,
      min: 0n,
      max: HOST_MILLICORES_MAX,
      initial: 0n,
      unit: 'count',
      title: 'Thousandths of a core that a maintainer’s program may shift at once',
    },
  },
});

export type NodeCommand = CommandOf<typeof nodeDefinition>;
export type NodeEvent = EventOf<typeof nodeDefinition>;
export type NodeArgs<Name extends MethodNameOf<typeof nodeDefinition>> = ArgsOf<typeof nodeDefinition, Name>;

export const nodeCodes = codesOf(nodeDefinition);
/** Makes an event of this contract. */
export const nodeEvent = eventMaker(nodeDefinition);
