import { getConsensus } from '#lib/queries/consensus.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { read } from '../../../_http/monitoring.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** The last 200 blocks by validator. */
export async function GET(request: Request): Promise<Response> {
  return read(request, getConsensus);
}
