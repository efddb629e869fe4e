import type { Context } from 'koa';
import { z } from 'zod';
import { authenticate, type Situation } from '#agent/gateway/access.ts';
import { isAllowed, sendJson, sendProblem } from '#agent/gateway/reply.ts';
import { readBody, refuseBody } from '#agent/gateway/request.ts';
import type { Problem } from '#agent/gateway/problem.ts';
import type { Order } from '#agent/order-book.ts';
import { KindRefusal } from '#agent/resources/kind.ts';
import type { Channels } from './channels.ts';

const BODY_BYTES_MAX = 1_024;
/** Where the vouchers of an order are asked for and sent to, behind its address. */
const VOUCHERS_PATH = '/vouchers';

const signedSchema = z.strictObject({
  interval: z.number().int().min(1).max(0xffff_ffff),
  signature: z.string().regex(/^[0-9a-f]{130}$/),
});

/** Told while nothing is served for want of a voucher: with the one that is due. */
export function voucherDue(order: Order, channels: Channels): Problem {
  const { agreement } = order.terms;
  const sentence = `Order O-${agreement} waits for a voucher: sign the one that is due and send it to this order’s ${VOUCHERS_PATH}; it then goes on. Nothing was counted.`;
  return { status: 402, reason: 'voucher-due', agreement, retryAfterS: 1, sentence, channel: channels.stateOf(order) };
}

/** Whether a call is about the vouchers of an order that has a channel; of others that path is their kind's. */
export function asksForVouchers(path: string, { order }: Situation): boolean {
  return path === VOUCHERS_PATH && order !== undefined && order.channel !== null;
}

/** `GET` answers what is due; `POST` with `{interval, signature}` takes the customer's signature on it, and answers what is due then. */
export async function answerVouchers(ctx: Context, situation: Situation, channels: Channels): Promise<void> {
  // The end of an order, too, can be agreed on once it is over.
  const known = authenticate(situation);
  if (!known.ok) return sendProblem(ctx, known.problem);
  if (!isAllowed(ctx, ['GET', 'POST'])) return;
  const { order } = known;
  if (ctx.method === 'GET') return sendJson(ctx, channels.stateOf(order));
  const refused = refuseBody(ctx.req, BODY_BYTES_MAX);
  if (refused !== null) return sendProblem(ctx, refused);
  const { agreement } = order.terms;
  const signed = await bodyOf(ctx);
  if ('status' in signed) return sendProblem(ctx, { agreement, ...signed });
  const taken = channels.agree(order, signed);
  if (taken.ok) return sendJson(ctx, taken.value);
  const channel = channels.stateOf(order);
  sendProblem(ctx, { status: 409, reason: 'voucher-not-taken', agreement, sentence: taken.sentence, channel });
}

async function bodyOf(ctx: Context): Promise<z.infer<typeof signedSchema> | Problem> {
  const left = new AbortController();
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of readBody(ctx.req, { bytesMax: BODY_BYTES_MAX, signal: left.signal })) chunks.push(chunk);
    return signedSchema.parse(JSON.parse(Buffer.concat(chunks).toString('utf8')));
  } catch (error) {
    if (error instanceof KindRefusal) return error.problem;
    const sentence = 'A voucher is sent as {"interval": <number>, "signature": "<130 hex digits>"}.';
    return { status: 400, reason: 'request-invalid', sentence };
  }
}
