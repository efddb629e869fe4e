'use server';

import { getRefusedProgram } from '#lib/queries/refused-programs.ts';
import type { RefusedProgramDto } from '#lib/shared/demand-dto.ts';

const DIGEST = /^[0-9a-f]{64}$/;

/** The vote by which nobody runs a program any more; null for one that may be asked for. */
export async function refusalOf(algorithm: unknown): Promise<RefusedProgramDto | null> {
  return typeof algorithm === 'string' && DIGEST.test(algorithm) ? getRefusedProgram(algorithm) : null;
}
