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
import { accountName, quantitiesInWords, tokensInWords } from '#ledger/contracts/shared/sentence-words.ts';

/** What a customer says is wrong with a claim. */
export const CONTEST_REASONS = ['not-served', 'wrong-usage'] as const;

const PUBLICLY = 'An order moved on; its parties see how.';

export const settlementDefinition = defineContract({
  id: 6,
  name: 'settlement',
  version: 1n,
  revision: 'founding',
  methods: {
    /**
     * The agent's meter for one agreement. `used` is cumulative and never shrinks. `runs` continues the last claim: the intervals from there
     * to `untilMs`, as runs.ts writes them; what was claimed once is final. `untilMs` is never after block time.
     */
    ClaimUsage: method({
      does: 'Claims what an order used and when it could be used, as the agent measured it.',
      fields: {
        agreement: 'Id',
        used: 'Quantity[]',
        runs: 'bytes',
        untilMs: 'TimeMs',
      },
      delegation: { to: 'any-key', measuredOn: 'agreement', field: 'agreement' },
      from: ['NRP'],
      readers: 'parties',
    }),
    /** Before settlement. Marked on the bill. */
    ContestClaim: method({
      does: 'Says that the claimed use is wrong. The bill shows it.',
      fields: { agreement: 'Id', reason: 'string' },
      delegation: { to: 'any-key', measuredOn: 'agreement', field: 'agreement' },
      from: 'account',
      readers: 'parties',
    }),
  },
  events: {
    /** `runs` are the intervals from `fromMs` to `untilMs`; the three sums are of the whole window until then. */
    UsageClaimed: event({
      fields: {
        agreement: 'Id',
        by: 'Id',
        used: 'Quantity[]',
        runs: 'bytes',
        fromMs: 'TimeMs',
        untilMs: 'TimeMs',
        keptMs: 'DurationMs',
        degradedMs: 'DurationMs',
        downMs: 'DurationMs',
      },
      subjects: { agreement: 'agreement', account: 'by' },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ by, agreement, used }, names) =>
        `${accountName(by)} claimed usage of ${names.order(agreement)}: ${quantitiesInWords(used)}.`,
    }),
    ClaimContested: event({
      fields: { agreement: 'Id', by: 'Id', reason: 'string' },
      subjects: { agreement: 'agreement', account: 'by' },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ by, agreement, reason }, names) =>
        `${accountName(by)} contested the claim of ${names.order(agreement)} (${reason}).`,
    }),
    /**
     * The bill. All time from start to end counts as kept, degraded or down; down costs nothing, degraded a part. `wholeMs` is the time that a
     * price for the whole use stands for. chargeMicro + refundMicro = holdMicro; feeMicro is the treasury's part of the charge.
     */
    AgreementSettled: event({
      fields: {
        agreement: 'Id',
        customer: 'Id',
        provider: 'Id',
        used: 'Quantity[]',
        keptMs: 'DurationMs',
        degradedMs: 'DurationMs',
        downMs: 'DurationMs',
        wholeMs: 'DurationMs',
        holdMicro: 'Micro',
        chargeMicro: 'Micro',
        feeMicro: 'Micro',
        refundMicro: 'Micro',
        contested: 'bool',
        settledAtMs: 'TimeMs',
      },
      subjects: { agreement: 'agreement', account: ['customer', 'provider'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ agreement, chargeMicro, feeMicro, refundMicro }, names) =>
        `${names.order(agreement)} was settled: ${tokensInWords(chargeMicro)} charged, of which ${tokensInWords(feeMicro)} is the fee; ${tokensInWords(refundMicro)} returned.`,
    }),
  },
  codes: {
    AGREEMENT_UNKNOWN: code(
      601,
      404,
      'There is no such order; nothing changed and no money moved. Choose one from the list.',
    ),
    NOT_THE_PROVIDER: code(
      602,
      403,
      'Only the provider of this order claims its usage; nothing changed and no money moved. Sign with the provider’s agent.',
    ),
    NOT_THE_CUSTOMER: code(
      603,
      403,
      'Only the customer of this order contests its usage; nothing changed and no money moved. Sign in as the customer.',
    ),
    STATUS_DOES_NOT_ALLOW: code(
      604,
      409,
      'The order’s status does not allow this any more; nothing changed and no money moved. Reload the page to see where it stands.',
    ),
    CLAIM_SHRINKS: code(
      605,
      409,
      'The claim is lower than an earlier one; the earlier stands and no money moved. The agent’s meter has to be checked.',
    ),
    CLAIM_EXCEEDS_ALLOWANCE: code(
      606,
      400,
      'The claim exceeds what the order allows; nothing changed and no money moved. The agent’s meter has to be checked.',
    ),
    RUNS_INVALID: code(
      607,
      400,
      'The claim’s intervals do not continue the last claim, do not fit the access window, or contradict what was promised; nothing changed and no money moved. The agent’s meter has to be checked.',
    ),
    CLAIM_TOO_LATE: code(
      608,
      409,
      'The time for claims is over; what was claimed before stands and will be settled. There is nothing more to do.',
    ),
    ALREADY_CONTESTED: code(
      609,
      409,
      'You contested this claim before; it stays contested and no money moved. There is nothing more to do.',
    ),
    REASON_INVALID: code(610, 400, 'This reason is not on the list; nothing changed and no money moved. Choose one.'),
  },
  parameters: {},
});

export type SettlementCommand = CommandOf<typeof settlementDefinition>;
export type SettlementEvent = EventOf<typeof settlementDefinition>;
export type SettlementArgs<Name extends MethodNameOf<typeof settlementDefinition>> = ArgsOf<
  typeof settlementDefinition,
  Name
>;

export const settlementCodes = codesOf(settlementDefinition);
/** Makes an event of this contract. */
export const settlementEvent = eventMaker(settlementDefinition);
