import { isWithinAllowance, grows } from '#ledger/contracts/shared/claim.ts';
import { soFarMicro } from '#ledger/contracts/shared/charge.ts';
import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import type { Voucher } from '#ledger/contracts/shared/voucher.ts';
import type { Price } from '#ledger/contracts/shared/price.ts';
import { decodeRuns } from '#ledger/contracts/shared/runs.ts';
import { tokensInWords } from '#ledger/contracts/shared/sentence-words.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';

/** What a customer agreed to once: no voucher is signed beyond it. Micro-units. */
export interface SpendingRule {
  readonly perMinuteMicro: bigint;
  readonly inAllMicro: bigint;
}

/** The order as the ledger has it; `startsAtMs` is its window's start. */
export interface SignedTerms {
  readonly agreement: bigint;
  readonly kind: Kind;
  readonly prices: readonly Price[];
  readonly promise: readonly Quantity[];
  readonly amounts: readonly Quantity[];
  readonly degradedPerMille: bigint;
  readonly durationMs: bigint;
  readonly intervalMs: bigint;
  readonly holdMicro: bigint;
  readonly startsAtMs: bigint;
}

/** What was signed by the same rule for other orders: the parts of one plan. Micro-units; times are those that the vouchers cover, the first start to the last end. */
export interface Beside {
  readonly amountMicro: bigint;
  readonly startsAtMs: bigint;
  readonly untilMs: bigint;
}

const MINUTE_MS = 60_000n;
/** How far the clocks of customer and provider may be apart. */
const CLOCKS_APART_MS_MAX = 30_000n;

/**
 * Why a voucher is not signed, in a sentence; null when the customer's rule, the price rule and the order's own terms allow it and it is
 * newer than the `last` one in every number. Whether an interval was served as it says is the provider's word. The rule holds over this order
 * and those `beside` it together.
 */
export function whyNotSigned(
  voucher: Voucher,
  of: {
    readonly terms: SignedTerms;
    readonly rule: SpendingRule;
    readonly last: Voucher | null;
    readonly beside: Beside | null;
    readonly nowMs: bigint;
  },
): string | null {
  const { terms, last, nowMs } = of;
  const { interval, amountMicro, used } = voucher;
  const { agreement, intervalMs, holdMicro, startsAtMs } = terms;
  const asked = `The gateway of O-${agreement} asks for ${tokensInWords(amountMicro)}`;
  if (voucher.agreement !== agreement) return `The gateway asks for a voucher of another order than O-${agreement}.`;
  if (last !== null && (interval <= last.interval || amountMicro < last.amountMicro || !grows(used, last.used)))
    return `The gateway of O-${agreement} asks for less than was signed: a voucher's numbers only grow.`;
  const coveredMs = interval * intervalMs;
  const passedMs = nowMs - startsAtMs + CLOCKS_APART_MS_MAX;
  if (interval < 1n || coveredMs - intervalMs > passedMs)
    return `The gateway of O-${agreement} asks for a voucher about time that has not passed.`;
  const allowed = beyondRule(voucher, of);
  if (allowed !== undefined) return `${asked}, ${allowed}.`;
  if (amountMicro > holdMicro) return `${asked}, more than is held for it.`;
  const served = servedOf(voucher, terms);
  if (served === undefined || !isWithinAllowance(used, { ...terms, endsAtMs: 0n, endedAtMs: 0n }))
    return `The gateway of O-${agreement} counts more than was asked for, or other intervals than it names.`;
  const owedMicro = soFarMicro(terms, { used, ...served });
  // An amount once agreed on stays when worse intervals lower what the rule makes of all.
  const mostMicro = last !== null && last.amountMicro > owedMicro ? last.amountMicro : owedMicro;
  return amountMicro > mostMicro
    ? `${asked}, more than the ${tokensInWords(mostMicro)} that the price makes of what it counted.`
    : null;
}

/** Which limit of the rule a voucher would pass, with what was signed beside it; undefined when none. */
function beyondRule(
  { interval, amountMicro }: Voucher,
  of: { readonly terms: SignedTerms; readonly rule: SpendingRule; readonly beside: Beside | null },
): string | undefined {
  const { terms, rule, beside } = of;
  const { perMinuteMicro, inAllMicro } = rule;
  const sumMicro = amountMicro + (beside?.amountMicro ?? 0n);
  const others = beside === null ? '' : `with ${tokensInWords(beside.amountMicro)} for its other parts `;
  if (sumMicro > inAllMicro) return `${others}more than the ${tokensInWords(inAllMicro)} that you allow in all`;
  // Parts do not begin together, nor are they asked for together: what counts is the time that all of them cover.
  const ownUntilMs = terms.startsAtMs + interval * terms.intervalMs;
  const startsAtMs = beside !== null && beside.startsAtMs < terms.startsAtMs ? beside.startsAtMs : terms.startsAtMs;
  const untilMs = beside !== null && beside.untilMs > ownUntilMs ? beside.untilMs : ownUntilMs;
  const minutesMs = untilMs - startsAtMs > MINUTE_MS ? untilMs - startsAtMs : MINUTE_MS;
  if (sumMicro * MINUTE_MS <= perMinuteMicro * minutesMs) return undefined;
  return `${others}more than the ${tokensInWords(perMinuteMicro)} a minute that you allow`;
}

/** Time of each state at the most, where the last interval may be shorter; undefined when the runs are not as many as it says. */
function servedOf(
  { interval, runs: bytes }: Voucher,
  { promise, intervalMs }: SignedTerms,
): { keptMs: bigint; degradedMs: bigint } | undefined {
  const runs = decodeRuns(bytes, promise.length);
  const counted = (runs ?? []).reduce((sum, { count }) => sum + BigInt(count), 0n);
  if (runs === undefined || counted !== interval) return undefined;
  const timeOf = (state: 'kept' | 'degraded'): bigint =>
    runs.reduce((sum, run) => sum + (run.state === state ? BigInt(run.count) * intervalMs : 0n), 0n);
  return { keptMs: timeOf('kept'), degradedMs: timeOf('degraded') };
}
