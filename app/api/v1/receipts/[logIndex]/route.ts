import { getReceipt, getReceiptName } from '#lib/queries/receipt.ts';
import { asReader } from '../../../_http/agent.ts';
import { file } from '../../../_http/file.ts';
import { limited } from '../../../_http/limited.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { readFrom, readInteger } from '../../../_http/read.ts';
import { notFound } from '../../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/**
 * The receipt file: of public kinds for anybody, of an order's for its parties by session or agent's signature. Its trail begins at
 * genesis or at the height that the reader trusts (`?from=`).
 */
export async function GET(request: Request, { params }: { params: Promise<{ logIndex: string }> }): Promise<Response> {
  return limited('read', async () => {
    const logIndex = readInteger((await params).logIndex);
    if (logIndex === undefined) return notFound();
    const from = readFrom(new URL(request.url));
    if (!from.ok) return from.response;
    return asReader(request, async () => {
      const receipt = await getReceipt(logIndex, from.value);
      return receipt === null ? notFound() : file(receipt, await getReceiptName(logIndex));
    });
  });
}
