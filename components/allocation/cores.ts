import { writeNumber } from '#components/ui/number.ts';

/** Decimals of a core that the ledger keeps. */
export const CORE_DECIMALS = 3;

/** 1,500 thousandths as a field holds them: `1.5`. */
export function coresDraft(millicores: number): string {
  return writeNumber(BigInt(millicores), { decimals: CORE_DECIMALS });
}

/** 1,500 thousandths → `1.5 cores`. */
export function coresInWords(millicores: number): string {
  return `${coresDraft(millicores)} ${millicores === 1_000 ? 'core' : 'cores'}`;
}
