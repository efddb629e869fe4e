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
import { accountName, tokensInWords } from '#ledger/contracts/shared/sentence-words.ts';
import { VOUCHER_FIELDS } from '#ledger/contracts/shared/voucher-fields.ts';

/** Metering intervals that a provider may serve beyond the last voucher, and is paid for by its claim alone. */
export const AHEAD_INTERVALS = 2n;

const PUBLICLY = 'An order moved on; its parties see how.';

export const channelDefinition = defineContract({
  id: 13,
  name: 'channel',
  version: 1n,
  revision: 'founding',
  methods: {
    /**
     * Shows the last voucher once the order has ended. `runs` are the intervals from the window's start, as a claim writes them;
     * `signature` is the other side's: the voucher key's where the provider shows it, the agent's where the customer does.
     */
    CloseChannel: method({
      does: 'Closes the payment channel of an ended order with the last voucher that the other side signed. The other side may show a newer one while there is time to contest.',
      fields: { ...VOUCHER_FIELDS, runs: 'bytes', signature: 'bytes' },
      delegation: { to: 'any-key', measuredOn: 'agreement', field: 'agreement' },
      from: 'account',
      readers: 'parties',
    }),
  },
  events: {
    /** `voucherKey` signs the customer's vouchers, to this provider and up to the deposit. */
    ChannelOpened: event({
      fields: { agreement: 'Id', customer: 'Id', provider: 'Id', voucherKey: 'address', depositMicro: 'Micro' },
      subjects: { agreement: 'agreement', account: ['customer', 'provider'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ agreement, depositMicro }, names) =>
        `The payment channel of ${names.order(agreement)} was opened; its deposit is what is held, ${tokensInWords(depositMicro)}.`,
    }),
    /**
     * The three sums are of the time from the window's start to `untilMs`. `outdone` showed a voucher that this one is newer than; 0 for
     * nobody. The bill is made at `settleAtMs`.
     */
    VoucherShown: event({
      fields: {
        ...VOUCHER_FIELDS,
        customer: 'Id',
        provider: 'Id',
        by: 'Id',
        runs: 'bytes',
        untilMs: 'TimeMs',
        keptMs: 'DurationMs',
        degradedMs: 'DurationMs',
        downMs: 'DurationMs',
        outdone: 'Id',
        settleAtMs: 'TimeMs',
      },
      subjects: { agreement: 'agreement', account: ['customer', 'provider'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ agreement, by, amountMicro, interval, outdone }, names) =>
        `${accountName(by)} showed voucher ${interval} of ${names.order(agreement)}: both agreed on ${tokensInWords(amountMicro)}.${outdone === 0n ? '' : ` It is newer than the one that ${accountName(outdone)} showed, which counts as a contest lost.`}`,
    }),
    /** Before any token of the order moves. Of its charge, `agreedMicro` stands on a voucher; the rest is what the provider claims. */
    ChannelClosed: event({
      fields: { agreement: 'Id', customer: 'Id', provider: 'Id', agreedMicro: 'Micro', claimedMicro: 'Micro' },
      subjects: { agreement: 'agreement', account: ['customer', 'provider'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ agreement, agreedMicro, claimedMicro }, names) =>
        `The payment channel of ${names.order(agreement)} was closed: ${tokensInWords(agreedMicro)} agreed by both, ${tokensInWords(claimedMicro)} claimed by the provider.`,
    }),
  },
  codes: {
    CHANNEL_UNKNOWN: code(
      1301,
      404,
      'There is no payment channel of this order; nothing changed and no money moved. Choose an order that was bought with one.',
    ),
    NOT_A_PARTY: code(
      1302,
      403,
      'The channel is between other parties; nothing changed and no money moved. Sign in as one of them.',
    ),
    ORDER_RUNS: code(
      1303,
      409,
      'The order still runs; its channel stays open and no money moved. End the order first.',
    ),
    TOO_LATE: code(
      1304,
      409,
      'The time for vouchers is over; what was shown before counts and no money moved by this. There is nothing more to do.',
    ),
    SHOWN_ALREADY: code(
      1305,
      409,
      'You have shown a voucher of this order; it stands and no money moved. The other side may show a newer one.',
    ),
    ABOVE_DEPOSIT: code(
      1306,
      400,
      'The voucher is about more than is held for the order; nothing changed and no money moved. Show one within the deposit.',
    ),
    VOUCHER_INVALID: code(
      1307,
      400,
      'The voucher’s intervals do not fit the order’s time or its promise, or it counts more than was asked for; nothing changed and no money moved. Show another one.',
    ),
    SIGNATURE_MISMATCH: code(
      1308,
      403,
      'The other side did not sign this voucher for this order; nothing changed and no money moved. Show one that it signed.',
    ),
    NOT_NEWER: code(
      1309,
      409,
      'The other side has shown this voucher or a newer one; that one stands and no money moved. There is nothing more to do.',
    ),
    VOUCHER_SHRINKS: code(
      1310,
      409,
      'The voucher is about later intervals and a smaller sum or less use than the one that was shown; that one stands and no money moved. Vouchers of one order only grow.',
    ),
  },
  parameters: {},
});

export type ChannelEvent = EventOf<typeof channelDefinition>;
export type ChannelArgs = ArgsOf<typeof channelDefinition, 'CloseChannel'>;

export const channelCodes = codesOf(channelDefinition);
/** Makes an event of this contract. */
export const channelEvent = eventMaker(channelDefinition);
