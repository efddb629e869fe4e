import { data } from '#ledger/contracts/kinds/data.ts';
import { VOUCHER_SECRET, AGENT_SECRET } from '#ledger/contracts/testing/vouchers.ts';
import { addressOfSecret, amountsOfUse, filled, perHour, runs } from '#ledger/contracts/testing/samples.ts';
import { voucherDigest } from '#ledger/contracts/shared/voucher.ts';
import { equal, toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { voucherOf } from '#agent/voucher-signer/offer.ts';
import { SignedVouchers } from '#agent/voucher-signer/signed-vouchers.ts';
import { VoucherSigner, type SignerParts } from '#agent/voucher-signer/signer.ts';

export const NETWORK = filled(200);
export const START_MS = 1_800_000_000_000;
const MINUTE_MS = 60_000n;

/** A signer of O-7: an hour of minutes at 3.6 tokens, which allows 0.06 tokens a minute and 2 in all, ten minutes after the start. */
export function sampleSigner({ file, ...of }: { file: string; url: string } & Partial<SignerParts>): {
  signer: VoucherSigner;
  kept: SignedVouchers;
} {
  const agent = addressOfSecret(AGENT_SECRET, crypto);
  const opened = SignedVouchers.open(file);
  if (!opened.ok) throw new Error(opened.sentence);
  const kept = opened.value;
  const signer = new VoucherSigner({
    last: kept.lastOf(7n),
    keep: (signed) => kept.keep(signed),
    network: NETWORK,
    secretKey: VOUCHER_SECRET,
    terms: {
      agreement: 7n,
      kind: data,
      prices: [perHour(3_600_000n)],
      promise: [],
      amounts: amountsOfUse(),
      degradedPerMille: 500n,
      durationMs: 60n * MINUTE_MS,
      intervalMs: MINUTE_MS,
      holdMicro: 3_600_000n,
      startsAtMs: BigInt(START_MS),
    },
    rule: { perMinuteMicro: 60_000n, inAllMicro: 2_000_000n },
    token: 'ab'.repeat(32),
    nowMs: () => START_MS + 600_000,
    isAgent: (address) => Promise.resolve(equal(address, agent)),
    ...of,
  });
  return { signer, kept };
}

export interface SampleOffer {
  interval: number;
  amountMicro: string;
  used: Record<string, number>;
  runs: string;
}

/** What a gateway asks for, signed by the agent; one interval, kept, at its price unless a test says otherwise. */
export function sampleOffer(
  fields: Partial<SampleOffer> = {},
  secret = AGENT_SECRET,
): SampleOffer & { signature: string } {
  const { interval = 1 } = fields;
  const kept = toHex(runs(['kept', Math.max(1, interval)]));
  const offer = { interval, amountMicro: String(interval * 60_000), used: { calls: 2 }, runs: kept, ...fields };
  const digest = voucherDigest(voucherOf(7, offer), NETWORK, crypto)!;
  return { ...offer, signature: toHex(crypto.signRecoverable(digest, secret)) };
}
