/** A contract's version in force, and what comes. Digests are 64 hexadecimal digits. */
export interface ContractVersionDto {
  name: string;
  version: number;
  digest: string;
  /** Since when, by which vote; null for the version of genesis. */
  since: { height: number; timeMs: number; proposal: number } | null;
  /** `isHeld`: this portal's ledger process has that version, with that digest. */
  scheduled: { version: number; digest: string; proposal: number; activatesAtMs: number; isHeld: boolean } | null;
  /** Versions that this portal's ledger process can execute. */
  held: { version: number; digest: string; revision: string }[];
}

/** `contracts` is null while the ledger process does not answer. */
export interface ContractVersionsDto {
  contracts: ContractVersionDto[] | null;
}
