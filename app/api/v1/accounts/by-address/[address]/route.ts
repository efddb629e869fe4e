import { getAccountByAddress } from '#lib/queries/account.ts';
import { limited } from '../../../../_http/limited.ts';
import { otherMethods } from '../../../../_http/methods.ts';
import { json, notFound } from '../../../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Account and key of an address. */
export async function GET(_request: Request, { params }: { params: Promise<{ address: string }> }): Promise<Response> {
  return limited('read', async () => {
    const found = await getAccountByAddress((await params).address);
    return found === null ? notFound() : json(found);
  });
}
