import { nextNonce } from '#lib/commands/hand-out-nonce.ts';
import { limited } from '../../../../_http/limited.ts';
import { otherMethods } from '../../../../_http/methods.ts';
import { readInteger } from '../../../../_http/read.ts';
import { json, notFound } from '../../../../_http/respond.ts';

const KEY_MAX = 65_535;

export const { DELETE, OPTIONS, PATCH, POST, PUT } = otherMethods('GET');

/** Hands out the next nonce of an account's key; no two answers are the same. */
export async function GET(request: Request, { params }: { params: Promise<{ id: string }> }): Promise<Response> {
  return limited('nonce', async () => {
    const id = readInteger((await params).id);
    const key = readInteger(new URL(request.url).searchParams.get('key') ?? '0');
    if (id === undefined || id === 0 || key === undefined || key > KEY_MAX) return notFound();
    const handed = await nextNonce(id, key);
    return handed === null ? notFound() : json(handed);
  });
}
