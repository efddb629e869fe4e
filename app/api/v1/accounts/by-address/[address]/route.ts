import { getAccountByAddress } from '#lib/queries/account.ts';
import { answering, json, notFound } from '../../../../_http/respond.ts';

/** Account and key of an address. */
export async function GET(_request: Request, { params }: { params: Promise<{ address: string }> }): Promise<Response> {
  return answering(async () => {
    const found = await getAccountByAddress((await params).address);
    return found === null ? notFound() : json(found);
  });
}
