import { getProposedShifts } from '#lib/queries/proposed-shifts.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { read } from '../../../_http/monitoring.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Shifts of cores that are proposed now, with the alert behind each, and what the asking program may take back. */
export async function GET(request: Request): Promise<Response> {
  return read(request, getProposedShifts);
}
