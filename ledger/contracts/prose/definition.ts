import { bytesInWords, durationInWords } from '#ledger/contracts/shared/amount-words.ts';
import {
  code,
  codesOf,
  defineContract,
  event,
  eventMaker,
  method,
  type ArgsOf,
  type CommandOf,
  type EventOf,
  type MethodNameOf,
} from '#ledger/contracts/shared/definition.ts';
import { accountName, resourceName, tokensInWords } from '#ledger/contracts/shared/sentence-words.ts';
import { TERMINATE_CAUSE_NAMES } from './terminate-cause.ts';

/** The kind of resource that can be a service node. */
export const SERVICE_KIND = 'connection';
/** Service nodes of one operator in the pool at a time. */
export const MEMBERS_MAX = 64;
/** Accounts that one operator pays at the end of an epoch: members come and go within one, so there may be more than members. */
export const PAYEES_MAX = 128;
/** A session is evaluated within so long after it was recorded: seven days. */
export const EVALUATION_MS_MAX = 7n * 86_400_000n;
export const SCORE_MIN = 1n;
export const SCORE_MAX = 5n;
export const LOSS_PER_MILLE_MAX = 1_000n;
/** Largest that an event holds (uint32). */
export const BYTES_PER_S_MAX = 2n ** 32n - 1n;
/**
 * What either side measures of the same line. `roundTripMs` and `jitterMs` (how far round trips lie apart, as RFC 6298's RTTVAR) to 600,000;
 * `bytesPerS`: the fastest that arrived at the user node, 0: not measured; `lossPerMille` to 1,000: of the segments that the service node sent, those that it had to send
 * again; of the tries of the user node, those that found no answer.
 */
const LINE_FIELDS = { roundTripMs: 'uint32', jitterMs: 'uint32', bytesPerS: 'uint32', lossPerMille: 'uint32' } as const;

/** 1,000 tokens for a minute, and a million for an epoch. */
export const MICRO_PER_MINUTE_MAX = 1_000_000_000n;
export const BUDGET_MICRO_MAX = 1_000_000_000_000n;

/** What a recommendation is made of, each with a weight. */
export const PARTS = ['quality', 'waiting', 'history', 'distance'] as const;
export type Part = (typeof PARTS)[number];

/** Why a service node left the pool, and how a sentence says it. */
export const LEAVING = {
  'own-decision': 'its owner took it out',
  expired: 'the identification of its owner expired',
  replaced: 'its owner is identified by another operator',
  revoked: 'its operator took the identification of its owner back',
  suspended: 'it went off the list of resources',
  retired: 'it was retired',
} as const;
export type LeavingReason = keyof typeof LEAVING;
export const LEAVING_NAMES = Object.keys(LEAVING) as LeavingReason[];

function lineInWords({
  roundTripMs,
  jitterMs,
  bytesPerS,
  lossPerMille,
}: Record<keyof typeof LINE_FIELDS, bigint>): string {
  const rate = bytesPerS === 0n ? '' : `, ${bytesInWords(bytesPerS)} a second`;
  return `${roundTripMs} ms there and back, ${jitterMs} ms apart${rate}, ${lossPerMille} per mille lost`;
}

const SESSION_PUBLICLY = 'A session of a service node moved on; its parties and its operator see how.';

/**
 * The proximity service of Y.2345 Appendix I.3 over relays: a pool of service nodes whose owners an operator has identified, a record of each
 * session, its evaluation, and what the operator pays on top by its tariff.
 */
