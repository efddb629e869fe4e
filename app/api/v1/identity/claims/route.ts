import { getWaitingClaims } from '#lib/queries/identity.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { read } from '../../../_http/monitoring.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Requests to be identified that wait for the operator's program, sealed to it. */
export function GET(request: Request): Promise<Response> {
  return read(request, getWaitingClaims);
}
