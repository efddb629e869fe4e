import { nextNonce } from '#lib/commands/hand-out-nonce.ts';
import { asReader } from '../../../../_http/agent.ts';
import { limited } from '../../../../_http/limited.ts';
import { otherMethods } from '../../../../_http/methods.ts';
import { readInteger } from '../../../../_http/read.ts';
import { json, notFound, problem } from '../../../../_http/respond.ts';

const KEY_MAX = 65_535;
/** When those that were handed out may have been used, or be too old. */
const RETRY_SECONDS = 60;

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Hands out the next nonce of an account's key; no two answers are the same. The account's own agent signs, and is given more. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return limited('nonce', async () => {
    const id = readInteger((await params).id);
    const key = readInteger(new URL(request.url).searchParams.get('key') ?? '0');
    if (id === undefined || id === 0 || key === undefined || key > KEY_MAX) return notFound();
    return asReader(request, async () => {
      const next = await nextNonce(id, key);
      return next.ok ? json(next.handed) : problem(next.code, { retryAfterSeconds: RETRY_SECONDS });
    });
  });
}