export const proseDefinition = defineContract({
  id: 14,
  name: 'prose',
  version: 1n,
  revision: 'founding',
  methods: {
    /**
     * `microPerMinute`: for each minute of completed use. `budgetMicro`: at most this in one epoch. Both 0 end the tariff. A standing order
     * on the operator's free balance, bounded by this signature, so the owner's key alone gives it.
     */
    PublishTariff: method({
      does: 'Pays the service nodes that you identified, for each minute of completed use and up to the budget of each epoch, from your free balance. It holds until you change it; both zero ends it.',
      fields: { microPerMinute: 'Micro', budgetMicro: 'Micro' },
      delegation: { to: 'owner-only' },
      from: ['NO'],
      readers: 'everyone',
    }),
    /** A published relay of the signer that states its place; an operator must have identified the signer. */
    JoinPool: method({
      does: 'Puts your relay into the proximity pool under the operator that identified you. Everybody sees its cell of a tenth of a degree; your operator sees each of its sessions.',
      fields: { resource: 'Id' },
      delegation: { to: 'any-key', measuredOn: 'resource', field: 'resource' },
      from: ['NRP'],
      readers: 'everyone',
    }),
    LeavePool: method({
      does: 'Takes your relay out of the proximity pool. Orders that run go on and are still recorded.',
      fields: { resource: 'Id' },
      delegation: { to: 'any-key', measuredOn: 'resource', field: 'resource' },
      from: ['NRP'],
      readers: 'everyone',
    }),
    /** LINE_FIELDS as the service node's own system counted them at the connections of one order, once, before the order is settled. */
    MeasureSession: method({
      does: 'Says how the connections of a session were, as your relay measured them. It stands beside what the user node says, and cannot be changed.',
      fields: { agreement: 'Id', ...LINE_FIELDS },
      delegation: { to: 'any-key', measuredOn: 'agreement', field: 'agreement' },
      from: ['NRP'],
      readers: 'parties',
    }),
    /** `score` 1 (bad) to 5 (good), and LINE_FIELDS as the user node measured them. */
    EvaluateSession: method({
      does: 'Says how a session of yours was. It counts in how the service node is recommended, and cannot be changed.',
      fields: { agreement: 'Id', score: 'uint8', ...LINE_FIELDS },
      delegation: { to: 'any-key', measuredOn: 'agreement', field: 'agreement' },
      from: 'account',
      readers: 'parties',
    }),
  },
  events: {
    TariffPublished: event({
      fields: { operator: 'Id', microPerMinute: 'Micro', budgetMicro: 'Micro', atMs: 'TimeMs' },
      subjects: { account: 'operator' },
      readers: 'everyone',
      says: ({ operator, microPerMinute, budgetMicro }) =>
        microPerMinute === 0n
          ? `${accountName(operator)} pays service nodes no more.`
          : `${accountName(operator)} pays its service nodes ${tokensInWords(microPerMinute)} for each minute of completed use, at most ${tokensInWords(budgetMicro)} in an epoch.`,
    }),
    /** `cell`: latitude and longitude in tenths of a degree, `47.6,-122.3` (shared/place.ts). */
    PoolJoined: event({
      fields: { resource: 'Id', owner: 'Id', operator: 'Id', cell: 'string', atMs: 'TimeMs' },
      subjects: { resource: 'resource', account: ['owner', 'operator'] },
      readers: 'everyone',
      says: ({ resource, owner, operator, cell }) =>
        `${resourceName(resource)} of ${accountName(owner)} joined the proximity pool at ${cell}, identified by ${accountName(operator)}.`,
    }),
    /** `by`: the account that decided, 0 where it followed from something else. */
    PoolLeft: event({
      fields: { resource: 'Id', owner: 'Id', operator: 'Id', by: 'Id', reason: LEAVING_NAMES, atMs: 'TimeMs' },
      subjects: { resource: 'resource', account: ['owner', 'operator'] },
      readers: 'everyone',
      says: ({ resource, reason }) => `${resourceName(resource)} left the proximity pool: ${LEAVING[reason]}.`,
    }),
    /**
     * One order of a service node, once it was settled. RADIUS accounting (RFC 2866) says the same so: `agreement` Acct-Session-Id, `sessionMs`
     * Acct-Session-Time (there in seconds; the time in which it could be used), `inputBytes` Acct-Input-Octets (received from the user
     * node), `outputBytes` Acct-Output-Octets (sent to it), `terminateCause` Acct-Terminate-Cause. `startMs` is 0 for one that never began.
     * `keptPerMille`: of the whole time, what was as promised. `paidMs`: what the tariff counts of `sessionMs`, and `dueMicro` for it.
     */
    SessionRecorded: event({
      fields: {
        agreement: 'Id',
        resource: 'Id',
        serviceNode: 'Id',
        userNode: 'Id',
        operator: 'Id',
        startMs: 'TimeMs',
        sessionMs: 'DurationMs',
        keptPerMille: 'uint32',
        inputBytes: 'Amount',
        outputBytes: 'Amount',
        terminateCause: TERMINATE_CAUSE_NAMES,
        isDisconnect: 'bool',
        paidMs: 'DurationMs',
        dueMicro: 'Micro',
        atMs: 'TimeMs',
      },
      subjects: { agreement: 'agreement', resource: 'resource', account: ['serviceNode', 'userNode', 'operator'] },
      readers: 'parties',
      publicly: SESSION_PUBLICLY,
      says: ({ agreement, resource, sessionMs, inputBytes, outputBytes, terminateCause }, names) =>
        `The session of ${names.order(agreement)} with ${resourceName(resource)} was recorded: ${durationInWords(sessionMs)}, ${bytesInWords(inputBytes)} received and ${bytesInWords(outputBytes)} sent, ended by ${terminateCause}.`,
    }),
    /** Before the record of the session: it is made when the order is settled. */
    SessionMeasured: event({
      fields: {
        agreement: 'Id',
        resource: 'Id',
        serviceNode: 'Id',
        userNode: 'Id',
        operator: 'Id',
        ...LINE_FIELDS,
        atMs: 'TimeMs',
      },
      subjects: { agreement: 'agreement', resource: 'resource', account: ['serviceNode', 'userNode', 'operator'] },
      readers: 'parties',
      publicly: SESSION_PUBLICLY,
      says: ({ agreement, serviceNode, ...line }, names) =>
        `${accountName(serviceNode)} measured the connections of ${names.order(agreement)}: ${lineInWords(line)}.`,
    }),
    SessionEvaluated: event({
      fields: {
        agreement: 'Id',
        resource: 'Id',
        serviceNode: 'Id',
        userNode: 'Id',
        operator: 'Id',
        score: 'uint8',
        ...LINE_FIELDS,
        atMs: 'TimeMs',
      },
      subjects: { agreement: 'agreement', resource: 'resource', account: ['serviceNode', 'userNode', 'operator'] },
      readers: 'parties',
      publicly: SESSION_PUBLICLY,
      says: ({ agreement, userNode, score, ...line }, names) =>
        `${accountName(userNode)} gave the session of ${names.order(agreement)} ${score} of 5: ${lineInWords(line)}.`,
    }),
    /**
     * What everybody may know of a service node's past, so that anybody can recompute a recommendation: sums over all sessions of the account
     * that are recorded, whichever relay served them: a relay published anew does not begin anew. `keptPerMilleSum` is of `begunSessions`,
     * those that began; `scoreSum` of `evaluations`.
     */
    StandingChanged: event({
      fields: {
        serviceNode: 'Id',
        sessions: 'uint32',
        begunSessions: 'uint32',
        keptPerMilleSum: 'Amount',
        disconnects: 'uint32',
        evaluations: 'uint32',
        scoreSum: 'Amount',
      },
      subjects: { account: 'serviceNode' },
      readers: 'everyone',
      says: ({ serviceNode, sessions, disconnects, evaluations }) =>
        `As a service node ${accountName(serviceNode)} now stands at ${sessions} sessions, ${disconnects} disconnects and ${evaluations} evaluations.`,
    }),
    /** Of an operator's tariff, at the end of an epoch. `dueMicro` by the minutes, `amountMicro` what budget and balance allowed. */
    OperatorPaid: event({
      fields: {
        operator: 'Id',
        to: 'Id',
        sessions: 'uint32',
        paidMs: 'DurationMs',
        dueMicro: 'Micro',
        amountMicro: 'Micro',
        atMs: 'TimeMs',
      },
      subjects: { account: ['operator', 'to'] },
      readers: 'parties',
      publicly: 'An operator paid a service node by its tariff; the two of them see how much.',
      says: ({ operator, to, paidMs, dueMicro, amountMicro }) =>
        `${accountName(operator)} paid ${accountName(to)} ${tokensInWords(amountMicro)} for ${durationInWords(paidMs)} of completed use${amountMicro === dueMicro ? '' : `, of ${tokensInWords(dueMicro)} by its tariff: the budget or the balance did not allow more`}.`,
    }),
  },
  codes: {
    OPERATOR_ROLE_REQUIRED: code(
      1401,
      403,
      'Only operators publish a tariff; nothing changed and no money moved. Request the role of an operator first.',
    ),
    TARIFF_INVALID: code(
      1402,
      400,
      'A tariff names a price for each minute, at most 1,000 tokens, and a budget, at most 1,000,000, or zero for both; nothing changed and no money moved. Correct it.',
    ),
    RESOURCE_UNKNOWN: code(
      1403,
      404,
      'There is no such resource; nothing changed and no money moved. Choose one from the list.',
    ),
    NOT_THE_OWNER: code(
      1404,
      403,
      'Only the owner of the resource takes it in or out of the pool; nothing changed and no money moved. Sign in as the owner.',
    ),
    NOT_A_RELAY: code(
      1405,
      400,
      'Only relays are service nodes; nothing changed and no money moved. Choose a resource of the kind connection.',
    ),
    NOT_ON_OFFER: code(
      1406,
      409,
      'The relay is not on the list of resources now; nothing changed and no money moved. Put it back on the list first.',
    ),
    PLACE_UNKNOWN: code(
      1407,
      409,
      'The relay states no place; nothing changed and no money moved. State one in the agent’s config file and publish the relay anew.',
    ),
    NOT_IDENTIFIED: code(
      1408,
      409,
      'No operator has identified you, or not any more; nothing changed and no money moved. Ask an operator to identify you first.',
    ),
    JOINED_ALREADY: code(
      1409,
      409,
      'The relay is in the pool already; nothing changed and no money moved. There is nothing more to do.',
    ),
    POOL_FULL: code(
      1410,
      409,
      'As many service nodes are in the pool under your operator as may; nothing changed and no money moved. Try again later.',
    ),
    NOT_IN_POOL: code(1411, 409, 'The relay is not in the pool; nothing changed and no money moved. Reload the page.'),
    SESSION_UNKNOWN: code(
      1412,
      404,
      'No session is recorded of this order; nothing changed and no money moved. It is recorded once the order is settled.',
    ),
    NOT_THE_USER: code(
      1413,
      403,
      'Only who used the session evaluates it; nothing changed and no money moved. Sign in as the customer of the order.',
    ),
    EVALUATED_ALREADY: code(
      1414,
      409,
      'You evaluated this session; that stands and no money moved. There is nothing more to do.',
    ),
    TOO_LATE: code(
      1415,
      409,
      'A session is evaluated within seven days; nothing changed and no money moved. There is nothing more to do.',
    ),
    EVALUATION_INVALID: code(
      1416,
      400,
      'The evaluation is not within its bounds: 1 to 5, at most 600,000 ms and at most 1,000 per mille; nothing changed and no money moved. Correct it.',
    ),
    NO_OPEN_SESSION: code(
      1417,
      404,
      'No session of the pool runs with this order, or its record has been made; nothing changed and no money moved. There is nothing more to do.',
    ),
    NOT_THE_SERVICE_NODE: code(
      1418,
      403,
      'Only the service node says what its relay measured; nothing changed and no money moved. Sign in as the provider of the order.',
    ),
    MEASURED_ALREADY: code(
      1419,
      409,
      'The service node has said what it measured; that stands and no money moved. There is nothing more to do.',
    ),
    MEASUREMENT_INVALID: code(
      1420,
      400,
      'What was measured is not within its bounds: at most 600,000 ms and at most 1,000 per mille; nothing changed and no money moved. Correct it.',
    ),
  },
  parameters: {
    proximityQualityWeight: {
      id: 29,
      min: 0n,
      max: 1_000n,
      initial: 300n,
      unit: 'count',
      title: 'Weight of the quality of a service node',
    },
    proximityWaitingWeight: {
      id: 30,
      min: 0n,
      max: 1_000n,
      initial: 200n,
      unit: 'count',
      title: 'Weight of its free connections',
    },
    proximityHistoryWeight: {
      id: 31,
      min: 0n,
      max: 1_000n,
      initial: 200n,
      unit: 'count',
      title: 'Weight of the history of a service node',
    },
    proximityDistanceWeight: {
      id: 32,
      min: 0n,
      max: 1_000n,
      initial: 300n,
      unit: 'count',
      title: 'Weight of the distance to a service node',
    },
  },
});

export type ProseEvent = EventOf<typeof proseDefinition>;
export type ProseCommand = CommandOf<typeof proseDefinition>;
export type ProseArgs<Name extends MethodNameOf<typeof proseDefinition>> = ArgsOf<typeof proseDefinition, Name>;

export const proseCodes = codesOf(proseDefinition);
/** Makes an event of this contract. */
export const proseEvent = eventMaker(proseDefinition);
