import type { KindDraft, KindErrors } from '#components/kinds/kind.ts';
import type { ShownKind } from '#components/kinds/kinds.ts';
import { durationDraft, parseDuration, type DurationUnit } from '#components/ui/duration.ts';
import { durationInWords } from '#components/ui/format.ts';
import { numberProblem } from '#components/ui/number.ts';
import type { QuantityDto, StrategyDto } from '#lib/shared/dto.ts';
import { DURATION_MS_MAX, DURATION_MS_MIN } from '#ledger/contracts/agreement/definition.ts';
import { askedMeters } from '#ledger/contracts/kinds/kind.ts';
import type { Quantity, Term } from '#ledger/contracts/shared/terms.ts';
import { amountDraft, amountProblem, parseAmount, typedMeterOf } from './amounts.ts';

/** What the form about an intended use holds while it is being typed. */
export interface UseDraft {
  purpose: string;
  fieldOfBusiness: string;
  /** A whole number of `durationUnit`. */
  duration: string;
  durationUnit: DurationUnit;
  /** Of the kind. */
  choices: KindDraft;
  /** Typed amounts by meter. */
  amounts: Readonly<Record<string, string>>;
}

export interface IntendedUse {
  purpose: string;
  fieldOfBusiness: string;
  durationMs: number;
  choices: Term[];
  amounts: Quantity[];
}

export interface UseErrors {
  purpose?: string;
  fieldOfBusiness?: string;
  duration?: string;
  choices?: KindErrors;
  /** By meter. */
  amounts?: Readonly<Record<string, string>>;
}
export type ParsedUse = { ok: true; use: IntendedUse } | { ok: false; errors: UseErrors };

/** Meters that the form of a use asks for, what is held before what is counted: what a use takes, but for what every use of the kind has alike. */
export function askedOfPeople({ ledger, screen }: ShownKind): string[] {
  return [...ledger.capacity, ...ledger.limits].filter((meter) => screen.fixedAmounts[meter] === undefined);
}

/** The form's field that a condition stands beside: the first, in the order of the form, of what its rule reads; undefined where no field bears on it. */
export function fieldOfCondition(kind: ShownKind, reads: readonly string[]): string | undefined {
  const choices = Object.keys(kind.ledger.choices).map((choice) => `use.choice.${choice}`);
  const amounts = askedOfPeople(kind).map((meter) => `use.amount.${meter}`);
  const paths = ['use.purpose', 'use.field', 'use.durationMs', ...choices, ...amounts];
  return paths.find((path) => reads.includes(path));
}

/** A first proposal that fits the strategy's own limits and what is free: what a use of the kind usually takes, or less when less is allowed. */
export function firstDraft(kind: ShownKind, strategy: StrategyDto, free: readonly QuantityDto[]): UseDraft {
  const { screen } = kind;
  const amounts = askedOfPeople(kind).map((meter) => {
    // Where nothing is free any more an amount stands there all the same: more may be by the time it is signed.
    const most = BigInt([...strategy.limits, ...free].find((limit) => limit.meter === meter)?.amount ?? 1);
    const first = screen.firstAmounts[meter] ?? most;
    return [meter, amountDraft(first < most ? first : most, typedMeterOf(kind, meter))];
  });
  return {
    purpose: '',
    fieldOfBusiness: '',
    ...durationDraft(Math.min(strategy.useMsMax, screen.firstTimes.useMs)),
    choices: screen.firstChoices(strategy.ways),
    amounts: Object.fromEntries(amounts),
  };
}

/** Above every bound: what is typed beyond one is stated all the same, and refused where it stands. */
const BEYOND = 10n ** 60n;

/** What is stated so far, however much it is: '' and 0, and what the lists lack, where a field does not say anything yet. */
export function statedUse(kind: ShownKind, draft: UseDraft): IntendedUse {
  const { purpose, fieldOfBusiness } = draft;
  const durationMs = parseDuration(draft.duration, draft.durationUnit, BEYOND) ?? 0;
  const choices = kind.screen.parseChoices(draft.choices);
  const amounts = askedMeters(kind.ledger).flatMap((meter) => {
    const counted = { ...typedMeterOf(kind, meter), max: BEYOND };
    const amount = kind.screen.fixedAmounts[meter] ?? parseAmount(draft.amounts[meter] ?? '', counted);
    return amount === undefined ? [] : [{ meter, amount }];
  });
  return { purpose, fieldOfBusiness, durationMs, choices: choices.ok ? choices.terms : [], amounts };
}

/** The sentence for an amount that is none; it names the nearest bound that is known. */
function amountError(kind: ShownKind, typed: string, of: { meter: string; most: readonly QuantityDto[] }): string {
  const counted = typedMeterOf(kind, of.meter);
  const most = BigInt(of.most.find(({ meter }) => meter === of.meter)?.amount ?? counted.max);
  return amountProblem({ ...counted, max: most < counted.max ? most : counted.max }, typed);
}

/**
 * The draft as it is signed, or what is wrong with each field in words. The contract decides whether it is admitted. `most`: how long one
 * use can be and what it can have of each meter, where that is known.
 */
export function parseUse(
  kind: ShownKind,
  draft: UseDraft,
  most: { useMs?: number; amounts?: readonly QuantityDto[] } = {},
): ParsedUse {
  const use = statedUse(kind, draft);
  const errors: UseErrors = {};
  if (!use.purpose) errors.purpose = 'Choose what you will use it for: it binds you, and the contract reads it.';
  if (!use.fieldOfBusiness) errors.fieldOfBusiness = 'Choose the field you work in: relevance is judged by it.';
  if (use.durationMs === 0 || use.durationMs > DURATION_MS_MAX)
    errors.duration =
      numberProblem(draft.duration, { decimals: 0 }) ??
      `How long must be a whole number, from ${durationInWords(Number(DURATION_MS_MIN))} to ${durationInWords(Math.min(most.useMs ?? Number.POSITIVE_INFINITY, Number(DURATION_MS_MAX)))}.`;
  const choices = kind.screen.parseChoices(draft.choices);
  if (!choices.ok) errors.choices = choices.errors;
  const wrong = askedMeters(kind.ledger).filter((meter) => {
    const amount = use.amounts.find((quantity) => quantity.meter === meter)?.amount;
    return amount === undefined || amount > typedMeterOf(kind, meter).max;
  });
  if (wrong.length > 0)
    errors.amounts = Object.fromEntries(
      wrong.map((meter) => [meter, amountError(kind, draft.amounts[meter] ?? '', { meter, most: most.amounts ?? [] })]),
    );
  return Object.keys(errors).length > 0 ? { ok: false, errors } : { ok: true, use };
}

/** Of what is wrong, what stands in a field as a number that is none: that is said while it is typed. What is empty is not wrong yet. */
export function wrongAsTyped({ duration, amounts }: UseDraft, errors: UseErrors): UseErrors {
  const isTyped = (text: string | undefined): boolean => (text ?? '').trim() !== '';
  const typed = Object.entries(errors.amounts ?? {}).filter(([meter]) => isTyped(amounts[meter]));
  return {
    ...(errors.duration !== undefined && isTyped(duration) ? { duration: errors.duration } : {}),
    amounts: Object.fromEntries(typed),
  };
}
