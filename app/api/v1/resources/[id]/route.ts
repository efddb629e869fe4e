import { getResource } from '#lib/queries/resource.ts';
import { limited } from '../../../_http/limited.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { readInteger } from '../../../_http/read.ts';
import { json, notFound } from '../../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** One resource with metadata, strategy and history. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return limited('read', async () => {
    const id = readInteger((await params).id);
    const resource = id === undefined ? null : await getResource(id);
    return resource === null ? notFound() : json(resource);
  });
}
