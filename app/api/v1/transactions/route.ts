import { z } from 'zod';
import { relayTransaction } from '#lib/commands/relay-transaction.ts';
import { SIGNED_HEX_LENGTH_MAX } from '#lib/commands/submit-signed.ts';
import { otherMethods } from '../../_http/methods.ts';
import { parseBody, readBody, readWait } from '../../_http/read.ts';
import { answering, json, problem } from '../../_http/respond.ts';

const PREFIX_LENGTH = '0x'.length;
const submissionShape = z.strictObject({
  transaction: z
    .string()
    .min(2)
    .max(PREFIX_LENGTH + SIGNED_HEX_LENGTH_MAX, 'is longer than 16 KiB')
    .regex(/^(0x)?([0-9a-fA-F]{2})+$/, 'is not hex'),
});

export const { DELETE, GET, HEAD, OPTIONS, PATCH, PUT } = otherMethods('POST');

/** Submits a signed transaction: 200 with its outcome when it was decided within `wait`, 202 when not, a problem when it was not taken. */
export async function POST(request: Request): Promise<Response> {
  return answering(async () => {
    const wait = readWait(new URL(request.url));
    if (!wait.ok) return wait.response;
    const body = await readBody(request);
    if (!body.ok) return body.response;
    const parsed = parseBody(request, body.value, submissionShape);
    if (!parsed.ok) return parsed.response;
    const relayed = await relayTransaction(parsed.value.transaction, wait.value);
    switch (relayed.state) {
      case 'decided':
        return json(relayed.item);
      case 'waiting':
        return json({ tx: relayed.tx }, 202);
      case 'refused':
        return problem(relayed.code, { retryAfterSeconds: relayed.retryAfterSeconds });
    }
  });
}
