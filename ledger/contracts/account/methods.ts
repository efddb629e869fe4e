import type { Method } from '#ledger/core/transaction.ts';

/** Contract id of `account`. */
export const ACCOUNT = 1;

/**
 * The account's own first transaction: header account 0, key 0, nonce 0. `owner` is who signs it and becomes key 0; without it two people
 * who sign the same words would share one transaction id.
 */
export const CreateAccount = {
  name: 'CreateAccount',
  contract: ACCOUNT,
  types: {
    CreateAccount: [
      { name: 'owner', type: 'address' },
      { name: 'profileCommitment', type: 'bytes32' },
      { name: 'encryptionKey', type: 'bytes32' },
    ],
  },
} as const satisfies Method;
export type CreateAccountArgs = { owner: Uint8Array; profileCommitment: Uint8Array; encryptionKey: Uint8Array };

/** Lets another key (an agent's) act for the account, within methods, resources, spending and time. Owner key only. */
export const AuthorizeKey = {
  name: 'AuthorizeKey',
  contract: ACCOUNT,
  types: {
    AuthorizeKey: [
      { name: 'keyAddress', type: 'address' },
      { name: 'label', type: 'string' },
      { name: 'methods', type: 'string[]' },
      { name: 'resources', type: 'uint64[]' },
      { name: 'spendingCapMicro', type: 'uint64' },
      { name: 'expiresAtMs', type: 'uint64' },
    ],
  },
} as const satisfies Method;
/** An empty `resources` means every resource of the account. */
export type AuthorizeKeyArgs = {
  keyAddress: Uint8Array;
  label: string;
  methods: string[];
  resources: bigint[];
  spendingCapMicro: bigint;
  expiresAtMs: bigint;
};

export const RevokeKey = {
  name: 'RevokeKey',
  contract: ACCOUNT,
  types: { RevokeKey: [{ name: 'revokedKey', type: 'uint32' }] },
} as const satisfies Method;
export type RevokeKeyArgs = { revokedKey: bigint };

/** A new device's X25519 public key; open grants keep the key they were sealed to until re-issued. */
export const SetEncryptionKey = {
  name: 'SetEncryptionKey',
  contract: ACCOUNT,
  types: { SetEncryptionKey: [{ name: 'encryptionKey', type: 'bytes32' }] },
} as const satisfies Method;
export type SetEncryptionKeyArgs = { encryptionKey: Uint8Array };

export const UpdateProfile = {
  name: 'UpdateProfile',
  contract: ACCOUNT,
  types: { UpdateProfile: [{ name: 'profileCommitment', type: 'bytes32' }] },
} as const satisfies Method;
export type UpdateProfileArgs = { profileCommitment: Uint8Array };

export const accountMethods = [CreateAccount, AuthorizeKey, RevokeKey, SetEncryptionKey, UpdateProfile] as const;
