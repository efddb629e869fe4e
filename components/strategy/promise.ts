import type { ShownKind } from '#components/kinds/kinds.ts';
import { formatCount } from '#components/ui/format.ts';
import { numberProblem, readNumber, writeNumber } from '#components/ui/number.ts';
import type { PromiseMeter } from '#ledger/contracts/kinds/kind.ts';
import type { Quantity } from '#ledger/contracts/shared/terms.ts';
import { PROMISES_MAX } from '#ledger/contracts/strategy/definition.ts';

/** What a provider promises of each interval, as it is typed. */
export interface PromiseDraft {
  /** By meter; empty: nothing is promised of it. */
  amounts: Readonly<Record<string, string>>;
  /** What an interval below the promise costs of its price, in per cent, with one decimal. */
  degradedPercent: string;
}

export const EMPTY_PROMISE: PromiseDraft = { amounts: {}, degradedPercent: '50' };

export interface PromiseErrors {
  /** By meter. */
  amounts?: Readonly<Record<string, string>>;
  degradedPercent?: string;
}
export type ParsedPromise =
  { ok: true; promise: Quantity[]; degradedPerMille: bigint } | { ok: false; errors: PromiseErrors };

/** Per cent are typed with one decimal. */
export const PERCENT_DECIMALS = 1;

/** `12.5` → 125 thousandths; undefined for what is no part of a whole. */
function parsePercent(text: string): bigint | undefined {
  const reading = readNumber(text, { decimals: PERCENT_DECIMALS });
  return reading.ok && reading.value <= 1_000n ? reading.value : undefined;
}

function percentDraft(perMille: number): string {
  return writeNumber(BigInt(perMille), { decimals: PERCENT_DECIMALS });
}

/** `12.5 %`: a part in thousandths, as people read it. */
export function percentInWords(perMille: number): string {
  return `${percentDraft(perMille)} %`;
}

function percentProblem(text: string): string {
  return numberProblem(text, { decimals: PERCENT_DECIMALS }) ?? 'Write a part from 0 to 100, such as 50 or 12.5.';
}

function parseValue(text: string, { max }: PromiseMeter): bigint | undefined {
  const reading = readNumber(text, { decimals: 0 });
  return reading.ok && reading.value >= 1n && reading.value <= max ? reading.value : undefined;
}

/** The promise in the order of its meters, or what is wrong with it. Without a promise no interval can be below it. */
export function parsePromise({ ledger }: ShownKind, draft: PromiseDraft): ParsedPromise {
  const amounts: Record<string, string> = {};
  const promise: Quantity[] = [];
  const rules = Object.entries(ledger.promises).toSorted(([left], [right]) => (left < right ? -1 : 1));
  for (const [meter, rule] of rules) {
    const text = draft.amounts[meter] ?? '';
    if (text.trim() === '') continue;
    const amount = parseValue(text, rule);
    if (amount === undefined)
      amounts[meter] =
        numberProblem(text, { decimals: 0 }) ??
        `This must be a whole number from 1 to ${formatCount(rule.max.toString())}, or empty for no promise.`;
    else promise.push({ meter, amount });
  }
  for (const { meter } of promise.slice(PROMISES_MAX)) amounts[meter] = `At most ${PROMISES_MAX} promises.`;
  const isPromising = Object.values(draft.amounts).some((text) => text.trim() !== '');
  const degradedPerMille = isPromising ? parsePercent(draft.degradedPercent) : 0n;
  const errors: PromiseErrors = {
    ...(Object.keys(amounts).length > 0 ? { amounts } : {}),
    ...(degradedPerMille === undefined ? { degradedPercent: percentProblem(draft.degradedPercent) } : {}),
  };
  if (degradedPerMille === undefined || Object.keys(errors).length > 0) return { ok: false, errors };
  return { ok: true, promise, degradedPerMille };
}

/** The draft of a promise that stands. */
export function promiseDraft(promise: readonly { meter: string; amount: number }[], perMille: number): PromiseDraft {
  return {
    amounts: Object.fromEntries(promise.map(({ meter, amount }) => [meter, String(amount)])),
    degradedPercent: promise.length === 0 ? EMPTY_PROMISE.degradedPercent : percentDraft(perMille),
  };
}
