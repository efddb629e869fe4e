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
import { accountName, demandName, orderName, tokensInWords } from '#ledger/contracts/shared/sentence-words.ts';

/** What the contract's own plans aim at, each but for the aim as cheap as it can be; `proposed`: a broker's; `matched`: found for many demands together. */
export const AIMS = ['cheapest', 'fewest-providers', 'best-quality', 'soonest', 'proposed', 'matched'] as const;
export type Aim = (typeof AIMS)[number];

/** Plans of one demand at a time: the contract's own, and as many by brokers. */
export const OWN_PLANS_MAX = 4;
export const PROPOSED_PLANS_MAX = 4;
/** Ranges of one plan, copies counted: what one item of a block can bring about stays small. */
export const SHARES_MAX = 16;
/** Parts of one plan. */
export const PLAN_PARTS_MAX = 8;
/** Providers that share one need. */
export const PIECES_MAX = 3;
/** A range is given to this many providers at most, one after the other; where copies of it differ, to one more, so that one that failed before leaves nothing undecided. */
export const ATTEMPTS_MAX = 3n;
export const COMPARED_ATTEMPTS_MAX = 4n;
/** Sealed key of a payload: enc (32 bytes) ‖ ciphertext of a 32-byte key. */
export const SEALED_KEY_BYTES = 80;

/**
 * Why a range is given to somebody: `planned`: by the plan; `late`: the one before did not finish in time; `failed`: it said that it cannot;
 * `gone`: its order ended; `compared`: two copies differ and a third decides.
 */
export const ASSIGN_REASONS = ['planned', 'late', 'failed', 'gone', 'compared'] as const;
export type AssignReason = (typeof ASSIGN_REASONS)[number];

/**
 * What a provider says of a range that it cannot finish. Those of FATAL_FAULTS repeat wherever it runs: said twice, or by
 * the only one who can be asked, they end the task.
 */
export const RANGE_FAULTS = [
  'payload-missing',
  'payload-unreadable',
  'module-refused',
  'module-fails',
  'inputs-unreadable',
  'no-allowance',
  'machine-trouble',
] as const;
export type RangeFault = (typeof RANGE_FAULTS)[number];
export const FATAL_FAULTS: readonly RangeFault[] = ['module-refused', 'module-fails', 'inputs-unreadable'];

/** How a task ended. `failed`: a fault that repeats, or no provider left for a range. */
export const TASK_OUTCOMES = ['done', 'failed', 'canceled'] as const;
export type TaskOutcome = (typeof TASK_OUTCOMES)[number];

const PUBLICLY = 'A plan moved on; its parties see how.';
const TASK_PUBLICLY = 'A task moved on; its customer and the provider see how.';

