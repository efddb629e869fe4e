import { findKind } from '#components/kinds/kinds.ts';
import { amountDraft, amountInWords, typedMeterOf } from '#components/ledger/amounts.ts';
import { durationDraft } from '#components/ui/duration.ts';
import { durationInWords, inWords, microDraft, microInWords } from '#components/ui/format.ts';
import { visibleText } from '#ledger/contracts/shared/foreign-text.ts';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import { EMPTY_REQUEST, LIMIT_METERS, needOf, TERM_FIELDS, type RequestDraft } from './draft.ts';

/** One figure that is asked for, and what would be enough of it, as the contract's analysis says it. */
export interface Relaxation {
  /** Place of the need in the demand. */
  readonly need?: number;
  readonly what: string;
  /** Of the term or the meter; '' where there is one figure only. */
  readonly name?: string;
  readonly to: string;
}

/** What a result is sent with besides its output (ledger/contracts/plan/exact.ts): the analysis counts both. */
const RESULT_BYTES = 2_048n;
const WHOLE = /^(0|[1-9]\d{0,18})$/;

function wholeOf(to: string): bigint | undefined {
  return WHOLE.test(to) ? BigInt(to) : undefined;
}

/** What would be enough, in words: `a budget of 4.00 tokens`. `kind`: of the need that it is about. */
export function relaxationInWords({ what, name = '', to }: Relaxation, kind = ''): string {
  const amount = wholeOf(to);
  if (what === 'term') return `${inWords(name)} ${visibleText(to)}`;
  if (amount !== undefined && what === 'budget') return `a budget of ${microInWords(amount)}`;
  if (amount !== undefined && what === 'duration') return `${durationInWords(Number(amount))} of use`;
  if (amount !== undefined && what === 'run') return `${durationInWords(Number(amount))} for a sub-task`;
  const ledger = findKind(kind)?.ledger;
  const meter = what === 'promise' ? ledger?.promises[name] : ledger?.meters[name];
  if (amount !== undefined && meter !== undefined)
    return `${meter.title.toLowerCase()}: ${amountInWords(amount, meter)}`;
  return visibleText([what, name, to].filter((part) => part !== '').join(' '));
}

/** Where the form has what a need of the demand asks for: the program, or one of the kinds. The program’s comes first. */
function placeOf({ hasWork, kinds }: RequestDraft, need: number): 'work' | KindName | undefined {
  return hasWork ? (need === 0 ? 'work' : kinds[need - 1]) : kinds[need];
}

/** The draft with that much asked for; undefined where the form has no field for it. */
export function relaxed(draft: RequestDraft, { need = 0, what, name = '', to }: Relaxation): RequestDraft | undefined {
  const place = placeOf(draft, need);
  if (place === undefined) return undefined;
  if (what === 'term') return withTerm(draft, place, { name, to });
  const amount = wholeOf(to);
  if (amount === undefined || amount === 0n) return undefined;
  switch (what) {
    case 'budget':
      return { ...draft, budget: microDraft(amount) };
    case 'duration':
      return { ...draft, ...durationDraft(Number(amount)) };
    case 'run':
      return place === 'work' ? { ...draft, cpu: amountDraft(amount, LIMIT_METERS.cpu) } : undefined;
    case 'amount':
      return place === 'work' ? withLimit(draft, name, amount) : withAmount(draft, place, { name, amount });
    default:
      return undefined;
  }
}

function withTerm(
  draft: RequestDraft,
  place: 'work' | KindName,
  { name, to }: { name: string; to: string },
): RequestDraft | undefined {
  if (!TERM_FIELDS[place === 'work' ? 'computing' : place].some((field) => field.name === name)) return undefined;
  if (place === 'work') return name === 'zone' ? { ...draft, zone: to } : { ...draft, region: to };
  const need = needOf(draft, place);
  return { ...draft, needs: { ...draft.needs, [place]: { ...need, terms: { ...need.terms, [name]: to } } } };
}

/** Amounts that the analysis works out of the limits of a sub-task. */
function withLimit(draft: RequestDraft, meter: string, amount: bigint): RequestDraft | undefined {
  if (meter === 'memoryMiB') return { ...draft, memory: amount.toString() };
  if (meter === 'cpuMs') return { ...draft, cpu: amountDraft(amount, LIMIT_METERS.cpu) };
  if (meter === 'bytes' && amount > RESULT_BYTES)
    return { ...draft, output: amountDraft(amount - RESULT_BYTES, LIMIT_METERS.output) };
  return undefined;
}

function withAmount(
  draft: RequestDraft,
  place: KindName,
  { name, amount }: { name: string; amount: bigint },
): RequestDraft | undefined {
  const kind = findKind(place);
  if (kind === undefined || kind.ledger.meters[name] === undefined) return undefined;
  const need = needOf(draft, place);
  const amounts = { ...need.amounts, [name]: amountDraft(amount, typedMeterOf(kind, name)) };
  return { ...draft, needs: { ...draft.needs, [place]: { ...need, amounts } } };
}

/** Whether the form has a field for it; `hasWork` and `kinds` are the demand's, kinds of its needs in their order. */
export function isFillable(
  relaxation: Relaxation,
  { hasWork, kinds }: { readonly hasWork: boolean; readonly kinds: readonly string[] },
): boolean {
  const others = hasWork ? kinds.slice(1) : kinds;
  return relaxed({ ...EMPTY_REQUEST, hasWork, kinds: others as readonly KindName[] }, relaxation) !== undefined;
}
