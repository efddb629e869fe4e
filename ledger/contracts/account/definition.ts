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
import { ROLES } from '#ledger/contracts/shared/roles.ts';
import { accountName, tokensInWords, written } from '#ledger/contracts/shared/sentence-words.ts';

/** Longest label of an authorised key. */
export const LABEL_MAX = 64;
/** Resources that an authorised key can be limited to. */
export const KEY_RESOURCES_MAX = 32;

export const accountDefinition = defineContract({
  id: 1,
  name: 'account',
  version: 1n,
  revision: 'founding',
  methods: {
    /**
     * The account's own first transaction: header account 0, key 0, nonce 0. `owner` is who signs it and becomes key 0; without it two
     * people who sign the same words would share one transaction id.
     */
    CreateAccount: method({
      does: 'Creates your account on the ledger. You hold its key; nobody else can sign for it.',
      fields: { owner: 'address', profileCommitment: 'bytes32', encryptionKey: 'bytes32' },
      delegation: { to: 'owner-only' },
      from: 'signed-in',
      readers: 'everyone',
      fieldReaders: { profileCommitment: 'commitment' },
    }),
    /** An empty `resources` means every resource of the account. `proof` is the new key's own signature over possessionDigest (key-possession.ts), 65 bytes. */
    AuthorizeKey: method({
      does: 'Lets another key, such as your agent’s, act for your account: only for these actions and resources, up to the spending cap, until it expires.',
      fields: {
        keyAddress: 'address',
        label: 'string',
        methods: 'string[]',
        resources: 'Id[]',
        spendingCapMicro: 'Micro',
        expiresAtMs: 'TimeMs',
        proof: 'bytes',
      },
      delegation: { to: 'owner-only' },
      from: 'account',
      readers: 'everyone',
    }),
    RevokeKey: method({
      does: 'Takes back what a key may do for your account, from now on.',
      fields: { revokedKey: 'uint32' },
      delegation: { to: 'owner-only' },
      from: 'account',
      readers: 'everyone',
    }),
    /** A new device's X25519 public key; open grants keep the key they were sealed to until re-issued. */
    SetEncryptionKey: method({
      does: 'Names the key that access links are sealed to. Links of orders that run keep the old one until you ask for them again.',
      fields: { encryptionKey: 'bytes32' },
      delegation: { to: 'owner-only' },
      from: 'account',
      readers: 'everyone',
    }),
    UpdateProfile: method({
      does: 'Records a salted hash of your profile. The profile itself stays in the portal.',
      fields: { profileCommitment: 'bytes32' },
      delegation: { to: 'owner-only' },
      from: 'account',
      readers: 'everyone',
      fieldReaders: { profileCommitment: 'commitment' },
    }),
  },
  events: {
    AccountCreated: event({
      fields: {
        account: 'Id',
        address: 'address',
        profileCommitment: 'bytes32',
        encryptionKey: 'bytes32',
        createdAtMs: 'TimeMs',
      },
      subjects: { account: 'account' },
      readers: 'everyone',
      fieldReaders: { profileCommitment: 'commitment' },
      says: ({ account }) => `${accountName(account)} was created.`,
    }),
    KeyAuthorized: event({
      fields: {
        account: 'Id',
        key: 'uint32',
        address: 'address',
        label: 'string',
        methods: 'string[]',
        resources: 'Id[]',
        spendingCapMicro: 'Micro',
        expiresAtMs: 'TimeMs',
      },
      subjects: { account: 'account' },
      readers: 'everyone',
      says: ({ account, key, label }) => `${accountName(account)} authorised key ${key} (${written(label)}).`,
    }),
    KeyRevoked: event({
      fields: { account: 'Id', key: 'uint32', by: 'Id' },
      subjects: { account: 'account' },
      readers: 'everyone',
      says: ({ account, key }) => `${accountName(account)} revoked key ${key}.`,
    }),
    /** An authorised key spent from its cap; the owner key has none and leaves no such event. */
    KeySpent: event({
      fields: { account: 'Id', key: 'uint32', amountMicro: 'Micro', spentMicro: 'Micro' },
      subjects: { account: 'account' },
      readers: 'parties',
      publicly: 'An authorised key spent from its cap; its account sees how much.',
      says: ({ account, key, amountMicro }) =>
        `Key ${key} of ${accountName(account)} spent ${tokensInWords(amountMicro)} of its cap.`,
    }),
    EncryptionKeySet: event({
      fields: { account: 'Id', encryptionKey: 'bytes32' },
      subjects: { account: 'account' },
      readers: 'everyone',
      says: ({ account }) => `${accountName(account)} set a new encryption key.`,
    }),
    ProfileUpdated: event({
      fields: { account: 'Id', profileCommitment: 'bytes32' },
      subjects: { account: 'account' },
      readers: 'everyone',
      fieldReaders: { profileCommitment: 'commitment' },
      says: ({ account }) => `${accountName(account)} committed to a new profile.`,
    }),
    /** `proposal` is 0 for roles given by genesis or on creation. */
    RoleGranted: event({
      fields: { account: 'Id', role: ROLES, proposal: 'Id' },
      subjects: { account: 'account' },
      readers: 'everyone',
      says: ({ account, role }) => `${accountName(account)} was given the role ${role}.`,
    }),
  },
  codes: {
    ADDRESS_TAKEN: code(
      101,
      409,
      'This address already belongs to an account; nothing changed and no money moved. Sign in with it, or use another key.',
    ),
    KEY_LIMIT_REACHED: code(
      102,
      409,
      'Your account has as many keys as it can have; nothing changed and no money moved. Revoke one that you no longer need.',
    ),
    OWNER_KEY_REQUIRED: code(
      103,
      403,
      'Only the owner’s own key may do this; nothing changed and no money moved. Sign with the owner’s key.',
    ),
    KEY_UNKNOWN: code(
      104,
      404,
      'Your account has no such key; nothing changed and no money moved. Choose one from the list.',
    ),
    METHOD_UNKNOWN: code(
      105,
      400,
      'A key cannot be allowed one of these actions; nothing changed and no money moved. Choose other actions.',
    ),
    EXPIRY_NOT_IN_FUTURE: code(
      106,
      400,
      'The key would already have expired; nothing changed and no money moved. Choose a later time.',
    ),
    LABEL_INVALID: code(
      107,
      400,
      'The key’s label is empty, too long or contains characters that cannot be displayed; nothing changed and no money moved. Choose another.',
    ),
    RESOURCE_NOT_OWN: code(
      108,
      403,
      'One of these resources is not yours; nothing changed and no money moved. Choose from your own.',
    ),
    KEY_ALREADY_REVOKED: code(
      109,
      409,
      'You revoked this key before; nothing changed and no money moved. There is nothing more to do.',
    ),
    ENCRYPTION_KEY_INVALID: code(
      110,
      400,
      'The encryption key is not valid; nothing changed and no money moved. Make a new one and sign again.',
    ),
    KEY_NOT_PROVED: code(
      111,
      400,
      'The proof is not by this key for your account on this network; nothing changed and no money moved. Ask the key’s holder for a new proof.',
    ),
  },
  parameters: {
    newAccountGrantMicro: {
      id: 6,
      min: 0n,
      max: 1_000_000_000_000_000n,
      initial: 0n,
      unit: 'micro-units',
      title: 'Tokens that a new account gets',
    },
  },
});

export type AccountCommand = CommandOf<typeof accountDefinition>;
export type AccountEvent = EventOf<typeof accountDefinition>;
export type AccountArgs<Name extends MethodNameOf<typeof accountDefinition>> = ArgsOf<typeof accountDefinition, Name>;

export const accountCodes = codesOf(accountDefinition);
/** Makes an event of this contract. */
export const accountEvent = eventMaker(accountDefinition);
