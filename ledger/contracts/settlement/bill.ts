import { quotient } from '#ledger/core/integer.ts';
import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import { lineChargeMicro, type Price, type Service } from '#ledger/contracts/shared/price.ts';
import { amountOf, type Quantity } from '#ledger/contracts/shared/terms.ts';

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

/** What was claimed: use, and the time in which the promise was kept and not kept. */
export interface Claimed {
  readonly used: readonly Quantity[];
  readonly keptMs: bigint;
  readonly degradedMs: bigint;
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

/** What each price line costs of what was served, in the order of the lines. */
export function chargeLines(
  terms: Pick<BillTerms, 'kind' | 'prices' | 'amounts'>,
  claim: { readonly used: readonly Quantity[] },
  service: Service,
): bigint[] {
  const { kind, prices, amounts: reserved } = terms;
  return prices.map((price) => {
    const isHeld = kind.meters[price.meter]?.counting === 'held';
    return lineChargeMicro(price, { isHeld, reserved, used: claim.used, service });
  });
}

/** True when the claim reaches what was asked for of some meter. A provider that only says so would get the price of the whole use for a moment of it. */
function isUsedUp({ kind, amounts }: BillTerms, { used }: Claimed): boolean {
  return amounts.some(({ meter, amount }) => kind.used.includes(meter) && amountOf(used, meter) >= amount);
}

/** All time from the start to the real end is kept, degraded or down; what no claim covers is down, and down costs nothing. At most the hold. */
export function bill(terms: BillTerms, claim: Claimed): BillAmounts {
  const { startsAtMs, endedAtMs, degradedPerMille, holdMicro, feePerMille } = terms;
  const passedMs = startsAtMs === 0n || endedAtMs <= startsAtMs ? 0n : endedAtMs - startsAtMs;
  const isServed = passedMs !== 0n && terms.whole !== 'nothing';
  const { keptMs, degradedMs } = isServed ? claim : { keptMs: 0n, degradedMs: 0n };
  const isWholePassed = terms.whole === 'passed' || (terms.whole === 'passed-if-claimed' && isUsedUp(terms, claim));
  const wholeMs = isWholePassed ? passedMs : terms.durationMs;
  const service = { keptMs, degradedMs, degradedPerMille, wholeMs };
  const owedMicro = chargeLines(terms, claim, service).reduce((sum, line) => sum + line, 0n);
  const chargeMicro = owedMicro < holdMicro ? owedMicro : holdMicro;
  const feeMicro = quotient(chargeMicro * feePerMille, 1_000n);
  const downMs = passedMs - keptMs - degradedMs;
  return { keptMs, degradedMs, downMs, wholeMs, chargeMicro, feeMicro, refundMicro: holdMicro - chargeMicro };
}
