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
import { accountName, demandName, resourceName } from '#ledger/contracts/shared/sentence-words.ts';
import { toHex } from '#ledger/core/bytes.ts';

/** open: plans are looked for, or wait to be chosen; decided: a plan was chosen. */
export const DEMAND_STATUSES = ['open', 'decided', 'withdrawn', 'expired'] as const;
export type DemandStatus = (typeof DEMAND_STATUSES)[number];

/** How the inputs of a work become sub-tasks: each its own; a text in portions of lines; whole numbers from, to. */
export const SPLITS = ['list', 'lines', 'range'] as const;
export type Split = (typeof SPLITS)[number];

/** Demands that are matched together at most. */
export const BATCH_MAX = 256;
/** Needs of one demand. */
export const NEEDS_MAX = 4;
export const SUBTASKS_MAX = 1_000_000n;
/** Of the ciphertext that carries a module and its inputs. */
export const PAYLOAD_BYTES_MAX = 8n * 1024n * 1024n;
/** Processor time of one sub-task: ten minutes. */
export const SUBTASK_MS_MAX = 600_000n;
/** What one sub-task may write. */
export const SUBTASK_OUTPUT_BYTES_MAX = 16n * 1024n * 1024n;
/** Shortest and longest time for which a demand waits for a plan: 10 s, 31 days. */
export const OPEN_MS_MIN = 10_000n;
export const OPEN_MS_MAX = 2_678_400_000n;

/** Why an algorithm is refused by the network: words of the vote. */
export const REFUSAL_REASONS = ['malicious', 'unlawful', 'broken', 'licence'] as const;

/** sent: waits for the node provider; relayed: for the provider; the others are answers or ends. */
export const NOTICE_STATUSES = ['sent', 'relayed', 'stopped', 'will-share', 'shared', 'declined'] as const;
export type NoticeStatus = (typeof NOTICE_STATUSES)[number];
/** What a provider may answer; `shared` names the resource that it published for it. */
export const NOTICE_ANSWERS = ['will-share', 'shared', 'declined'] as const;
/** Notices of one broker that are neither stopped, shared nor declined. */
export const OPEN_NOTICES_MAX = 100n;

const NOTICE_PUBLICLY = 'A broker’s notice moved on; its parties see how.';
const PUBLICLY = 'A demand moved on; its customer, brokers and the providers of its kinds see how.';

