import {
  code,
  codesOf,
  defineContract,
  event,
  eventMaker,
  method,
  type CommandOf,
  type EventOf,
} from '#ledger/contracts/shared/definition.ts';
import { accountName, tokensInWords } from '#ledger/contracts/shared/sentence-words.ts';

const PUBLICLY = 'Tokens moved or were held; the parties see the sum.';

/** Amounts are micro-units in [0, 2^63). Account 0 stands for the treasury. */
export const tokenDefinition = defineContract({
  id: 2,
  name: 'token',
  version: 1n,
  revision: 'founding',
  methods: {
    Transfer: method({
      does: 'Sends tokens to another account. It cannot be taken back.',
      fields: { to: 'Id', amountMicro: 'Micro' },
      delegation: { to: 'any-key', measuredOn: 'spending' },
      from: 'account',
      readers: 'parties',
    }),
  },
  events: {
    /** Genesis only. */
    TokensMinted: event({
      fields: { to: 'Id', amountMicro: 'Micro' },
      subjects: { account: 'to' },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ to, amountMicro }) => `${tokensInWords(amountMicro)} were given to ${accountName(to)} at genesis.`,
    }),
    /** `reason`: transfer; grant (treasury to an account, by vote or on creation); fee (a broker's); tariff (of an operator to a service node); reward (treasury to an account, by `incentive`). A transfer's own method hides its receipt. */
    TokensTransferred: event({
      fields: { from: 'Id', to: 'Id', amountMicro: 'Micro', reason: ['transfer', 'grant', 'fee', 'tariff', 'reward'] },
      subjects: { account: ['from', 'to'] },
      readers: 'parties',
      publicly: PUBLICLY,
      receipt: 'everyone',
      says: ({ from, to, amountMicro, reason }) =>
        reason === 'grant' || reason === 'reward'
          ? `The treasury ${reason === 'grant' ? 'granted' : 'paid a reward of'} ${tokensInWords(amountMicro)} to ${accountName(to)}.`
          : `${accountName(from)} ${reason === 'tariff' ? 'paid by its tariff' : 'sent'} ${tokensInWords(amountMicro)} to ${accountName(to)}.`,
    }),
    TokensHeld: event({
      fields: { hold: 'Id', account: 'Id', amountMicro: 'Micro', agreement: 'Id' },
      subjects: { account: 'account', agreement: 'agreement' },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ account, amountMicro, agreement }, names) =>
        `${tokensInWords(amountMicro)} of ${accountName(account)} are held for ${names.order(agreement)}.`,
    }),
    /** Part of a hold goes on for another agreement: what remains of `agreement`'s stays, `amountMicro` is held for `replacement`. */
    HoldSplit: event({
      fields: { account: 'Id', agreement: 'Id', replacement: 'Id', amountMicro: 'Micro' },
      subjects: { account: 'account', agreement: ['agreement', 'replacement'] },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ account, agreement, replacement, amountMicro }, names) =>
        `${tokensInWords(amountMicro)} of ${accountName(account)} that were held for ${names.order(agreement)} are held for ${names.order(replacement)} now.`,
    }),
    /** Closes the hold: charge − fee to the payee, fee to the treasury, the rest back. charge + refund = held. */
    HoldSettled: event({
      fields: {
        hold: 'Id',
        account: 'Id',
        payee: 'Id',
        chargeMicro: 'Micro',
        feeMicro: 'Micro',
        refundMicro: 'Micro',
        agreement: 'Id',
      },
      subjects: { account: ['account', 'payee'], agreement: 'agreement' },
      readers: 'parties',
      publicly: PUBLICLY,
      says: ({ account, payee, chargeMicro, feeMicro, refundMicro, agreement }, names) =>
        `The hold of ${names.order(agreement)} was closed: ${tokensInWords(chargeMicro - feeMicro)} to ${accountName(payee)}, ${tokensInWords(feeMicro)} as fee to the treasury, ${tokensInWords(refundMicro)} back to ${accountName(account)}.`,
    }),
  },
  codes: {
    AMOUNT_INVALID: code(201, 400, 'The amount must be more than zero; no money moved. Enter another amount.'),
    RECIPIENT_UNKNOWN: code(
      202,
      404,
      'The ledger knows no such recipient; no money moved. Check the account’s number.',
    ),
    RECIPIENT_IS_SENDER: code(
      203,
      400,
      'You cannot send tokens to yourself; no money moved. Choose another recipient.',
    ),
    BALANCE_TOO_LOW: code(
      204,
      409,
      'Your free balance is too low; no money moved. Send less, or wait until what is held comes back.',
    ),
    SPENDING_CAP_EXCEEDED: code(
      205,
      403,
      'This key has reached its spending cap; no money moved. Sign with the owner’s key.',
    ),
    TREASURY_TOO_LOW: code(206, 409, 'The treasury holds too little; no money moved. Propose a smaller sum.'),
  },
  parameters: {},
});

export type TokenCommand = CommandOf<typeof tokenDefinition>;
export type TokenEvent = EventOf<typeof tokenDefinition>;

export const tokenCodes = codesOf(tokenDefinition);
/** Makes an event of this contract. */
export const tokenEvent = eventMaker(tokenDefinition);
