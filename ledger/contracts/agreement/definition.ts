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

/** reserved → prepared → active → completed | terminated | failed → settled (DOMAIN, life of an order). */
export const AGREEMENT_STATUSES = [
  'reserved',
  'prepared',
  'active',
  'completed',
  'terminated',
  'failed',
  'settled',
] as const;
export type AgreementStatus = (typeof AGREEMENT_STATUSES)[number];

/**
 * Who may give a reason, what the order then counts as, and who broke it (nobody: no party's fault). The due queue and the tasks of plans give
 * their own. `whole`: the time that a price for the whole use stands for: the agreed use; the time that passed; or the time that passed if the
 * claim shows it, when a provider says that the use is used up and the claimed use reaches what was asked for (else the agreed use). `nothing`:
 * nothing of it is paid, whatever was served.
 */
export const END_REASONS = {
  'time-up': { by: 'time', to: 'completed', broken: 'nobody', whole: 'agreed', says: 'The time was up' },
  'not-delivered': {
    by: 'time',
    to: 'failed',
    broken: 'provider',
    whole: 'agreed',
    says: 'Access was not delivered in time',
  },
  'not-reachable': {
    by: 'time',
    to: 'failed',
    broken: 'provider',
    whole: 'agreed',
    says: 'The provider’s node failed and stayed silent',
  },
  done: { by: 'customer', to: 'completed', broken: 'nobody', whole: 'passed', says: 'The work is done' },
  'no-longer-needed': {
    by: 'customer',
    to: 'terminated',
    broken: 'nobody',
    whole: 'passed',
    says: 'It is not needed any more',
  },
  'not-as-described': {
    by: 'customer',
    to: 'terminated',
    broken: 'provider',
    whole: 'passed',
    says: 'It is not as described',
  },
  'used-up': {
    by: 'provider',
    to: 'completed',
    broken: 'nobody',
    whole: 'passed-if-claimed',
    says: 'The allowance is used up',
  },
  misuse: {
    by: 'provider',
    to: 'terminated',
    broken: 'customer',
    whole: 'agreed',
    says: 'The use broke the conditions',
  },
  continued: {
    by: 'time',
    to: 'completed',
    broken: 'nobody',
    whole: 'passed',
    says: 'Another order took over what it stored',
  },
  'task-done': {
    by: 'time',
    to: 'completed',
    broken: 'nobody',
    whole: 'passed',
    says: 'Its task is done',
  },
  'task-failed': {
    by: 'time',
    to: 'terminated',
    broken: 'nobody',
    whole: 'passed',
    says: 'Its task failed',
  },
  /** Its backup has to take its place for the third copy; its own copy still counts. */
  compared: {
    by: 'time',
    to: 'completed',
    broken: 'nobody',
    whole: 'passed',
    says: 'Its result differed from another one, and its backup took its place to decide between them',
  },
  'wrong-result': {
    by: 'time',
    to: 'terminated',
    broken: 'provider',
    whole: 'nothing',
    says: 'Its result differed from that of two others',
  },
  /** Its strategy asked for an identification, and its customer has none any more that the strategy takes. */
  'identity-ended': {
    by: 'time',
    to: 'terminated',
    broken: 'nobody',
    whole: 'passed',
    says: 'The customer’s identification, which its conditions ask for, ended',
  },
  withdrawn: {
    by: 'provider',
    to: 'terminated',
    broken: 'provider',
    whole: 'agreed',
    says: 'The provider withdrew it',
  },
} as const;
export type EndReason = keyof typeof END_REASONS;
const REASON_NAMES = Object.keys(END_REASONS) as EndReason[];

/** Shortest and longest window: 1 s, 31 days. */
export const DURATION_MS_MIN = 1_000n;
export const DURATION_MS_MAX = 2_678_400_000n;
export const DESCRIPTOR_BYTES_MAX = 1_024;

/** Parts of one order. */
export const PARTS_MAX = 16;
/** Metering intervals of one window: so that a claim stays small. */
export const INTERVALS_MAX = 65_536n;

const PUBLICLY = 'An order moved on; its parties see how.';

