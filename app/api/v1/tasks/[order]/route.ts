import { getTask } from '#lib/queries/tasks.ts';
import { asSomebody } from '../../../_http/agent.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { readInteger } from '../../../_http/read.ts';
import { json, notFound } from '../../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** The divided task of an order: whole for its customer, of a provider's own ranges for a provider that runs some of it. */
export async function GET(request: Request, { params }: { params: Promise<{ order: string }> }): Promise<Response> {
  return asSomebody(request, async () => {
    const order = readInteger((await params).order);
    const task = order === undefined ? null : await getTask(order);
    return task === null ? notFound() : json(task);
  });
}
