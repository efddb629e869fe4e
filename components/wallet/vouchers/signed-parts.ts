import type { SignedVoucher } from '#agent/voucher-signer/offer.ts';
import type { Beside } from '#agent/voucher-signer/rule.ts';

/** What one key signed for the agreements of an order or a plan: its newest voucher of each. Pure. */

export function newestOf(lasts: readonly SignedVoucher[], agreement: number): SignedVoucher | null {
  return lasts.find((last) => last.agreement === agreement) ?? null;
}

/** When an agreement's intervals are. */
export interface PartTime {
  readonly startsAtMs: number;
  readonly intervalMs: number;
}

/** What the key signed for the other agreements than this one; null for nothing. One whose times are not known counts by its amount alone. */
export function besideOf(
  lasts: readonly SignedVoucher[],
  agreement: number,
  timeOf: (agreement: number) => PartTime | undefined,
): Beside | null {
  const others = lasts.filter((last) => last.agreement !== agreement);
  const covered = others.flatMap((last) => {
    const time = timeOf(last.agreement);
    return time === undefined
      ? []
      : [{ from: time.startsAtMs, until: time.startsAtMs + last.interval * time.intervalMs }];
  });
  const own = timeOf(agreement)?.startsAtMs ?? 0;
  if (others.length === 0) return null;
  return {
    amountMicro: others.reduce((sum, { amountMicro }) => sum + BigInt(amountMicro), 0n),
    startsAtMs: BigInt(Math.min(own, ...covered.map(({ from }) => from))),
    untilMs: BigInt(Math.max(own, ...covered.map(({ until }) => until))),
  };
}
