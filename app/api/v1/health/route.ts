import { getHealth } from '#lib/queries/health.ts';
import { limitedWhereCounted } from '../../_http/limited.ts';
import { otherMethods } from '../../_http/methods.ts';
import { json } from '../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Whether ledger, database and read model answer and keep up; 200 either way, because the portal itself did answer. */
export async function GET(): Promise<Response> {
  return limitedWhereCounted('health', async () => json(await getHealth()));
}
