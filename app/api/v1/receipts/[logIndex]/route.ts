import { runAs } from '#lib/auth/viewer.ts';
import { getReceipt } from '#lib/queries/receipt.ts';
import { portalCodes } from '#lib/errors.ts';
import { agentOf } from '../../../_http/agent.ts';
import { limited } from '../../../_http/limited.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { readInteger } from '../../../_http/read.ts';
import { notFound, problem } from '../../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** The receipt file: of public kinds for anybody, of an order's for its parties by session or agent's signature. */
export async function GET(request: Request, { params }: { params: Promise<{ logIndex: string }> }): Promise<Response> {
  return limited('read', async () => {
    const logIndex = readInteger((await params).logIndex);
    if (logIndex === undefined) return notFound();
    if (!request.headers.has('authorization')) return file(await getReceipt(logIndex), logIndex);
    const agent = await agentOf(request, '');
    if (agent === undefined) return problem(portalCodes.AGENT_SIGNATURE_INVALID);
    return runAs(agent, async () => file(await getReceipt(logIndex), logIndex));
  });
}

function file(receipt: Record<string, unknown> | null, logIndex: number): Response {
  if (receipt === null) return notFound();
  return new Response(`${JSON.stringify(receipt, null, 2)}\n`, {
    headers: {
      'content-type': 'application/json',
      'cache-control': 'no-store',
      'content-disposition': `attachment; filename="interpool-receipt-${logIndex}.json"`,
    },
  });
}