export const agreementDefinition = defineContract({
  id: 5,
  name: 'agreement',
  version: 1n,
  revision: 'founding',
  methods: {
    /**
     * Evaluate, then grant with reservation and hold, or refuse with every failing condition; one transaction, an order of one part.
     * `holdMicro` is the most it can cost, by the price rule (shared/price.ts). `continues`: the own agreement on the same resource whose
     * stored things it takes over, 0 for none. `voucherKey`: the address that signs vouchers of the payment channel which this opens; zero for no channel.
     */
    Apply: method({
      does: 'Asks for access. If every condition holds, what you ask for is reserved and the sum is held; unused money comes back when the order is settled.',
      fields: {
        resource: 'Id',
        provider: 'Id',
        strategyVersion: 'uint32',
        purpose: 'string',
        fieldOfBusiness: 'string',
        durationMs: 'DurationMs',
        choices: 'Term[]',
        amounts: 'Quantity[]',
        holdMicro: 'Micro',
        continues: 'Id',
        encryptionKey: 'bytes32',
        voucherKey: 'address',
      },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRC'],
      readers: 'parties',
    }),
    /** All parts or none, in one transaction; `holdMicro` is the sum of the parts'. A key that is limited to some resources may not. */
    PlaceOrder: method({
      does: 'Buys several resources together. If every condition of every part holds, all places are reserved and the sum is held; otherwise nothing is.',
      fields: {
        purpose: 'string',
        fieldOfBusiness: 'string',
        parts: 'Part[]',
        holdMicro: 'Micro',
        encryptionKey: 'bytes32',
        voucherKey: 'address',
      },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NRC'],
      readers: 'parties',
    }),
    /** The agent's delivery: window start by its clock (at most 30 s from block time) and the sealed descriptor (≤ 1 KiB). */
    Prepare: method({
      does: 'Delivers the sealed access link of an order and begins its window.',
      fields: { agreement: 'Id', startsAtMs: 'TimeMs', descriptor: 'bytes' },
      delegation: { to: 'any-key', measuredOn: 'agreement', field: 'agreement' },
      from: ['NRP'],
      readers: 'parties',
      fieldReaders: { descriptor: 'sealed' },
    }),
    /** Free inside the window. */
    RequestReissue: method({
      does: 'Asks for the access link sealed to another of your devices. Earlier links stop to open.',
      fields: { agreement: 'Id', encryptionKey: 'bytes32' },
      delegation: { to: 'any-key', measuredOn: 'agreement', field: 'agreement' },
      from: 'account',
      readers: 'parties',
    }),
    /** The agent's answer; the link of every earlier issue is refused from then on. */
    Reissue: method({
      does: 'Answers a request for a new access link.',
      fields: { agreement: 'Id', issue: 'uint32', descriptor: 'bytes' },
      delegation: { to: 'any-key', measuredOn: 'agreement', field: 'agreement' },
      from: ['NRP'],
      readers: 'parties',
      fieldReaders: { descriptor: 'sealed' },
    }),
    /** Once, when the grace time of what the order stored is over. It gives the room back. */
    ReportErasure: method({
      does: 'Says that what an ended order stored is erased. Its room is free again.',
      fields: { agreement: 'Id' },
      delegation: { to: 'any-key', measuredOn: 'agreement', field: 'agreement' },
      from: ['NRP'],
      readers: 'parties',
    }),
    EndAgreement: method({
      does: 'Ends the order now, for this reason. What was served until now is paid, the rest comes back.',
      fields: { agreement: 'Id', reason: 'string' },
      delegation: { to: 'any-key', measuredOn: 'agreement', field: 'agreement' },
      from: 'account',
      readers: 'parties',
    }),
  },
  events: {
    /** `application` is a dense id over refused applications. */
    ApplicationRefused: event({
      fields: {
        application: 'Id',
        customer: 'Id',
        provider: 'Id',
        resource: 'Id',
        strategyVersion: 'uint32',
        purpose: 'string',
        fieldOfBusiness: 'string',
        choices: 'Term[]',
        amounts: 'Quantity[]',
        durationMs: 'DurationMs',
        failed: 'FailedCondition[]',
        refusedAtMs: 'TimeMs',
      },
      subjects: { application: 'application', account: ['customer', 'provider'] },
      readers: 'parties',
      publicly: 'An application was refused by the strategy’s conditions; its parties see why.',
      says: ({ customer, resource }) =>
        `${accountName(customer)} applied for ${resourceName(resource)} and was refused by its conditions; no money was held.`,
    }),
    /**
     * Part `part` (from 1, never used again) of the order `order`, which bears its first agreement's id. `replaces` is the part that failed,
     * `continues` the one whose stored things it takes over; 0 for none. The hold bears the agreement's id. `agentKey` has to deliver, by
     * `prepareByMs`, else all comes back. `feePerMille` is the treasury's part of the charge as it stands now. `backup` has the one that may
     * replace it, or none. `identifiedBy`: the operator without whose identification of the customer a condition would not have held; 0: none
     * was needed.
     */
    AgreementReserved: event({
      fields: {
        agreement: 'Id',
        order: 'Id',
        part: 'uint32',
        replaces: 'Id',
        continues: 'Id',
        customer: 'Id',
        identifiedBy: 'Id',
        provider: 'Id',
        resource: 'Id',
        kind: 'string',
        strategyVersion: 'uint32',
        purpose: 'string',
        fieldOfBusiness: 'string',
        choices: 'Term[]',
        ways: 'Term[]',
        amounts: 'Quantity[]',
        prices: 'Price[]',
        promise: 'Quantity[]',
        degradedPerMille: 'uint32',
        durationMs: 'DurationMs',
        holdMicro: 'Micro',
        backup: 'Backup[]',
        encryptionKey: 'bytes32',
        agentKey: 'uint32',
        sourceId: 'string',
        intervalMs: 'DurationMs',
        feePerMille: 'uint32',
        reservedAtMs: 'TimeMs',
        prepareByMs: 'TimeMs',
      },
      subjects: { agreement: 'agreement', account: ['customer', 'provider'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ customer, resource, provider, agreement, holdMicro }, names) =>
        `${accountName(customer)} reserved ${resourceName(resource)} from ${accountName(provider)} as ${names.order(agreement)}; ${tokensInWords(holdMicro)} are held.`,
    }),
    /** `issue` 1 is the first descriptor. */
    AgreementPrepared: event({
      fields: {
        agreement: 'Id',
        from: AGREEMENT_STATUSES,
        to: AGREEMENT_STATUSES,
        by: 'Id',
        startsAtMs: 'TimeMs',
        endsAtMs: 'TimeMs',
        issue: 'uint32',
        encryptionKey: 'bytes32',
        descriptor: 'bytes',
      },
      subjects: { agreement: 'agreement' },
      readers: 'parties',
      publicly: PUBLICLY,
      fieldReaders: { descriptor: 'sealed' },
      says: ({ by, agreement }, names) =>
        `${accountName(by)} delivered the sealed access link of ${names.order(agreement)}.`,
    }),
    AgreementActivated: event({
      fields: { agreement: 'Id', from: AGREEMENT_STATUSES, to: AGREEMENT_STATUSES },
      subjects: { agreement: 'agreement' },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ agreement }, names) => `The window of ${names.order(agreement)} has begun.`,
    }),
    ReissueRequested: event({
      fields: { agreement: 'Id', by: 'Id', issue: 'uint32', encryptionKey: 'bytes32' },
      subjects: { agreement: 'agreement' },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ by, agreement }, names) =>
        `${accountName(by)} asked for the access link of ${names.order(agreement)} on another device.`,
    }),
    DescriptorReissued: event({
      fields: { agreement: 'Id', by: 'Id', issue: 'uint32', encryptionKey: 'bytes32', descriptor: 'bytes' },
      subjects: { agreement: 'agreement' },
      readers: 'parties',
      publicly: PUBLICLY,
      fieldReaders: { descriptor: 'sealed' },
      says: ({ by, agreement, issue }, names) =>
        `${accountName(by)} sealed the access link of ${names.order(agreement)} again (issue ${issue}); earlier links are refused.`,
    }),
    /** `agreement` failed and `replacement` takes its place; `holdMicro` is what remains held for it, the most that it may still claim. */
    AgreementReplaced: event({
      fields: { agreement: 'Id', replacement: 'Id', holdMicro: 'Micro' },
      subjects: { agreement: ['agreement', 'replacement'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ agreement, replacement, holdMicro }, names) =>
        `${names.order(replacement)} takes the place of ${names.order(agreement)}; ${tokensInWords(holdMicro)} stay held for what ${names.order(agreement)} may still cost.`,
    }),
    /** `agreement` gave its room, with what is stored there, to `continuation`, and ends when that one's window begins. */
    AgreementContinued: event({
      fields: { agreement: 'Id', continuation: 'Id' },
      subjects: { agreement: ['agreement', 'continuation'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ agreement, continuation }, names) =>
        `${names.order(continuation)} takes over what ${names.order(agreement)} stored; nothing of it is erased in between.`,
    }),
    /** The window of `continuation` never began: `agreement` has its room again, and its own time goes on. */
    ContinuationDropped: event({
      fields: { agreement: 'Id', continuation: 'Id' },
      subjects: { agreement: ['agreement', 'continuation'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ agreement, continuation }, names) =>
        `${names.order(continuation)} did not begin; what ${names.order(agreement)} stored stays for its own time.`,
    }),
    /** The backup that was named could not take the failed part's place; `code` says why, as a result code. The part's provider is not told which. */
    BackupUnavailable: event({
      fields: { agreement: 'Id', resource: 'Id', code: 'uint32' },
      subjects: { agreement: 'agreement' },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ agreement }, names) =>
        `The backup of ${names.order(agreement)} could not take its place; what was held for it comes back.`,
    }),
    /** `by` 0: the due queue. `settleAtMs`: after the contest time. `graceUntilMs`: what it stored stays until then at least; 0: it stored nothing. */
    AgreementEnded: event({
      fields: {
        agreement: 'Id',
        customer: 'Id',
        provider: 'Id',
        from: AGREEMENT_STATUSES,
        to: AGREEMENT_STATUSES,
        by: 'Id',
        reason: REASON_NAMES,
        endedAtMs: 'TimeMs',
        settleAtMs: 'TimeMs',
        graceUntilMs: 'TimeMs',
      },
      subjects: { agreement: 'agreement', account: ['customer', 'provider'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ agreement, by, reason, to }, names) =>
        `${names.order(agreement)} ended ${by === 0n ? 'by itself' : `by ${accountName(by)}`} (${reason}) and counts as ${to}.`,
    }),
    /**
     * It ended while a copy of a sub-task of it was not decided, and now is, or never will be: the bill is made at `settleAtMs`. `reason` other
     * than `was`: the copy was found wrong, and what the order counts as changes from `from` to `to`.
     */
    AgreementJudged: event({
      fields: {
        agreement: 'Id',
        customer: 'Id',
        provider: 'Id',
        from: AGREEMENT_STATUSES,
        to: AGREEMENT_STATUSES,
        was: REASON_NAMES,
        reason: REASON_NAMES,
        settleAtMs: 'TimeMs',
      },
      subjects: { agreement: 'agreement', account: ['customer', 'provider'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ agreement, was, reason }, names) =>
        reason === was
          ? `Nothing that ${names.order(agreement)} ran is open any more; its bill follows.`
          : `A result of ${names.order(agreement)}, which had ended (${was}), was found wrong: nothing of it is paid (${reason}).`,
    }),
    /** What the provider says: no validator sees what is stored. */
    ErasureReported: event({
      fields: { agreement: 'Id', by: 'Id', erasedAtMs: 'TimeMs' },
      subjects: { agreement: 'agreement' },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ by, agreement }, names) =>
        `${accountName(by)} reported that what ${names.order(agreement)} stored is erased.`,
    }),
  },
  codes: {
    RESOURCE_UNKNOWN: code(
      501,
      404,
      'There is no such resource; nothing was reserved and no money was held. Choose one from the catalogue.',
    ),
    RESOURCE_NOT_PUBLISHED: code(
      502,
      409,
      'The provider has taken the resource off the list; nothing was reserved and no money was held. Choose another.',
    ),
    OWN_RESOURCE: code(
      503,
      409,
      'The resource is your own; nothing was reserved and no money was held. You need no access to it.',
    ),
    STRATEGY_CHANGED: code(
      504,
      409,
      'The provider changed the conditions meanwhile; nothing was reserved and no money was held. Read them again, then apply.',
    ),
    PROVIDER_MISMATCH: code(
      505,
      409,
      'The resource belongs to another provider than you signed for; nothing was reserved and no money was held. Reload the page and apply again.',
    ),
    PURPOSE_UNKNOWN: code(
      506,
      400,
      'This purpose is not on the list; nothing was reserved and no money was held. Choose one.',
    ),
    FIELD_UNKNOWN: code(
      507,
      400,
      'This field of business is not on the list; nothing was reserved and no money was held. Choose one.',
    ),
    CHOICE_INVALID: code(
      508,
      400,
      'A choice is missing, or is not one that this kind of resource has; nothing was reserved and no money was held. Choose another.',
    ),
    DURATION_INVALID: code(
      509,
      400,
      'The duration is too short or too long; nothing was reserved and no money was held. Choose another.',
    ),
    ALLOWANCE_INVALID: code(
      510,
      400,
      'An amount that you asked for is missing, out of bounds, or of nothing that this kind of resource counts; nothing was reserved and no money was held. Choose other figures.',
    ),
    HOLD_MISMATCH: code(
      511,
      409,
      'The sum to be held is not what the price makes of your request; nothing was reserved and no money was held. Reload the page and apply again.',
    ),
    ENCRYPTION_KEY_INVALID: code(
      512,
      400,
      'The encryption key is not valid; nothing was reserved and no money was held. Make a new one, then apply again.',
    ),
    NO_CAPACITY: code(
      513,
      409,
      'All places of this resource are taken; nothing was reserved and no money was held. Try again when one is free.',
    ),
    BALANCE_TOO_LOW: code(
      514,
      409,
      'Your free balance is lower than the sum to be held; nothing was reserved and no money was held. Ask for less, or top up first.',
    ),
    TOO_MANY_OPEN: code(
      515,
      409,
      'You have as many open orders as an account may have; nothing was reserved and no money was held. Wait until one is settled.',
    ),
    CUSTOMER_ROLE_REQUIRED: code(
      516,
      403,
      'Only customers apply; nothing was reserved and no money was held. Request the customer role first.',
    ),
    AGREEMENT_UNKNOWN: code(
      517,
      404,
      'There is no such order; nothing changed and no money moved. Choose one from the list.',
    ),
    NOT_A_PARTY: code(
      518,
      403,
      'The order is between other parties; nothing changed and no money moved. Sign in as one of them.',
    ),
    STATUS_DOES_NOT_ALLOW: code(
      519,
      409,
      'The order’s status does not allow this any more; nothing changed and no money moved. Reload the page to see where it stands.',
    ),
    WINDOW_START_INVALID: code(
      520,
      400,
      'The access window would begin too far from now; nothing changed and no money moved. The agent’s clock has to be set right.',
    ),
    DESCRIPTOR_INVALID: code(
      521,
      400,
      'The sealed access link is empty or too long; nothing changed and no money moved. The agent has to seal it again.',
    ),
    ISSUE_MISMATCH: code(
      522,
      409,
      'Another access link was asked for meanwhile; nothing changed and no money moved. The agent has to answer the newest request.',
    ),
    REASON_INVALID: code(
      523,
      400,
      'You cannot end the order for this reason; it goes on and no money moved. Choose a reason from the list.',
    ),
    SPENDING_CAP_EXCEEDED: code(
      524,
      403,
      'This key has reached its spending cap; nothing was reserved and no money was held. Sign with the owner’s key.',
    ),
    PARTS_INVALID: code(
      525,
      400,
      'An order has one to sixteen parts, each with one backup at most, and its sum is theirs; nothing was reserved and no money was held. Reload the page and order again.',
    ),
    CONDITIONS_NOT_MET: code(
      526,
      409,
      'The conditions of a backup do not hold for this use; nothing was reserved and no money was held. Read them again, then apply.',
    ),
    HOLD_TOO_LOW: code(
      527,
      409,
      'What is still held is less than the replacement costs; nothing was reserved and the rest comes back. Order it anew.',
    ),
    NO_ROOM: code(
      536,
      409,
      'This resource has not so much storage free; nothing was reserved and no money was held. Ask for less, or try again when some is free.',
    ),
    NO_SLOT: code(
      537,
      409,
      'This resource has not so many slots free; nothing was reserved and no money was held. Ask for fewer, or try again when some are free.',
    ),
    NO_MEMORY: code(
      538,
      409,
      'This resource has not so much memory free; nothing was reserved and no money was held. Ask for less, or try again when some is free.',
    ),
    GRACE_NOT_OVER: code(
      528,
      409,
      'What the order stored stays for its customer until its grace time is over; nothing changed and no money moved. The agent has to wait.',
    ),
    ERASED_ALREADY: code(
      529,
      409,
      'What the order stored is erased already; nothing changed and no money moved. There is nothing more to do.',
    ),
    CONTINUED_ALREADY: code(
      530,
      409,
      'Another order took over what this one stored; nothing changed and no money moved. Go on with that order.',
    ),
    CONTINUES_UNKNOWN: code(
      531,
      404,
      'You have no such order to continue; nothing was reserved and no money was held. Choose one from the list.',
    ),
    CONTINUES_ANOTHER_RESOURCE: code(
      532,
      409,
      'The order that you want to continue is of another resource; nothing was reserved and no money was held. Apply for that resource.',
    ),
    NOTHING_STORED: code(
      533,
      409,
      'The order that you want to continue stores nothing; nothing was reserved and no money was held. Apply without continuing one.',
    ),
    GRACE_OVER: code(
      534,
      409,
      'The time in which that order could be continued is over; nothing was reserved and no money was held. Apply without continuing one.',
    ),
    ROOM_TOO_SMALL: code(
      535,
      409,
      'The order that you want to continue has more room than you ask for; nothing was reserved and no money was held. Ask for at least as much.',
    ),
    NODE_SUSPENDED: code(
      539,
      409,
      'The node that serves this resource is suspended: it is not reachable or fails since the time that the resource’s page names; nothing was reserved and no money was held. Choose another, or come back later.',
    ),
    CREDIT_TOO_LOW: code(
      540,
      403,
      'Your credit permits one order at a time, and one is open; nothing was reserved and no money was held. Apply again when it is settled: each completed order raises your credit.',
    ),
    NO_CONNECTION: code(
      541,
      409,
      'This resource has not so many connections free; nothing was reserved and no money was held. Ask for fewer, or try again when some are free.',
    ),
    NO_RATE_DOWN: code(
      542,
      409,
      'This resource cannot send so fast beside what others hold; nothing was reserved and no money was held. Ask for a lower rate to the customer, or try again when more is free.',
    ),
    NO_RATE_UP: code(
      543,
      409,
      'This resource cannot receive so fast beside what others hold; nothing was reserved and no money was held. Ask for a lower rate from the customer, or try again when more is free.',
    ),
  },
  parameters: {
    contestMs: { id: 0, min: 1n, max: 2_592_000_000n, initial: 600_000n, unit: 'ms', title: 'Time to contest a claim' },
    deliveryMs: { id: 1, min: 1n, max: 86_400_000n, initial: 120_000n, unit: 'ms', title: 'Time to deliver access' },
    intervalMs: { id: 2, min: 100n, max: 3_600_000n, initial: 60_000n, unit: 'ms', title: 'Metering interval' },
    feePerMille: { id: 7, min: 0n, max: 1_000n, initial: 20n, unit: 'per mille', title: 'Treasury’s part of a charge' },
    openAgreementsMax: {
      id: 8,
      min: 1n,
      max: 10_000n,
      initial: 100n,
      unit: 'count',
      title: 'Open orders of an account',
    },
  },
});

export type AgreementCommand = CommandOf<typeof agreementDefinition>;
export type AgreementEvent = EventOf<typeof agreementDefinition>;
export type AgreementArgs<Name extends MethodNameOf<typeof agreementDefinition>> = ArgsOf<
  typeof agreementDefinition,
  Name
>;

export const agreementCodes = codesOf(agreementDefinition);
/** Makes an event of this contract. */
export const agreementEvent = eventMaker(agreementDefinition);

/** Which meter of a resource has too little left: the code that says so. */
export const CAPACITY_CODES = {
  places: agreementCodes.NO_CAPACITY,
  storedBytes: agreementCodes.NO_ROOM,
  slots: agreementCodes.NO_SLOT,
  memoryMiB: agreementCodes.NO_MEMORY,
  connections: agreementCodes.NO_CONNECTION,
  downBytesPerS: agreementCodes.NO_RATE_DOWN,
  upBytesPerS: agreementCodes.NO_RATE_UP,
} as const;
