import { getNode } from '#lib/queries/nodes.ts';
import { limited } from '../../../_http/limited.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { readInteger } from '../../../_http/read.ts';
import { json, notFound } from '../../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** One node of the register with every change of its status. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return limited('read', async () => {
    const id = readInteger((await params).id);
    const node = id === undefined ? null : await getNode(id);
    return node === null ? notFound() : json(node);
  });
}
