import { voucherDigest } from '#ledger/contracts/shared/voucher.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { addressOfSecret, filled, quantities, runs } from './samples.ts';

/** Vouchers for tests: the customer's key, and what a side shows of a voucher that the other signed. */

export const VOUCHER_SECRET = filled(41);
export const VOUCHER_KEY = addressOfSecret(VOUCHER_SECRET, crypto);

/** What the agent of `test-ledger.ts` signs with. */
export const AGENT_SECRET = filled(31);

export interface VoucherFields {
  agreement?: bigint;
  amountMicro?: bigint;
  interval?: bigint;
  used?: ReturnType<typeof quantities>;
  runs?: Uint8Array;
}

/** Arguments of CloseChannel with a signature of `secret`; one interval of the sample data set, kept, unless a test says otherwise. */
export function voucherArgs(
  fields: VoucherFields,
  by: { readonly secret: Uint8Array; readonly network: Uint8Array },
): Args {
  const { interval = 1n } = fields;
  const kept = interval === 0n ? new Uint8Array(0) : runs(['kept', Number(interval)]);
  const voucher = {
    agreement: 1n,
    amountMicro: interval * 60_000n,
    interval,
    used: quantities({}),
    runs: kept,
    ...fields,
  };
  const digest = voucherDigest(voucher, by.network, crypto);
  return { ...voucher, signature: crypto.signRecoverable(digest!, by.secret) };
}
