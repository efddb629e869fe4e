import 'server-only';
import type { AdmissionDto } from '#lib/shared/dto.ts';

/** `durationMs`, `calls` and `bytes` are what the customer means to ask for. */
export interface AdmissionQuestion {
  resource: number;
  purpose: string;
  field: string;
  durationMs: number;
  format: string;
  calls: number;
  bytes: string;
}

export async function getAdmission(use: AdmissionQuestion): Promise<AdmissionDto | null> {
  void use;
  throw new Error('getAdmission is not written yet');
}
