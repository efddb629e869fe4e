/** Admission codes of the machine itself, in order of precedence; contracts' codes are contract id × 100 + n. */
export const admissionCodes = {
  MALFORMED: 1,
  TOO_LARGE: 2,
  WRONG_NETWORK: 3,
  METHOD_UNKNOWN: 4,
  SIGNATURE_INVALID: 5,
  EXPIRED: 6,
  VALIDITY_TOO_LONG: 7,
  ACCOUNT_UNKNOWN: 8,
  KEY_UNKNOWN: 9,
  SIGNER_MISMATCH: 10,
  KEY_REVOKED: 11,
  KEY_EXPIRED: 12,
  KEY_NOT_ALLOWED: 13,
  NONCE_USED: 14,
  NONCE_TOO_FAR: 15,
  QUOTA_EXCEEDED: 16,
  TOO_MANY_WAITING: 17,
  /** Cannot be taken now (stopping, no quorum known, mempool full), or the results of its block had no room for it: try again. */
  UNAVAILABLE: 18,
} as const;
