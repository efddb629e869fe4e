import { z } from 'zod';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import type { Voucher } from '#ledger/contracts/shared/voucher.ts';
import { fromHex } from '#ledger/core/bytes.ts';

/** What a gateway and a customer write to each other about vouchers, and what each keeps of them. */

const count = z.number().int().min(0);
const signature = z.string().regex(/^[0-9a-f]{130}$/);
/** A voucher as gateways write it, signed by the agent: `amountMicro` decimal, `used` by meter, `runs` hex. */
export const offerSchema = z.strictObject({
  interval: count.max(0xffff_ffff),
  amountMicro: z.string().regex(/^\d{1,19}$/),
  used: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/), count).readonly(),
  runs: z
    .string()
    .max(16_384)
    .regex(/^([0-9a-f]{2})*$/),
  /** The agent's. */
  signature,
});
export type Offer = z.infer<typeof offerSchema>;

/** How a channel stands, as its gateway answers. */
export const channelAnswerSchema = z.strictObject({
  agreement: count,
  agreed: z.strictObject({ interval: count, amountMicro: z.string() }).nullable(),
  due: offerSchema.nullable(),
  isPaused: z.boolean(),
});
export type ChannelAnswer = z.infer<typeof channelAnswerSchema>;

export const signedVoucherSchema = z.strictObject({
  agreement: count,
  ...offerSchema.shape,
  voucherSignature: signature,
});
/** What was signed, with both signatures: what the customer's side can show on the ledger. */
export type SignedVoucher = z.infer<typeof signedVoucherSchema>;

/** The ledger's list of amounts: ascending by meter, each above zero. */
export function quantitiesOf(amounts: Readonly<Record<string, number>>): Quantity[] {
  return Object.entries(amounts)
    .filter(([, amount]) => amount > 0)
    .sort(([left], [right]) => (left < right ? -1 : 1))
    .map(([meter, amount]) => ({ meter, amount: BigInt(amount) }));
}

/** An offer as both sides sign it. */
export function voucherOf(agreement: number, { interval, amountMicro, used, runs }: Omit<Offer, 'signature'>): Voucher {
  const numbers = { agreement: BigInt(agreement), amountMicro: BigInt(amountMicro), interval: BigInt(interval) };
  return { ...numbers, used: quantitiesOf(used), runs: fromHex(runs) ?? new Uint8Array(0) };
}
