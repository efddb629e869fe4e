import { ascending, quotient } from '#ledger/core/integer.ts';
import { CHAIN_MAX, SEARCH_MAX, SENDERS_MAX, TRAIL_EPOCHS } from './definition.ts';

/** Whether a customer paid with its provider's own tokens: who sent tokens to whom by transfers, of the last epochs and within bounds. */

/** One that sent tokens: how much within the remembered time, and in which epoch last. */
export type Sender = { from: bigint; sumMicro: bigint; epoch: bigint };

export type Trail = {
  senders: Sender[];
  /** What came from senders that had to make room, and in which epoch that last happened. */
  forgottenMicro: bigint;
  forgottenEpoch: bigint;
};

const NOBODY: Trail = { senders: [], forgottenMicro: 0n, forgottenEpoch: 0n };

const isRecent = (epoch: bigint, now: bigint): boolean => epoch + TRAIL_EPOCHS >= now;

/** The trail with one more transfer. Where there are too many senders, the smallest sum makes room, and is added to what is forgotten. */
export function remember(
  trail: Trail = NOBODY,
  { from, amountMicro, epoch }: { from: bigint; amountMicro: bigint; epoch: bigint },
): Trail {
  const recent = trail.senders.filter((sender) => isRecent(sender.epoch, epoch));
  const before = recent.find((sender) => sender.from === from)?.sumMicro ?? 0n;
  const others = recent.filter((sender) => sender.from !== from);
  const senders = [...others, { from, sumMicro: before + amountMicro, epoch }];
  const isKept = isRecent(trail.forgottenEpoch, epoch);
  const forgotten = isKept ? trail.forgottenMicro : 0n;
  if (senders.length <= SENDERS_MAX)
    return { senders, forgottenMicro: forgotten, forgottenEpoch: isKept ? trail.forgottenEpoch : 0n };
  const smallest = senders.reduce((least, sender) => (sender.sumMicro < least.sumMicro ? sender : least));
  return {
    senders: senders.filter((sender) => sender !== smallest),
    forgottenMicro: forgotten + smallest.sumMicro,
    forgottenEpoch: epoch,
  };
}

/**
 * What the transfers say of an order's tokens. A step counts where it brought a sixteenth of the charge or more: dust makes nobody suspect,
 * and of sixteen senders that brought the whole charge one brought as much. `own-tokens`: at most four steps lead from the provider to the
 * customer. `unknown-tokens`: what senders that made room brought to the customer would pay the order.
 */
export function tokensBehind(
  trailOf: (account: bigint) => Trail | undefined,
  of: { provider: bigint; customer: bigint; chargeMicro: bigint; epoch: bigint },
): 'own-tokens' | 'unknown-tokens' | undefined {
  const { provider, customer, chargeMicro, epoch } = of;
  const least = quotient(chargeMicro + BigInt(SENDERS_MAX) - 1n, BigInt(SENDERS_MAX));
  const seen = new Set([customer]);
  let reached = [customer];
  for (let step = 0; step < CHAIN_MAX && reached.length > 0; step++) {
    const next: bigint[] = [];
    for (const account of reached) {
      const senders = trailOf(account)?.senders ?? [];
      for (const { from } of senders.filter((one) => isRecent(one.epoch, epoch) && one.sumMicro >= least)) {
        if (from === provider) return 'own-tokens';
        if (seen.has(from) || seen.size >= SEARCH_MAX) continue;
        seen.add(from);
        next.push(from);
      }
    }
    reached = next.toSorted(ascending);
  }
  const { forgottenMicro, forgottenEpoch } = trailOf(customer) ?? NOBODY;
  return isRecent(forgottenEpoch, epoch) && forgottenMicro > 0n && forgottenMicro >= chargeMicro
    ? 'unknown-tokens'
    : undefined;
}
