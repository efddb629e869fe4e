import { getHealth } from '#lib/queries/health.ts';
import { answering, json } from '../../_http/respond.ts';

/** Whether ledger and read model answer and keep up; 200 either way, because the portal itself did answer. */
export async function GET(): Promise<Response> {
  return answering(async () => json(await getHealth()));
}
