import { portalCodes } from '#lib/errors.ts';
import { getWhyNot } from '#lib/queries/demands.ts';
import { asSomebody } from '../../../../_http/agent.ts';
import { limited } from '../../../../_http/limited.ts';
import { otherMethods } from '../../../../_http/methods.ts';
import { readInteger } from '../../../../_http/read.ts';
import { json, notFound, problem } from '../../../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** What keeps offers from meeting a demand, for its customer and brokers; `after`: `next` of the page before. The ledger works it out anew. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return asSomebody(request, () =>
    limited('judging', async () => {
      const id = readInteger((await params).id);
      if (id === undefined) return notFound();
      const text = new URL(request.url).searchParams.get('after');
      const after = text === null ? undefined : readInteger(text);
      if (text !== null && after === undefined)
        return problem(portalCodes.INPUT_INVALID, { detail: 'after must be the number of a resource.' });
      const found = await getWhyNot(id, after);
      return found === null ? notFound() : json(found);
    }),
  );
}
