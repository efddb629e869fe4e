import { getHead } from '#lib/queries/head.ts';
import { limited } from '../../_http/limited.ts';
import { otherMethods } from '../../_http/methods.ts';
import { readFrom } from '../../_http/read.ts';
import { notFound } from '../../_http/respond.ts';
import { file } from '../../_http/file.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** The newest decided header with its commit, and a trail from genesis or from the height that the reader trusts (`?from=`). */
export async function GET(request: Request): Promise<Response> {
  return limited('read', async () => {
    const from = readFrom(new URL(request.url));
    if (!from.ok) return from.response;
    const head = await getHead(from.value);
    return head === null ? notFound() : file(head, 'interpool-head.json');
  });
}
