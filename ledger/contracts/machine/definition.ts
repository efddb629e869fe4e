import { code, codesOf, defineContract } from '#ledger/contracts/shared/definition.ts';

/** The machine's own records, codes and parameters: admission, quotas, epochs. It has no methods and leaves no events. */
export const machineDefinition = defineContract({
  id: 0,
  name: 'machine',
  version: 1n,
  revision: 'founding',
  methods: {},
  events: {},
  /** In order of precedence. */
  codes: {
    MALFORMED: code(
      1,
      400,
      'The transaction cannot be read; nothing was recorded and no money moved. Build and sign it again.',
    ),
    TOO_LARGE: code(
      2,
      413,
      'The transaction is larger than 16 KiB; nothing was recorded and no money moved. Shorten its texts and sign again.',
    ),
    WRONG_NETWORK: code(
      3,
      409,
      'The transaction was signed for another network; nothing was recorded and no money moved. Reload the page and sign again.',
    ),
    METHOD_UNKNOWN: code(
      4,
      400,
      'The ledger knows no such action; nothing was recorded and no money moved. Reload the page and sign again.',
    ),
    SIGNATURE_INVALID: code(5, 400, 'The signature is not valid; nothing was recorded and no money moved. Sign again.'),
    EXPIRED: code(
      6,
      409,
      'The transaction expired before the ledger took it; nothing was recorded and no money moved. Sign again.',
    ),
    VALIDITY_TOO_LONG: code(
      7,
      400,
      'The transaction asks to be valid for too long; nothing was recorded and no money moved. Reload the page and sign again.',
    ),
    ACCOUNT_UNKNOWN: code(
      8,
      409,
      'The ledger knows no such account; nothing was recorded and no money moved. Create your account first.',
    ),
    KEY_UNKNOWN: code(
      9,
      409,
      'The account has no such key; nothing was recorded and no money moved. Ask the account’s owner to authorise it.',
    ),
    SIGNER_MISMATCH: code(
      10,
      403,
      'The signature is by another key than the transaction names; nothing was recorded and no money moved. Choose the right wallet and sign again.',
    ),
    KEY_REVOKED: code(
      11,
      403,
      'The owner revoked this key; nothing was recorded and no money moved. Ask the owner to authorise a new one.',
    ),
    KEY_EXPIRED: code(
      12,
      403,
      'This key has expired; nothing was recorded and no money moved. Ask the owner to authorise it anew.',
    ),
    KEY_NOT_ALLOWED: code(
      13,
      403,
      'The owner did not allow this key to do that; nothing was recorded and no money moved. Sign with the owner’s key.',
    ),
    NONCE_USED: code(
      14,
      409,
      'This transaction, or another with its number, was already recorded; nothing happened twice. Look at your last transactions before you sign again.',
    ),
    NONCE_TOO_FAR: code(
      15,
      409,
      'The transaction’s number is too far ahead; nothing was recorded and no money moved. Reload the page and sign again.',
    ),
    QUOTA_EXCEEDED: code(
      16,
      429,
      'Your account has used up its transactions for now; nothing was recorded and no money moved. Try again in a few minutes.',
    ),
    TOO_MANY_WAITING: code(
      17,
      429,
      'Too many of your transactions wait already; this one was not taken and no money moved. Try again in a few seconds.',
    ),
    /** Cannot be taken now (stopping, no quorum known, mempool full), or the results of its block had no room for it. */
    UNAVAILABLE: code(
      18,
      503,
      'The ledger cannot take transactions right now; nothing was recorded and no money moved. Try again in a moment.',
    ),
    /** A stateless fault like the first five; numbers are never given twice, so it stands last. */
    OUT_OF_BOUNDS: code(
      19,
      400,
      'A number or time is larger than the ledger takes; nothing was recorded and no money moved. Correct it and sign again.',
    ),
  },
  parameters: {
    epochMs: { id: 4, min: 1_000n, max: 86_400_000n, initial: 600_000n, unit: 'ms', title: 'Length of an epoch' },
    validityMsMax: {
      id: 5,
      min: 1_000n,
      max: 3_600_000n,
      initial: 3_600_000n,
      unit: 'ms',
      title: 'Longest validity of a transaction',
    },
    createPerEpochMax: {
      id: 9,
      min: 1n,
      max: 1_000_000n,
      initial: 100n,
      unit: 'count',
      title: 'New accounts in an epoch',
    },
    transactionsPerEpochMax: {
      id: 10,
      min: 1n,
      max: 10_000_000n,
      initial: 1_000n,
      unit: 'count',
      title: 'Transactions of an account in an epoch',
    },
    bytesPerEpochMax: {
      id: 11,
      min: 16_384n,
      max: 1n << 40n,
      initial: 1_000_000n,
      unit: 'bytes',
      title: 'Bytes of an account’s transactions in an epoch',
    },
  },
});

/** Admission codes of the machine itself; contracts' codes are contract id × 100 + n. */
export const admissionCodes = codesOf(machineDefinition);