export const demandDefinition = defineContract({
  id: 11,
  name: 'demand',
  version: 1n,
  revision: 'founding',
  methods: {
    /**
     * `openMs`: how long plans are looked for. `budgetMicro`: the most that a plan may cost. `backup`: each part has one where there is one.
     * `batch`: of one need without work and without backup; no plans are made, but at each epoch's end all such demands are matched together,
     * and what is found within the budget is bought at once. `encryptionKey`: the one that the links of such a purchase are sealed to, zeros without one.
     */
    PublishDemand: method({
      does: 'Says what you need, for how long, and what it may cost at most. You get priced plans to choose from; only a demand that asks for a match is bought by itself, within your budget.',
      fields: {
        purpose: 'string',
        fieldOfBusiness: 'string',
        needs: 'Need[]',
        work: 'Work[]',
        durationMs: 'DurationMs',
        budgetMicro: 'Micro',
        backup: 'bool',
        batch: 'bool',
        openMs: 'DurationMs',
        encryptionKey: 'bytes32',
      },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRC'],
      readers: 'parties',
    }),
    WithdrawDemand: method({
      does: 'Takes your demand back. Nothing was bought; its plans can no longer be chosen.',
      fields: { demand: 'Id' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: 'account',
      readers: 'parties',
    }),
    /** Through a node provider, who knows the provider and checks whom the request is from [8.4.2-e]. `kind` is one of the demand's. */
    SendNotice: method({
      does: 'Asks a provider, through a node provider, to share what a demand needs. It obliges nobody.',
      fields: { demand: 'Id', provider: 'Id', nodeProvider: 'Id', kind: 'string' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRB'],
      readers: 'parties',
    }),
    RelayNotice: method({
      does: 'Hands a broker’s request on to the provider that it names, or stops it.',
      fields: { notice: 'Id', passes: 'bool' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRNSP'],
      readers: 'parties',
    }),
    /** `resource` is the one that was published for it with the answer `shared`, else 0. */
    AnswerNotice: method({
      does: 'Answers a broker’s request. The broker and the customer of the demand see the answer.',
      fields: { notice: 'Id', answer: 'string', resource: 'Id' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRP'],
      readers: 'parties',
    }),
    /** `algorithm` is the SHA-256 of a module that no demand may name and no agent may run from then on. */
    ProposeAlgorithmRefusal: votedMethod({
      does: 'Proposes that no provider of the network runs this program any more. The node providers vote on it.',
      fields: { algorithm: 'bytes32', reason: 'string' },
      delegation: { to: 'owner-only' },
      from: ['NRNSP'],
      readers: 'everyone',
      byVote: {
        about: ['algorithm'],
        concerns: null,
        proposes: ({ algorithm, reason }) => `the program ${toHex(algorithm).slice(0, 12)}… is refused (${reason})`,
      },
    }),
  },
  events: {
    /** `key` is the one that signed it: what is bought by a match is taken from its cap. */
    DemandPublished: event({
      fields: {
        demand: 'Id',
        customer: 'Id',
        purpose: 'string',
        fieldOfBusiness: 'string',
        needs: 'Need[]',
        work: 'Work[]',
        durationMs: 'DurationMs',
        budgetMicro: 'Micro',
        backup: 'bool',
        batch: 'bool',
        encryptionKey: 'bytes32',
        key: 'uint32',
        publishedAtMs: 'TimeMs',
        openUntilMs: 'TimeMs',
      },
      subjects: { demand: 'demand', account: 'customer' },
      readers: 'parties',
      publicly: 'A demand was published; its customer, brokers and the providers of its kinds see it.',
      says: ({ customer, demand, needs }) =>
        `${accountName(customer)} published ${demandName(demand)}: ${needs.map(({ kind }) => kind).join(', ')}.`,
    }),
    /** `by` 0: the due queue. */
    DemandClosed: event({
      fields: {
        demand: 'Id',
        customer: 'Id',
        from: DEMAND_STATUSES,
        to: DEMAND_STATUSES,
        by: 'Id',
        closedAtMs: 'TimeMs',
      },
      subjects: { demand: 'demand', account: 'customer' },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ demand, to, by }) =>
        to === 'expired'
          ? `${demandName(demand)} expired: no plan was chosen in its time.`
          : `${demandName(demand)} was ${to} by ${accountName(by)}.`,
    }),
    /** The provider learns of it once it is handed on. */
    NoticeSent: event({
      fields: {
        notice: 'Id',
        demand: 'Id',
        broker: 'Id',
        nodeProvider: 'Id',
        provider: 'Id',
        kind: 'string',
        sentAtMs: 'TimeMs',
      },
      subjects: { account: ['broker', 'nodeProvider'] },
      readers: 'parties',
      publicly: NOTICE_PUBLICLY,
      says: ({ broker, provider, nodeProvider, kind, demand }) =>
        `${accountName(broker)} asks ${accountName(provider)}, through ${accountName(nodeProvider)}, to share ${kind} for ${demandName(demand)}.`,
    }),
    /** `to`: relayed or stopped. */
    NoticeRelayed: event({
      fields: {
        notice: 'Id',
        broker: 'Id',
        nodeProvider: 'Id',
        provider: 'Id',
        to: NOTICE_STATUSES,
        relayedAtMs: 'TimeMs',
      },
      subjects: { account: ['broker', 'nodeProvider', 'provider'] },
      readers: 'parties',
      publicly: NOTICE_PUBLICLY,
      says: ({ nodeProvider, provider, to }) =>
        to === 'relayed'
          ? `${accountName(nodeProvider)} checked a broker’s request and handed it on to ${accountName(provider)}.`
          : `${accountName(nodeProvider)} stopped a broker’s request to ${accountName(provider)}.`,
    }),
    NoticeAnswered: event({
      fields: {
        notice: 'Id',
        demand: 'Id',
        customer: 'Id',
        broker: 'Id',
        provider: 'Id',
        from: NOTICE_STATUSES,
        to: NOTICE_STATUSES,
        resource: 'Id',
        answeredAtMs: 'TimeMs',
      },
      subjects: { demand: 'demand', account: ['customer', 'broker', 'provider'] },
      readers: 'parties',
      publicly: NOTICE_PUBLICLY,
      says: ({ provider, demand, to, resource }) =>
        to === 'shared'
          ? `${accountName(provider)} shares ${resourceName(resource)} for ${demandName(demand)}.`
          : `${accountName(provider)} answered a request for ${demandName(demand)}: ${to.replaceAll('-', ' ')}.`,
    }),
    AlgorithmRefused: event({
      fields: { algorithm: 'bytes32', reason: REFUSAL_REASONS, proposal: 'Id' },
      subjects: { proposal: 'proposal' },
      readers: 'everyone',
      says: ({ algorithm, reason, proposal }) =>
        `The program ${toHex(algorithm).slice(0, 12)}… is refused (${reason}) by proposal ${proposal}: no provider runs it any more.`,
    }),
  },
  codes: {
    NEEDS_INVALID: code(
      1101,
      400,
      'A demand names 1 to 4 kinds of resource that are shared here, with terms and choices of theirs; nothing was published and no money was held. Correct the first that is marked.',
    ),
    AMOUNTS_INVALID: code(
      1102,
      400,
      'An amount is missing, zero, too large or of no meter of its kind; nothing was published and no money was held. Correct it.',
    ),
    WORK_INVALID: code(
      1103,
      400,
      'The work is not one that can be divided and run: check the number of sub-tasks, their limits and the copies; nothing was published and no money was held.',
    ),
    PURPOSE_UNKNOWN: code(
      1104,
      400,
      'This purpose or field of business is not on the list; nothing was published and no money was held. Choose one.',
    ),
    DURATION_INVALID: code(
      1105,
      400,
      'The duration, or the time for which plans are looked for, is too short or too long; nothing was published and no money was held. Choose another.',
    ),
    BUDGET_INVALID: code(
      1106,
      400,
      'The budget is zero or larger than any amount; nothing was published and no money was held. Name the most that it may cost.',
    ),
    CUSTOMER_ROLE_REQUIRED: code(
      1107,
      403,
      'Your account may not ask for resources: it lacks the role of a customer; nothing was published and no money was held.',
    ),
    TOO_MANY_DEMANDS: code(
      1108,
      429,
      'Your account has as many open demands as it may have; nothing was published and no money was held. Withdraw one, or wait until one expires.',
    ),
    ALGORITHM_REFUSED: code(
      1109,
      409,
      'The network’s node providers voted that nobody runs this program; nothing was published and no money was held. Bring another one.',
    ),
    DEMAND_UNKNOWN: code(1110, 404, 'There is no such demand; nothing changed and no money moved.'),
    NOT_THE_CUSTOMER: code(1111, 403, 'The demand is another account’s; nothing changed and no money moved.'),
    DEMAND_CLOSED: code(
      1112,
      409,
      'The demand is not open any more; nothing changed and no money moved. Publish it again to get new plans.',
    ),
    REASON_UNKNOWN: code(
      1113,
      400,
      'This reason is not on the list; nothing was proposed and no money moved. Choose one.',
    ),
    ALREADY_REFUSED: code(
      1114,
      409,
      'This program is refused already; nothing was proposed and no money moved. There is nothing more to do.',
    ),
    BROKER_ROLE_REQUIRED: code(
      1115,
      403,
      'Only brokers send requests to providers, and your account lacks that role; nothing was sent and no money moved.',
    ),
    NOTICE_INVALID: code(
      1116,
      400,
      'A request names a provider, a node provider and a kind that the demand needs; nothing was sent and no money moved. Correct it.',
    ),
    TOO_MANY_NOTICES: code(
      1117,
      429,
      'You have as many open requests as a broker may have; nothing was sent and no money moved. Wait for answers.',
    ),
    NOTICE_UNKNOWN: code(1118, 404, 'There is no such request; nothing changed and no money moved.'),
    BATCH_INVALID: code(
      1122,
      400,
      'Matched together are demands of one need, without a program and without a backup; nothing was published and no money was held. Ask for plans instead.',
    ),
    ENCRYPTION_KEY_INVALID: code(
      1123,
      400,
      'The encryption key is none; nothing was published and no money was held. Reload the page and try again.',
    ),
    TOO_MANY_WAIT: code(
      1124,
      429,
      'As many demands wait for the next match as it takes; nothing was published and no money was held. Ask for plans, or try again after it.',
    ),
    NOT_ADDRESSED: code(1119, 403, 'The request is not addressed to you; nothing changed and no money moved.'),
    NOTICE_OVER: code(
      1120,
      409,
      'The request does not wait for this any more; nothing changed and no money moved. Reload the page.',
    ),
    ANSWER_INVALID: code(
      1121,
      400,
      'This is no answer, or the resource that it names is not one of yours of the kind that is asked for; nothing changed and no money moved. Choose another.',
    ),
  },
  parameters: {
    openDemandsMax: { id: 13, min: 1n, max: 10_000n, initial: 20n, unit: 'count', title: 'Open demands of an account' },
  },
});

export type DemandCommand = CommandOf<typeof demandDefinition>;
export type DemandEvent = EventOf<typeof demandDefinition>;
export type DemandArgs<Name extends MethodNameOf<typeof demandDefinition>> = ArgsOf<typeof demandDefinition, Name>;

export const demandCodes = codesOf(demandDefinition);
/** Makes an event of this contract. */
export const demandEvent = eventMaker(demandDefinition);
