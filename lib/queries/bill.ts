import 'server-only';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import { lineChargeMicro, type Price, type Service } from '#ledger/contracts/shared/price.ts';
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

/** What the price rule makes of the rows, line by line, computed anew: the check of the ledger's own charge. Never more than was held. */
function chargedLines(facts: BillFacts, runs: readonly TimedRun[]): Line[] {
  const { prices, amounts: reserved, used, degradedPerMille, wholeMs, holdMicro } = facts;
  const meters = findKind(facts.kind)?.meters ?? {};
  const keptMs = timeOf(runs, 'kept');
  const service: Service = { keptMs, degradedMs: timeOf(runs, 'degraded'), degradedPerMille, wholeMs };
  let leftMicro = holdMicro;
  return prices.map((price) => {
    const isHeld = meters[price.meter]?.counting === 'held';
    const owedMicro = lineChargeMicro(price, { isHeld, reserved, used, service });
    const amountMicro = owedMicro < leftMicro ? owedMicro : leftMicro;
    leftMicro -= amountMicro;
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
  const { promise, degradedPerMille, startsAtMs, untilMs, holdMicro, chargeMicro, feeMicro, refundMicro } = facts;
  const window = { startsAtMs, endsAtMs: untilMs };
  const runs = startsAtMs === 0n ? [] : wholeRuns(claimedRuns(facts.claims, facts), window, facts);
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
    })),
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
