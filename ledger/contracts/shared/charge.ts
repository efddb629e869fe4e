import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import { lineChargeMicro, type Price, type Service } from './price.ts';
import type { Quantity } from './terms.ts';

/** Under which terms a use is charged while it goes on. */
interface ChargeTerms {
  readonly prices: readonly Price[];
  readonly amounts: readonly Quantity[];
  readonly degradedPerMille: bigint;
  readonly durationMs: bigint;
  readonly holdMicro: bigint;
}

/** What was claimed: use, and the time in which the promise was kept and not kept. */
export interface Claimed {
  readonly used: readonly Quantity[];
  readonly keptMs: bigint;
  readonly degradedMs: bigint;
}

/** How the meters of a kind are counted. */
interface Counting {
  readonly kind: Pick<Kind, 'meters'>;
}

/** What each price line costs of what was served, in the order of the lines. */
export function chargeLines(
  terms: Pick<ChargeTerms, 'prices' | 'amounts'> & Counting,
  claim: { readonly used: readonly Quantity[] },
  service: Service,
): bigint[] {
  const { kind, prices, amounts: reserved } = terms;
  return prices.map((price) => {
    const isHeld = kind.meters[price.meter]?.counting === 'held';
    return lineChargeMicro(price, { isHeld, reserved, used: claim.used, service });
  });
}

/** What a use that is still going on costs by the price rule, at most the hold: the amount of its next voucher. */
export function soFarMicro(terms: ChargeTerms & Counting, { used, keptMs, degradedMs }: Claimed): bigint {
  const { degradedPerMille, durationMs: wholeMs, holdMicro } = terms;
  const lines = chargeLines(terms, { used }, { keptMs, degradedMs, degradedPerMille, wholeMs });
  const owedMicro = lines.reduce((sum, line) => sum + line, 0n);
  return owedMicro < holdMicro ? owedMicro : holdMicro;
}
