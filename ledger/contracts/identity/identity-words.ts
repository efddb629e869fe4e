/** How sure the operator is: its database says the same word for word, or a person has looked. */
export const IDENTITY_LEVELS = ['compared', 'reviewed'] as const;
export type IdentityLevel = (typeof IDENTITY_LEVELS)[number];

export const LEVELS: Readonly<Record<IdentityLevel, string>> = {
  compared: 'compared with its own records by its program',
  reviewed: 'reviewed by a person',
};

/** What a person states of itself to an operator, by the names under which a refusal tells of it. */
export const CLAIM_FIELDS = ['name', 'document', 'subscriber'] as const;
export type ClaimField = (typeof CLAIM_FIELDS)[number];

export const CLAIM_TITLES: Readonly<Record<ClaimField, string>> = {
  name: 'name',
  document: 'document number',
  subscriber: 'subscriber number',
};

export const REVOCATIONS = {
  'contract-ended': 'the contract with the operator has ended',
  'data-changed': 'what was compared is not so any more',
  misuse: 'it was misused',
  mistake: 'it was given by mistake',
} as const;
export type Revocation = keyof typeof REVOCATIONS;
export const REVOCATION_NAMES = Object.keys(REVOCATIONS) as readonly Revocation[];
