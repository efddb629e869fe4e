import { getDemand, getOpenDemand } from '#lib/queries/demands.ts';
import { asSomebody } from '../../../_http/agent.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { readInteger } from '../../../_http/read.ts';
import { json, notFound } from '../../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** One demand with its plans for its customer and brokers; while it is open, what is asked for, for providers of its kinds. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asSomebody(request, async () => {
    const id = readInteger((await params).id);
    if (id === undefined) return notFound();
    const demand = (await getDemand(id)) ?? (await getOpenDemand(id));
    return demand === null ? notFound() : json(demand);
  });
}
