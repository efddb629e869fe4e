import 'server-only';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import { chargeLines, soFarMicro } from '#ledger/contracts/shared/charge.ts';
import type { Price, Service } from '#ledger/contracts/shared/price.ts';
import { amountOf, type Quantity } from '#ledger/contracts/shared/terms.ts';
import { toPriceDto, toQuantityDto } from '#lib/shared/amounts-dto.ts';
import type { BillDto } from '#lib/shared/dto.ts';
import { claimedRuns, toRunDto, wholeRuns, type StoredClaim, type TimedRun } from './runs.ts';

/** A settled order's facts, from the rows of its agreement, its claims and its bill. */
export interface BillFacts {
  kind: string;
  prices: readonly Price[];
  promise: readonly Quantity[];
  degradedPerMille: bigint;
  intervalMs: bigint;
  /** What was reserved and asked for. */
  amounts: readonly Quantity[];
  used: readonly Quantity[];
  claims: readonly StoredClaim[];
  /** 0 when the window never began. */
  startsAtMs: bigint;
  /** The end that counts: the window's, or an earlier one. */
  untilMs: bigint;
  /** Time that a price for the whole use stands for. */
  wholeMs: bigint;
  holdMicro: bigint;
  chargeMicro: bigint;
  feeMicro: bigint;
  refundMicro: bigint;
  contested: boolean;
  tx: string | null;
  settledAtMs: bigint;
  durationMs: bigint;
  /** Time of each state that the ledger billed. */
  keptMs: bigint;
  degradedMs: bigint;
  /** Null for an order without a payment channel. */
  channel: BillChannel | null;
}

/** What of a bill stands on a voucher. */
export interface BillChannel {
  agreedMicro: bigint;
  claimedMicro: bigint;
  /** The newest that was shown; null where none was. */
  voucher: { runs: string; untilMs: bigint; amountMicro: bigint; used: readonly Quantity[] } | null;
}

interface BilledRun extends TimedRun {
  readonly isAgreed: boolean;
}

interface Line {
  price: Price;
  /** Reserved of a held meter, used of a counted one. */
  amount: bigint;
  amountMicro: bigint;
}

const WHOLE_PER_MILLE = 1_000n;

function factorOf({ state }: TimedRun, degradedPerMille: bigint): bigint {
  if (state === 'kept') return WHOLE_PER_MILLE;
  return state === 'degraded' ? degradedPerMille : 0n;
}

function timeOf(runs: readonly TimedRun[], state: TimedRun['state']): bigint {
  return runs.reduce((sum, run) => (run.state === state ? sum + run.endMs - run.startMs : sum), 0n);
}

/** What a voucher leaves the customer of what the price rule makes of its own use: as the contract takes it off. */
function lessMicro(facts: BillFacts): bigint {
  const kind = findKind(facts.kind);
  const voucher = facts.channel?.voucher ?? null;
  if (voucher === null || kind === undefined) return 0n;
  const runs = voucherRuns(facts);
  const agreed = { used: voucher.used, keptMs: timeOf(runs, 'kept'), degradedMs: timeOf(runs, 'degraded') };
  const ruledMicro = soFarMicro({ ...facts, kind }, agreed);
  return ruledMicro > voucher.amountMicro ? ruledMicro - voucher.amountMicro : 0n;
}

function voucherRuns(facts: BillFacts): TimedRun[] {
  const voucher = facts.channel?.voucher ?? null;
  const { startsAtMs: fromMs } = facts;
  return voucher === null ? [] : claimedRuns([{ runs: voucher.runs, fromMs, untilMs: voucher.untilMs }], facts);
}

/** Every run that the bill is made of. In a channel: what the voucher covers, and of the claim behind it as much served time as was billed. */
function billedRuns(facts: BillFacts): BilledRun[] {
  const { startsAtMs, untilMs: endsAtMs, channel } = facts;
  if (startsAtMs === 0n) return [];
  const claimed = claimedRuns(facts.claims, facts);
  if (channel === null)
    return wholeRuns(claimed, { startsAtMs, endsAtMs }, facts).map((run) => ({ ...run, isAgreed: false }));
  const agreed = voucherRuns(facts);
  const coveredMs = channel.voucher?.untilMs ?? startsAtMs;
  const left = {
    kept: facts.keptMs - timeOf(agreed, 'kept'),
    degraded: facts.degradedMs - timeOf(agreed, 'degraded'),
    down: endsAtMs - coveredMs,
  };
  const beyond = claimed.flatMap((run): TimedRun[] => {
    const startMs = run.startMs > coveredMs ? run.startMs : coveredMs;
    if (run.endMs <= startMs) return [];
    const wholeMs = run.endMs - startMs;
    const servedMs = left[run.state] < wholeMs ? left[run.state] : wholeMs;
    left[run.state] -= servedMs;
    const served = servedMs > 0n ? [{ ...run, startMs, endMs: startMs + servedMs }] : [];
    const unpaid = { startMs: startMs + servedMs, endMs: run.endMs, state: 'down', measured: [] } as const;
    return servedMs < wholeMs ? [...served, unpaid] : served;
  });
  const after = coveredMs < endsAtMs ? wholeRuns(beyond, { startsAtMs: coveredMs, endsAtMs }, facts) : [];
  return [...agreed.map((run) => ({ ...run, isAgreed: true })), ...after.map((run) => ({ ...run, isAgreed: false }))];
}