export const planDefinition = defineContract({
  id: 12,
  name: 'plan',
  version: 1n,
  revision: 'founding',
  methods: {
    /**
     * `parts` and `holdMicro` are the plan's own, word for word. `keys`: the payload's key for every resource and backup of the work's parts.
     * `voucherKey`: the address that signs vouchers of the payment channels which this opens, one for every part; zero for none.
     */
    ChoosePlan: method({
      does: 'Buys what the plan names. Every part is reserved and the sum is held, or nothing is and you see fresh plans.',
      fields: {
        demand: 'Id',
        plan: 'uint32',
        parts: 'Part[]',
        holdMicro: 'Micro',
        broker: 'Id',
        feeMicro: 'Micro',
        keys: 'SealedKey[]',
        encryptionKey: 'bytes32',
        voucherKey: 'address',
      },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRC'],
      readers: 'parties',
      fieldReaders: { keys: 'sealed' },
    }),
    /** `shares`: which part runs which sub-tasks, in order and without a gap; empty for a demand without work. */
    ProposePlan: method({
      does: 'Offers the customer of a demand a plan of yours beside the contract’s. Your fee is paid if it is chosen.',
      fields: { demand: 'Id', parts: 'Part[]', shares: 'Share[]', feeMicro: 'Micro' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRB'],
      readers: 'parties',
    }),
    /** A better assignment for the next match: which resource each demand gets. It is taken if it serves more than the contract's own, or as many for less. */
    ProposeMatch: method({
      does: 'Proposes which offer each of the waiting demands gets at the next match. Nothing is paid for it.',
      fields: { pairs: 'Pair[]' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRB'],
      readers: 'everyone',
      fieldReaders: { pairs: 'parties' },
    }),
    CancelTask: method({
      does: 'Stops the task and ends its orders now. What was served until now is paid, the rest comes back.',
      fields: { demand: 'Id' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: 'account',
      readers: 'parties',
    }),
    StartRange: method({
      does: 'Says that the sub-tasks of a range have begun to run.',
      fields: { agreement: 'Id', demand: 'Id', range: 'uint32' },
      delegation: { to: 'any-key', measuredOn: 'agreement', field: 'agreement' },
      from: ['NRP'],
      readers: 'parties',
    }),
    /** Roots are RFC 6962 trees over the sub-tasks' inputs and results (core/payload.ts); `failed` of them ended with a fault of their own. */
    FinishRange: method({
      does: 'Says that every sub-task of a range has ended, and binds its inputs and results by their Merkle roots.',
      fields: {
        agreement: 'Id',
        demand: 'Id',
        range: 'uint32',
        failed: 'uint32',
        cpuMs: 'Amount',
        inputRoot: 'bytes32',
        resultRoot: 'bytes32',
      },
      delegation: { to: 'any-key', measuredOn: 'agreement', field: 'agreement' },
      from: ['NRP'],
      readers: 'parties',
    }),
    FailRange: method({
      does: 'Says that a range cannot be finished here, and why.',
      fields: { agreement: 'Id', demand: 'Id', range: 'uint32', fault: 'string' },
      delegation: { to: 'any-key', measuredOn: 'agreement', field: 'agreement' },
      from: ['NRP'],
      readers: 'parties',
    }),
  },
  events: {
    /** `exact`: what the demand comes to. `considered`: offers of its kinds that were looked at. No plans: the demand waits, and is looked at again at `expiresAtMs`. */
    PlansMade: event({
      fields: {
        demand: 'Id',
        customer: 'Id',
        exact: 'ExactAmount[]',
        plans: 'Plan[]',
        considered: 'uint32',
        madeAtMs: 'TimeMs',
        expiresAtMs: 'TimeMs',
      },
      subjects: { demand: 'demand', account: 'customer' },
      readers: 'parties',
      publicly: 'A demand was analysed; its customer and brokers see its plans.',
      says: ({ demand, plans, considered }) =>
        plans.length === 0
          ? `${demandName(demand)} was analysed: of ${considered} offers none, alone or with others, meets it now.`
          : `${demandName(demand)} was analysed over ${considered} offers: ${plans.length} ${plans.length === 1 ? 'plan' : 'plans'}.`,
    }),
    MatchProposed: event({
      fields: { broker: 'Id', pairs: 'Pair[]', served: 'uint32', costMicro: 'Micro', proposedAtMs: 'TimeMs' },
      subjects: { account: 'broker' },
      readers: 'everyone',
      fieldReaders: { pairs: 'parties' },
      says: ({ broker, served }) =>
        `${accountName(broker)} proposed a match that serves ${served} ${served === 1n ? 'demand' : 'demands'}.`,
    }),
    /** An epoch ended: of `asked` demands `matched` found an offer together, and `served` were bought. `broker` 0: by the contract's own matcher. */
    DemandsMatched: event({
      fields: {
        matching: 'Id',
        asked: 'uint32',
        matched: 'uint32',
        served: 'uint32',
        costMicro: 'Micro',
        broker: 'Id',
        matchedAtMs: 'TimeMs',
      },
      subjects: { account: 'broker' },
      readers: 'everyone',
      says: ({ asked, served, broker }) =>
        `${served} of ${asked} waiting demands were matched and served together${broker === 0n ? '' : `, as ${accountName(broker)} proposed`}.`,
    }),
    PlanProposed: event({
      fields: { demand: 'Id', customer: 'Id', broker: 'Id', plans: 'Plan[]', proposedAtMs: 'TimeMs' },
      subjects: { demand: 'demand', account: ['customer', 'broker'] },
      readers: 'parties',
      publicly: 'A broker proposed a plan; the demand’s customer sees it.',
      says: ({ demand, broker, plans }) =>
        `${accountName(broker)} proposed a plan for ${demandName(demand)}, for a fee of ${tokensInWords(plans[0]?.feeMicro ?? 0n)}.`,
    }),
    /** `order`: the order that its parts became. */
    PlanChosen: event({
      fields: {
        demand: 'Id',
        customer: 'Id',
        plan: 'uint32',
        aim: 'string',
        order: 'Id',
        broker: 'Id',
        feeMicro: 'Micro',
        holdMicro: 'Micro',
        estimateMicro: 'Micro',
        chosenAtMs: 'TimeMs',
      },
      subjects: { demand: 'demand', account: ['customer', 'broker'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ customer, demand, aim, order, holdMicro, broker, feeMicro }) =>
        aim === 'matched'
          ? `${demandName(demand)} of ${accountName(customer)} was matched and bought: ${orderName(order)}; ${tokensInWords(holdMicro)} are held.`
          : `${accountName(customer)} chose a plan for ${demandName(demand)}: ${orderName(order)}; ${tokensInWords(holdMicro)} are held${broker === 0n ? '' : `, ${tokensInWords(feeMicro)} paid to ${accountName(broker)}`}.`,
    }),
    /** The work of a chosen plan is divided into `ranges`, numbered from 0; `agreements` of its order may run them. */
    TaskBegun: event({
      fields: {
        demand: 'Id',
        customer: 'Id',
        order: 'Id',
        agreements: 'Id[]',
        ranges: 'Range[]',
        work: 'Work[]',
        keys: 'SealedKey[]',
        begunAtMs: 'TimeMs',
      },
      subjects: { demand: 'demand', account: 'customer' },
      readers: 'parties',
      publicly: PUBLICLY,
      fieldReaders: { keys: 'sealed' },
      says: ({ demand, ranges, agreements }) =>
        `The task of ${demandName(demand)} began: ${ranges.length} ${ranges.length === 1 ? 'range' : 'ranges'} over ${agreements.length} ${agreements.length === 1 ? 'provider' : 'providers'}.`,
    }),
    /** A backup took a part's place in its order, and may run what that one had to. */
    TaskJoined: event({
      fields: { demand: 'Id', agreement: 'Id', replaces: 'Id', joinedAtMs: 'TimeMs' },
      subjects: { agreement: 'agreement' },
      readers: 'parties',
      publicly: TASK_PUBLICLY,
      says: ({ demand, agreement, replaces }, names) =>
        `${names.order(agreement)} joined the task of ${demandName(demand)} in place of ${names.order(replaces)}.`,
    }),
    /**
     * `agreement` has to run `count` sub-tasks from `first` on, before `lateAtMs`. What it needs for that stands here: `key` is the payload's,
     * sealed to its agent.
     */
    RangeAssigned: event({
      fields: {
        demand: 'Id',
        range: 'uint32',
        agreement: 'Id',
        first: 'uint32',
        count: 'uint32',
        attempt: 'uint32',
        reason: ASSIGN_REASONS,
        work: 'Work[]',
        key: 'bytes',
        assignedAtMs: 'TimeMs',
        lateAtMs: 'TimeMs',
      },
      subjects: { agreement: 'agreement' },
      readers: 'parties',
      publicly: TASK_PUBLICLY,
      fieldReaders: { key: 'sealed' },
      says: ({ demand, agreement, first, count, reason }, names) =>
        `${names.order(agreement)} has to run sub-tasks ${first + 1n} to ${first + count} of ${demandName(demand)} (${reason}).`,
    }),
    /** From now on its time is what the estimates say; `lateAtMs` is that. */
    RangeStarted: event({
      fields: {
        demand: 'Id',
        range: 'uint32',
        agreement: 'Id',
        by: 'Id',
        startedAtMs: 'TimeMs',
        lateAtMs: 'TimeMs',
      },
      subjects: { agreement: 'agreement' },
      readers: 'parties',
      publicly: TASK_PUBLICLY,
      says: ({ demand, range, agreement }, names) =>
        `${names.order(agreement)} began range ${range} of ${demandName(demand)}.`,
    }),
    RangeFinished: event({
      fields: {
        demand: 'Id',
        range: 'uint32',
        agreement: 'Id',
        by: 'Id',
        count: 'uint32',
        failed: 'uint32',
        cpuMs: 'Amount',
        inputRoot: 'bytes32',
        resultRoot: 'bytes32',
        finishedAtMs: 'TimeMs',
      },
      subjects: { agreement: 'agreement' },
      readers: 'parties',
      publicly: TASK_PUBLICLY,
      says: ({ demand, range, agreement, count, failed }, names) =>
        `${names.order(agreement)} finished range ${range} of ${demandName(demand)}: ${count - failed} of ${count} sub-tasks done.`,
    }),
    RangeFailed: event({
      fields: { demand: 'Id', range: 'uint32', agreement: 'Id', by: 'Id', fault: RANGE_FAULTS, failedAtMs: 'TimeMs' },
      subjects: { agreement: 'agreement' },
      readers: 'parties',
      publicly: TASK_PUBLICLY,
      says: ({ demand, range, agreement, fault }, names) =>
        `${names.order(agreement)} could not finish range ${range} of ${demandName(demand)} (${fault}).`,
    }),
    /** The agreement need not run the range any more: another one finished it, or the task is over. */
    RangeDropped: event({
      fields: { demand: 'Id', range: 'uint32', agreement: 'Id', droppedAtMs: 'TimeMs' },
      subjects: { agreement: 'agreement' },
      readers: 'parties',
      publicly: TASK_PUBLICLY,
      says: ({ demand, range, agreement }, names) =>
        `${names.order(agreement)} need not run range ${range} of ${demandName(demand)} any more.`,
    }),
    /** Enough copies of the range agree: its result stands. */
    RangeDecided: event({
      fields: { demand: 'Id', customer: 'Id', range: 'uint32', decidedAtMs: 'TimeMs' },
      subjects: { demand: 'demand', account: 'customer' },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ demand, range }) => `The result of range ${range} of ${demandName(demand)} stands.`,
    }),
    /** Copies of a range differ, and the third agrees with the others: this one is not paid, and counts as broken. */
    ResultRejected: event({
      fields: { demand: 'Id', range: 'uint32', agreement: 'Id', rejectedAtMs: 'TimeMs' },
      subjects: { agreement: 'agreement' },
      readers: 'parties',
      publicly: TASK_PUBLICLY,
      says: ({ demand, range, agreement }, names) =>
        `The result of ${names.order(agreement)} for range ${range} of ${demandName(demand)} differs from that of two others and is not paid.`,
    }),
    /** `reason`: the fault that ended it, '' when it is done. */
    TaskEnded: event({
      fields: {
        demand: 'Id',
        customer: 'Id',
        order: 'Id',
        outcome: TASK_OUTCOMES,
        reason: 'string',
        endedAtMs: 'TimeMs',
      },
      subjects: { demand: 'demand', account: 'customer' },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ demand, outcome, reason }) =>
        `The task of ${demandName(demand)} is ${outcome}${reason === '' ? '' : ` (${reason})`}.`,
    }),
  },
  codes: {
    DEMAND_UNKNOWN: code(
      1201,
      404,
      'There is no such demand; nothing was reserved and no money was held. Look for it among your requests.',
    ),
    NOT_THE_CUSTOMER: code(1202, 403, 'The demand is another account’s; nothing was reserved and no money was held.'),
    DEMAND_CLOSED: code(
      1203,
      409,
      'The demand is not open any more; nothing was reserved and no money was held. Publish it again to get new plans.',
    ),
    PLAN_UNKNOWN: code(
      1204,
      409,
      'This plan has expired or was replaced by newer ones; nothing was reserved and no money was held. Choose among those that are shown now.',
    ),
    PLAN_MISMATCH: code(
      1205,
      409,
      'What was signed is not what the plan says; nothing was reserved and no money was held. Reload the page and choose again.',
    ),
    KEYS_INVALID: code(
      1206,
      400,
      'The key of the program and its inputs is missing for a provider of the plan, or is none; nothing was reserved and no money was held. Choose again.',
    ),
    BROKER_ROLE_REQUIRED: code(
      1207,
      403,
      'Only brokers propose plans, and your account lacks that role; nothing was proposed and no money moved.',
    ),
    PROPOSAL_INVALID: code(
      1208,
      400,
      'The proposed plan does not meet the demand: a need is not covered, a sub-task is missing or stands twice, or a part is not as it is offered; nothing was proposed and no money moved.',
    ),
    OVER_BUDGET: code(
      1209,
      409,
      'The proposed plan with its fee costs more than the demand’s budget; nothing was proposed and no money moved. Propose a cheaper one.',
    ),
    TOO_MANY_PLANS: code(
      1210,
      409,
      'Brokers have proposed as many plans for this demand as it takes; nothing was proposed and no money moved.',
    ),
    MATCH_INVALID: code(
      1219,
      400,
      'The proposed match names a demand that does not wait, an offer that does not fit, or more than an offer has free; nothing was proposed and no money moved.',
    ),
    MATCH_NOT_BETTER: code(
      1220,
      409,
      'The proposed match serves no more demands than the best one that was proposed, nor as many for less; nothing was proposed and no money moved.',
    ),
    TASK_UNKNOWN: code(1211, 404, 'There is no such task; nothing changed and no money moved.'),
    TASK_OVER: code(1212, 409, 'The task is over; nothing changed and no money moved.'),
    RANGE_UNKNOWN: code(
      1213,
      404,
      'There is no such range of sub-tasks, or this order does not run it; nothing changed and no money moved.',
    ),
    RANGE_OVER: code(
      1214,
      409,
      'This order need not run the range any more: it was finished, failed, or was given to another one; nothing changed and no money moved.',
    ),
    COUNTS_INVALID: code(
      1215,
      400,
      'More sub-tasks are said to have failed than the range has; nothing changed and no money moved.',
    ),
    FAULT_UNKNOWN: code(1216, 400, 'This fault is not on the list; nothing changed and no money moved. Name one.'),
    FEE_BALANCE_TOO_LOW: code(
      1217,
      409,
      'Your balance is too low for the broker’s fee beside what is held; nothing was reserved and no money was held. Choose another plan, or add tokens.',
    ),
    SPENDING_CAP_EXCEEDED: code(
      1218,
      403,
      'The fee is more than this key may still spend; nothing was reserved and no money was held. Ask the owner of the account.',
    ),
  },
  parameters: {
    planMs: { id: 14, min: 1_000n, max: 86_400_000n, initial: 600_000n, unit: 'ms', title: 'Time to choose a plan' },
    rangeGraceMs: {
      id: 15,
      min: 100n,
      max: 86_400_000n,
      initial: 60_000n,
      unit: 'ms',
      title: 'Time for a range beyond its estimate',
    },
  },
});

export type PlanCommand = CommandOf<typeof planDefinition>;
export type PlanEvent = EventOf<typeof planDefinition>;
export type PlanArgs<Name extends MethodNameOf<typeof planDefinition>> = ArgsOf<typeof planDefinition, Name>;

export const planCodes = codesOf(planDefinition);
/** Makes an event of this contract. */
export const planEvent = eventMaker(planDefinition);
