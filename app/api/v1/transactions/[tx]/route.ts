import { awaitReadable } from '#lib/commands/relay-transaction.ts';
import { asReader } from '../../../_http/agent.ts';
import { limited } from '../../../_http/limited.ts';
import { otherMethods } from '../../../_http/methods.ts';
import { readWait } from '../../../_http/read.ts';
import { json, notFound } from '../../../_http/respond.ts';

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/**
 * The outcome of a transaction, waited for up to `wait` milliseconds. What a private one made (`data`) its parties read by session or
 * agent's signature, everybody else null.
 */
export async function GET(request: Request, { params }: { params: Promise<{ tx: string }> }): Promise<Response> {
  return limited('read', async () => {
    const tx = /^(?:0x)?([0-9a-f]{64})$/i.exec((await params).tx)?.[1]?.toLowerCase();
    if (tx === undefined) return notFound();
    const wait = readWait(new URL(request.url));
    if (!wait.ok) return wait.response;
    return asReader(request, async () => {
      const found = await awaitReadable(tx, wait.value);
      return found.state === 'decided' ? json(found.item) : notFound();
    });
  });
}
