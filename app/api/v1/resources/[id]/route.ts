import { getResource } from '#lib/queries/resource.ts';
import { readInteger } from '../../../_http/read.ts';
import { answering, json, notFound } from '../../../_http/respond.ts';

/** One resource with metadata, strategy and history. */
export async function GET(_request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return answering(async () => {
    const id = readInteger((await params).id);
    const resource = id === undefined ? null : await getResource(id);
    return resource === null ? notFound() : json(resource);
  });
}
