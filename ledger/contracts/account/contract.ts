/** Y.2345 roles, by their standard abbreviations (6.2). */
export const ROLES = ['NRC', 'NRP', 'NRB', 'NRNSP', 'NRNSM', 'NO'] as const;
export type Role = (typeof ROLES)[number];

export type AccountEvent =
  | {
      contract: 'account';
      version: 1n;
      type: 'AccountCreated';
      account: bigint;
      address: Uint8Array;
      profileCommitment: Uint8Array;
      encryptionKey: Uint8Array;
      createdAtMs: bigint;
    }
  | {
      contract: 'account';
      version: 1n;
      type: 'KeyAuthorized';
      account: bigint;
      key: bigint;
      address: Uint8Array;
      label: string;
      methods: string[];
      resources: bigint[];
      spendingCapMicro: bigint;
      expiresAtMs: bigint;
    }
  | { contract: 'account'; version: 1n; type: 'KeyRevoked'; account: bigint; key: bigint; by: bigint }
  | { contract: 'account'; version: 1n; type: 'EncryptionKeySet'; account: bigint; encryptionKey: Uint8Array }
  | { contract: 'account'; version: 1n; type: 'ProfileUpdated'; account: bigint; profileCommitment: Uint8Array }
  /** `proposal` is 0 for roles given by genesis or on creation. */
  | { contract: 'account'; version: 1n; type: 'RoleGranted'; account: bigint; role: Role; proposal: bigint };

export const accountCodes = {
  ADDRESS_TAKEN: 101,
  KEY_LIMIT_REACHED: 102,
  OWNER_KEY_REQUIRED: 103,
  KEY_UNKNOWN: 104,
  METHOD_UNKNOWN: 105,
  EXPIRY_NOT_IN_FUTURE: 106,
  LABEL_INVALID: 107,
  RESOURCE_NOT_OWN: 108,
  KEY_ALREADY_REVOKED: 109,
  ENCRYPTION_KEY_INVALID: 110,
} as const;
