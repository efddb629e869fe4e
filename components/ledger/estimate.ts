import type { ShownKind } from '#components/kinds/kinds.ts';
import type { Estimate } from '#components/kinds/kind.ts';
import { countOf } from '#components/ui/count.ts';
import { microInWords } from '#components/ui/format.ts';
import type { PriceDto, TermDto } from '#lib/shared/dto.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import { amountInWords, meterOf } from './amounts.ts';
import { holdMicroFor } from './prices.ts';

/** More digits of an estimate would say nothing: three, and of a tenth of a token and more none after the second decimal. */
const DIGITS = 3;
const TENTH_MICRO = 100_000n;
const HUNDREDTH_MICRO = 10_000n;

/** Half up. */
function rounded(amountMicro: bigint): bigint {
  const byDigits = 10n ** BigInt(Math.max(0, amountMicro.toString().length - DIGITS));
  const unit = amountMicro >= TENTH_MICRO && byDigits < HUNDREDTH_MICRO ? HUNDREDTH_MICRO : byDigits;
  return ((amountMicro + unit / 2n) / unit) * unit;
}

function aboutTokens(amountMicro: bigint, isMost: boolean): string {
  return `${isMost ? 'at most ' : ''}about ${microInWords(rounded(amountMicro))}`;
}

/** What the estimated amount costs, in micro-units; undefined where the prices do not depend on it. */
export function estimatedMicro({ meter, amount }: Estimate, prices: readonly PriceDto[]): bigint | undefined {
  const priced = prices.filter((price) => price.meter === meter && price.amountMicro !== '0');
  if (priced.length === 0) return undefined;
  return holdMicroFor(priced, { amounts: [{ meter, amount }], durationMs: 0 });
}

/** `about 76.0 kB, about 0.38 tokens`. */
export function estimateInWords(estimate: Estimate, prices: readonly PriceDto[], { ledger }: ShownKind): string {
  const { amount, isMost, meter } = estimate;
  const about = `${isMost ? 'at most ' : ''}about ${amountInWords(amount, meterOf(ledger, meter))}`;
  const micro = estimatedMicro(estimate, prices);
  return micro === undefined ? about : `${about}, ${aboutTokens(micro, isMost)}`;
}

/** The estimate for these choices; undefined where there is none. */
export function estimateFor(estimates: readonly Estimate[], choices: readonly TermDto[]): Estimate | undefined {
  return estimates.find((estimate) =>
    estimate.choices.every(({ name, value }) =>
      choices.some((choice) => choice.name === name && choice.value === value),
    ),
  );
}

/** How the allowance that is asked for compares with the estimate; `isShort` where it is used up before all of it has come. */
export function allowanceAgainst(
  estimate: Estimate,
  of: { readonly amounts: readonly Quantity[]; readonly kind: ShownKind },
): { readonly isShort: boolean; readonly sentence: string } | undefined {
  const { meter, amount, what, isMost } = estimate;
  const asked = of.amounts.find((quantity) => quantity.meter === meter)?.amount;
  if (asked === undefined || amount === 0n) return undefined;
  const counted = meterOf(of.kind.ledger, meter);
  const allowance = `The allowance of ${amountInWords(asked, counted)}`;
  const needed = `${isMost ? 'at most ' : ''}about ${amountInWords(amount, counted)}`;
  if (asked < amount) {
    const sentence = `${allowance} ${isMost ? 'may be' : 'is'} less than ${what} once, which take ${needed}. The order ends when it is used up: ask for more, or ask the link for a part.`;
    return { isShort: true, sentence };
  }
  const sentence = `${allowance} is enough for ${what} ${isMost ? 'at least ' : 'about '}${countOf(asked / amount, 'time')}.`;
  return { isShort: false, sentence };
}
