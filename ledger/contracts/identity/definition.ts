import { timeInWords } from '#ledger/contracts/shared/amount-words.ts';
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
import { accountName } from '#ledger/contracts/shared/sentence-words.ts';
import {
  CLAIM_TITLES,
  IDENTITY_LEVELS,
  LEVELS,
  REVOCATIONS,
  REVOCATION_NAMES,
  type ClaimField,
} from './identity-words.ts';

/** Requests that wait for one operator. */
export const REQUESTS_MAX = 256;
/** An operator that says nothing for so long has refused. */
export const REQUEST_LIFE_MS = 14n * 86_400_000n;
export const VALIDITY_MS_MIN = 60_000n;
export const VALIDITY_MS_MAX = 400n * 86_400_000n;

const named = (fields: readonly string[]): string =>
  fields.map((field) => CLAIM_TITLES[field as ClaimField]).join(' and the ');

/**
 * Who an account is, as an operator of its choice says [7.2.1-a, 8.5.2-a]. On the ledger stand a salted commitment, the operator and its
 * verdict. What was stated lies at the portal, sealed to the operator, until the verdict.
 */
export const identityDefinition = defineContract({
  id: 9,
  name: 'identity',
  version: 1n,
  revision: 'founding',
  methods: {
    /** `sealingKey`: X25519, of the operator's own program; all zero: no more. */
    OfferIdentification: method({
      does: 'Says that you identify accounts, and names the key that what they state is sealed to; a key of zeros: no more.',
      fields: { sealingKey: 'bytes32' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NO'],
      readers: 'everyone',
    }),
    /** `commitment`: SHA-256 of the claim with its salt (claim.ts). */
    ApplyIdentity: method({
      does: 'Asks an operator to identify you. What you state is sealed in this browser: only the operator can open it.',
      fields: { operator: 'Id', commitment: 'bytes32' },
      delegation: { to: 'owner-only' },
      from: 'account',
      readers: 'parties',
      fieldReaders: { commitment: 'commitment' },
    }),
    WithdrawIdentity: method({
      does: 'Takes your request for identification back, if the operator has not answered yet.',
      fields: { operator: 'Id' },
      delegation: { to: 'owner-only' },
      from: 'account',
      readers: 'parties',
    }),
    /** `level`: IDENTITY_LEVELS. `subscriber`: the operator's keyed tag of the subscriber (claim.ts), so that one subscriber has one account. */
    AttestIdentity: method({
      does: 'Says that you know who this account is, until when that holds, and how you compared it. Everybody reads that you identified it, nobody who it is.',
      fields: {
        subject: 'Id',
        commitment: 'bytes32',
        subscriber: 'bytes32',
        level: 'string',
        endsAtMs: 'TimeMs',
      },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NO'],
      readers: 'everyone',
      fieldReaders: { commitment: 'commitment', subscriber: 'commitment' },
    }),
    /** `fields`: which of CLAIM_FIELDS do not agree, ascending; never their values. */
    RefuseIdentity: method({
      does: 'Says that what this account states is not what you know, by the kind of field alone.',
      fields: { subject: 'Id', commitment: 'bytes32', fields: 'string[]' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NO'],
      readers: 'parties',
      fieldReaders: { commitment: 'commitment' },
    }),
    /** `reason`: REVOCATIONS. */
    RevokeIdentity: method({
      does: 'Takes your identification of an account back. What asks for it is refused to the account from now on, and its orders that were granted by it end at once.',
      fields: { subject: 'Id', reason: 'string' },
      delegation: { to: 'any-key', measuredOn: 'account' },
      from: ['NO'],
      readers: 'everyone',
    }),
  },
  events: {
    /** `sealingKey` all zero: it identifies nobody any more. */
    IdentificationOffered: event({
      fields: { operator: 'Id', sealingKey: 'bytes32', atMs: 'TimeMs' },
      subjects: { account: 'operator' },
      readers: 'everyone',
      says: ({ operator, sealingKey }) =>
        sealingKey.some((byte) => byte !== 0)
          ? `${accountName(operator)} identifies accounts.`
          : `${accountName(operator)} identifies accounts no more.`,
    }),
    IdentityRequested: event({
      fields: { account: 'Id', operator: 'Id', commitment: 'bytes32', atMs: 'TimeMs' },
      subjects: { account: ['account', 'operator'] },
      readers: 'parties',
      publicly: 'An account asked an operator to identify it; the two of them see more.',
      fieldReaders: { commitment: 'commitment' },
      says: ({ account, operator }) => `${accountName(account)} asked ${accountName(operator)} to identify it.`,
    }),
    IdentityWithdrawn: event({
      fields: { account: 'Id', operator: 'Id', atMs: 'TimeMs' },
      subjects: { account: ['account', 'operator'] },
      readers: 'parties',
      publicly: 'An account took its request for identification back.',
      says: ({ account, operator }) => `${accountName(account)} took its request to ${accountName(operator)} back.`,
    }),
    /** `by`: the operator, 0 where nobody answered in time. `fields` empty: no reason but time. */
    IdentityRefused: event({
      fields: { account: 'Id', operator: 'Id', by: 'Id', fields: 'string[]', atMs: 'TimeMs' },
      subjects: { account: ['account', 'operator'] },
      readers: 'parties',
      publicly: 'An operator did not identify an account; the two of them see why.',
      says: ({ account, operator, by, fields }) =>
        by === 0n
          ? `${accountName(operator)} did not answer ${accountName(account)} in time.`
          : `${accountName(operator)} did not identify ${accountName(account)}: its records differ in the ${named(fields)}.`,
    }),
    IdentityAttested: event({
      fields: {
        account: 'Id',
        operator: 'Id',
        commitment: 'bytes32',
        subscriber: 'bytes32',
        level: IDENTITY_LEVELS,
        endsAtMs: 'TimeMs',
        atMs: 'TimeMs',
      },
      subjects: { account: ['account', 'operator'] },
      readers: 'everyone',
      fieldReaders: { commitment: 'commitment', subscriber: 'commitment' },
      says: ({ account, operator, level, endsAtMs }) =>
        `${accountName(operator)} identified ${accountName(account)}, ${LEVELS[level]}, until ${timeInWords(endsAtMs)}.`,
    }),
    /** `reason` `expired` by itself; `replaced` by the next attestation; else as the operator says. */
    IdentityEnded: event({
      fields: { account: 'Id', operator: 'Id', reason: ['expired', 'replaced', ...REVOCATION_NAMES], atMs: 'TimeMs' },
      subjects: { account: ['account', 'operator'] },
      readers: 'everyone',
      says: ({ account, operator, reason }) => {
        const of = `${accountName(operator)}’s identification of ${accountName(account)}`;
        if (reason === 'expired') return `${of} expired.`;
        return reason === 'replaced'
          ? `${of} made room for a newer one.`
          : `${of} was revoked: ${REVOCATIONS[reason]}.`;
      },
    }),
  },
  codes: {
    OPERATOR_UNKNOWN: code(
      901,
      404,
      'This account identifies nobody; nothing changed and no money moved. Choose an operator from the list.',
    ),
    OWN_IDENTITY: code(
      902,
      403,
      'Nobody identifies itself; nothing changed and no money moved. Choose another operator.',
    ),
    REQUEST_WAITS: code(
      903,
      409,
      'A request of yours waits for an answer; nothing changed and no money moved. Wait for it, or take it back first.',
    ),
    TOO_MANY_REQUESTS: code(
      904,
      409,
      'As many requests wait for this operator as may; nothing changed and no money moved. Try again later, or choose another.',
    ),
    REQUEST_UNKNOWN: code(
      905,
      404,
      'No such request waits for you; nothing changed and no money moved. It was answered, withdrawn, or followed by another. Reload the page.',
    ),
    LEVEL_INVALID: code(
      906,
      400,
      'There is no such level; nothing changed and no money moved. Choose one from the list.',
    ),
    VALIDITY_INVALID: code(
      907,
      400,
      'An identification holds for at least a minute and at most 400 days; nothing changed and no money moved. Choose another end.',
    ),
    SUBSCRIBER_TAKEN: code(
      908,
      409,
      'This subscriber is identified under another account; nothing changed and no money moved. Revoke that one first, or refuse this.',
    ),
    FIELDS_INVALID: code(
      909,
      400,
      'A refusal names at least one kind of field, each once; nothing changed and no money moved. Choose which differ.',
    ),
    NOT_IDENTIFIED: code(
      910,
      404,
      'You have not identified this account; nothing changed and no money moved. Reload the page.',
    ),
    REASON_INVALID: code(
      911,
      400,
      'There is no such reason; nothing changed and no money moved. Choose one from the list.',
    ),
    OPERATOR_ROLE_REQUIRED: code(
      912,
      403,
      'Only operators identify accounts; nothing changed and no money moved. Request the role of an operator first.',
    ),
    SEALING_KEY_INVALID: code(
      913,
      400,
      'This is no key that anything can be sealed to; nothing changed and no money moved. Name the key of your program.',
    ),
  },
  parameters: {},
});

export type IdentityEvent = EventOf<typeof identityDefinition>;
export type IdentityCommand = CommandOf<typeof identityDefinition>;
export type IdentityArgs<Name extends MethodNameOf<typeof identityDefinition>> = ArgsOf<
  typeof identityDefinition,
  Name
>;

export const identityCodes = codesOf(identityDefinition);
/** Makes an event of this contract. */
export const identityEvent = eventMaker(identityDefinition);
