/** Roles of Y.2345 (6.2) by their standard abbreviations. Their order is part of the state: counts of holders stand under the index. */
export const ROLES = ['NRC', 'NRP', 'NRB', 'NRNSP', 'NRNSM', 'NO'] as const;
export type Role = (typeof ROLES)[number];