/** What the price rule makes of the rows, line by line, computed anew: the check of the ledger's own charge. Never more than was held. */
function chargedLines(facts: BillFacts, runs: readonly TimedRun[]): Line[] {
  const { prices, amounts: reserved, used, degradedPerMille, wholeMs, holdMicro } = facts;
  const meters = findKind(facts.kind)?.meters ?? {};
  const keptMs = timeOf(runs, 'kept');
  const service: Service = { keptMs, degradedMs: timeOf(runs, 'degraded'), degradedPerMille, wholeMs };
  const owed = chargeLines({ kind: { meters }, prices, amounts: reserved }, { used }, service);
  const sumMicro = sumOf(owed);
  const mostMicro = (sumMicro < holdMicro ? sumMicro : holdMicro) - lessMicro(facts);
  let leftMicro = mostMicro > 0n ? mostMicro : 0n;
  return prices.map((price, index) => {
    const owedMicro = owed[index] ?? 0n;
    const amountMicro = owedMicro < leftMicro ? owedMicro : leftMicro;
    leftMicro -= amountMicro;
    const isHeld = meters[price.meter]?.counting === 'held';
    return { price, amount: amountOf(isHeld ? reserved : used, price.meter), amountMicro };
  });
}

/**
 * The charge of each run: its part of the whole by time and factor. Each run takes what is due up to its end less what the earlier ones
 * took, rounded down, so that no remainder is left and the same bill is always cut the same way.
 */
function runCharges(runs: readonly TimedRun[], chargeMicro: bigint, degradedPerMille: bigint): bigint[] {
  const weights = runs.map((run) => (run.endMs - run.startMs) * factorOf(run, degradedPerMille));
  const whole = weights.reduce((sum, weight) => sum + weight, 0n);
  let reached = 0n;
  let chargedMicro = 0n;
  return weights.map((weight) => {
    reached += weight;
    const dueMicro = whole === 0n ? 0n : (chargeMicro * reached) / whole;
    const ownMicro = dueMicro - chargedMicro;
    chargedMicro = dueMicro;
    return ownMicro;
  });
}

function gap(left: bigint, right: bigint): bigint {
  return left < right ? right - left : left - right;
}

function sumOf(amounts: readonly bigint[]): bigint {
  return amounts.reduce((sum, amount) => sum + amount, 0n);
}

/** The statement of a settled order. `unexplainedMicro` is what its rows leave unexplained: 0 unless something is wrong. */
export function toBill(facts: BillFacts): BillDto {
  const { promise, degradedPerMille, holdMicro, channel, chargeMicro, feeMicro, refundMicro } = facts;
  const runs = billedRuns(facts);
  const lines = chargedLines(facts, runs);
  const charges = runCharges(runs, chargeMicro, degradedPerMille);
  const linesMicro = sumOf(lines.map(({ amountMicro }) => amountMicro));
  const unexplained =
    gap(holdMicro, chargeMicro + refundMicro) + gap(chargeMicro, linesMicro) + gap(chargeMicro, sumOf(charges));
  return {
    lines: lines.map(({ price, amount, amountMicro }) => ({
      price: toPriceDto(price),
      amount: Number(amount),
      amountMicro: amountMicro.toString(),
    })),
    runs: runs.map((run, index) => ({
      ...toRunDto(run, promise),
      factorPerMille: Number(factorOf(run, degradedPerMille)),
      chargeMicro: (charges[index] ?? 0n).toString(),
      isAgreed: run.isAgreed,
    })),
    channel: channel && {
      agreedMicro: channel.agreedMicro.toString(),
      claimedMicro: channel.claimedMicro.toString(),
      agreedUntilMs: channel.voucher === null ? null : Number(channel.voucher.untilMs),
    },
    promise: promise.map(toQuantityDto),
    keptMs: Number(timeOf(runs, 'kept')),
    degradedMs: Number(timeOf(runs, 'degraded')),
    degradedPerMille: Number(degradedPerMille),
    wholeMs: Number(facts.wholeMs),
    holdMicro: holdMicro.toString(),
    chargeMicro: chargeMicro.toString(),
    providerMicro: (chargeMicro - feeMicro).toString(),
    feeMicro: feeMicro.toString(),
    refundMicro: refundMicro.toString(),
    contested: facts.contested,
    unexplainedMicro: unexplained.toString(),
    tx: facts.tx,
    settledAtMs: Number(facts.settledAtMs),
  };
}
