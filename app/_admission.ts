import 'server-only';
import { codeOfFault, portalCodes } from '#lib/errors.ts';
import { getAdmission } from '#lib/queries/admission.ts';
import type { AdmissionDto } from '#lib/shared/dto.ts';

/** What the contract says before anything is stated: of the conditions about the person, its verdict. Null while the ledger is away. */
export async function firstAdmission(resource: number): Promise<AdmissionDto | null> {
  try {
    return await getAdmission({ resource, purpose: '', field: '', durationMs: 0, choices: [], amounts: [] });
  } catch (error) {
    if (codeOfFault(error) === portalCodes.INTERNAL) throw error;
    return null;
  }
}
