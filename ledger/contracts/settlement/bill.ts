import { lesser, quotient } from '#ledger/core/integer.ts';
import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import { chargeLines, soFarMicro, type Claimed } from '#ledger/contracts/shared/charge.ts';
import type { Price } from '#ledger/contracts/shared/price.ts';
import { amountOf, type Quantity } from '#ledger/contracts/shared/terms.ts';
import { AHEAD_INTERVALS } from '#ledger/contracts/channel/definition.ts';

/**
 * Time that a price for the whole use stands for: the agreed use, the time that passed, or the time that passed if the claim shows that the
 * allowance was used up. `nothing`: no time of it is paid, and nothing that was counted.
 */
export type Whole = 'agreed' | 'passed' | 'passed-if-claimed' | 'nothing';

/** Terms and times of an ended agreement; startsAtMs 0 when the window never began. */
export interface BillTerms {
  readonly kind: Kind;
  readonly prices: readonly Price[];
  readonly degradedPerMille: bigint;
  readonly amounts: readonly Quantity[];
  readonly durationMs: bigint;
  readonly startsAtMs: bigint;
  readonly endedAtMs: bigint;
  readonly whole: Whole;
  readonly holdMicro: bigint;
  readonly feePerMille: bigint;
}

export interface BillAmounts {
  readonly keptMs: bigint;
  readonly degradedMs: bigint;
  readonly downMs: bigint;
  readonly wholeMs: bigint;
  readonly chargeMicro: bigint;
  readonly feeMicro: bigint;
  readonly refundMicro: bigint;
}

/** True when the claim reaches what was asked for of some meter. A provider that only says so would get the price of the whole use for a moment of it. */
function isUsedUp({ kind, amounts }: BillTerms, { used }: Claimed): boolean {
  return amounts.some(({ meter, amount }) => kind.used.includes(meter) && amountOf(used, meter) >= amount);
}

/**
 * All time from the start to the real end is kept, degraded or down; what no claim covers is down, and down costs nothing. At most the hold,
 * and `lessMicro` less than that.
 */
export function bill(terms: BillTerms, claim: Claimed, lessMicro = 0n): BillAmounts {
  const { startsAtMs, endedAtMs, degradedPerMille, holdMicro, feePerMille } = terms;
  const passedMs = startsAtMs === 0n || endedAtMs <= startsAtMs ? 0n : endedAtMs - startsAtMs;
  const isServed = passedMs !== 0n && terms.whole !== 'nothing';
  const { keptMs, degradedMs } = isServed ? claim : { keptMs: 0n, degradedMs: 0n };
  const isWholePassed = terms.whole === 'passed' || (terms.whole === 'passed-if-claimed' && isUsedUp(terms, claim));
  const wholeMs = isWholePassed ? passedMs : terms.durationMs;
  const service = { keptMs, degradedMs, degradedPerMille, wholeMs };
  const owedMicro = chargeLines(terms, claim, service).reduce((sum, line) => sum + line, 0n);
  const mostMicro = lesser(owedMicro, holdMicro);
  const chargeMicro = mostMicro > lessMicro ? mostMicro - lessMicro : 0n;
  const feeMicro = quotient(chargeMicro * feePerMille, 1_000n);
  const downMs = passedMs - keptMs - degradedMs;
  return { keptMs, degradedMs, downMs, wholeMs, chargeMicro, feeMicro, refundMicro: holdMicro - chargeMicro };
}

/** What both sides of a channel agreed on by its newest voucher; zeros while none was shown. */
export interface Agreed extends Claimed {
  readonly amountMicro: bigint;
  /** 0 while no voucher was shown. */
  readonly untilMs: bigint;
}

/**
 * The bill of an order with a channel. What its voucher covers is as both agreed; of later time the claim counts for as long as a provider
 * may serve ahead of a voucher. A voucher about less than the price rule makes of it leaves the customer the difference; one about more
 * changes nothing [8.1.2-a].
 */
export function billInChannel(
  terms: BillTerms & { readonly intervalMs: bigint },
  claim: Claimed & { readonly untilMs: bigint },
  agreed: Agreed,
): BillAmounts & { readonly agreedMicro: bigint; readonly used: readonly Quantity[] } {
  const coveredMs = agreed.untilMs === 0n ? terms.startsAtMs : agreed.untilMs;
  const ruledMicro = agreed.untilMs === 0n ? 0n : soFarMicro(terms, agreed);
  const lessMicro = ruledMicro > agreed.amountMicro ? ruledMicro - agreed.amountMicro : 0n;
  const aheadMs = lesser(within(claim.untilMs - coveredMs), AHEAD_INTERVALS * terms.intervalMs);
  const keptMs = lesser(within(claim.keptMs - agreed.keptMs), aheadMs);
  const degradedMs = lesser(within(claim.degradedMs - agreed.degradedMs), aheadMs - keptMs);
  const served = { keptMs: agreed.keptMs + keptMs, degradedMs: agreed.degradedMs + degradedMs };
  const used = aheadMs === 0n ? agreed.used : mostOf(claim.used, agreed.used);
  const amounts = bill(terms, { used, ...served }, lessMicro);
  return { ...amounts, agreedMicro: lesser(agreed.amountMicro, amounts.chargeMicro), used };
}

/** Of every meter that either counts, the greater amount. */
function mostOf(left: readonly Quantity[], right: readonly Quantity[]): Quantity[] {
  const meters = [...new Set([...left, ...right].map(({ meter }) => meter))].sort();
  return meters.map((meter) => {
    const [one, other] = [amountOf(left, meter), amountOf(right, meter)];
    return { meter, amount: one > other ? one : other };
  });
}

function within(ms: bigint): bigint {
  return ms > 0n ? ms : 0n;
}
