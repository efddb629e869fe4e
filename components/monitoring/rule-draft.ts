import { formatCount } from '#components/ui/format.ts';
import { readNumber, writeNumber } from '#components/ui/number.ts';
import { BOUND_MAX, RULE_SECONDS_MAX, type RuleDto, type RuleInput, type Severity } from '#lib/shared/monitoring.ts';

/** Bounds are typed with so many decimals. */
export const BOUND_DECIMALS = 2;
const SCALE = 10 ** BOUND_DECIMALS;

export interface RuleDraft {
  threshold: string;
  clearsAt: string;
  forSeconds: string;
  severity: Severity;
  isEnabled: boolean;
}

function boundDraft(bound: number): string {
  // A field takes no number below 0, and no metric of a rule is below it.
  return writeNumber(BigInt(Math.round(Math.max(0, bound) * SCALE)), { decimals: BOUND_DECIMALS });
}

export function draftOf({ threshold, clearsAt, forSeconds, severity, isEnabled }: RuleDto): RuleDraft {
  return {
    threshold: boundDraft(threshold),
    clearsAt: boundDraft(clearsAt),
    forSeconds: String(forSeconds),
    severity,
    isEnabled,
  };
}

function numberIn(text: string, decimals: number): number | undefined {
  const reading = readNumber(text, { decimals });
  return reading.ok ? Number(reading.value) / 10 ** decimals : undefined;
}

/** The rule as it is sent; undefined while a number cannot be read. */
export function ruleOf(rule: RuleDto, draft: RuleDraft): RuleInput | undefined {
  const { id, kind, metric, comparison } = rule;
  const threshold = numberIn(draft.threshold, BOUND_DECIMALS);
  const clearsAt = numberIn(draft.clearsAt, BOUND_DECIMALS);
  const forSeconds = numberIn(draft.forSeconds, 0);
  if (threshold === undefined || clearsAt === undefined || forSeconds === undefined) return undefined;
  const { severity, isEnabled } = draft;
  return { id, kind, metric, comparison, threshold, clearsAt, forSeconds, severity, isEnabled };
}

export type RuleErrors = Partial<Record<'threshold' | 'clearsAt' | 'forSeconds', string>>;

/** What is wrong with numbers that can be read, by field; empty when the rule can be sent. */
export function ruleErrors({ comparison }: RuleDto, { threshold, clearsAt, forSeconds }: RuleInput): RuleErrors {
  const isBeyond = comparison === 'above' ? clearsAt > threshold : clearsAt < threshold;
  const tooFar = `Write ${formatCount(BOUND_MAX)} or less.`;
  return {
    ...(threshold > BOUND_MAX ? { threshold: tooFar } : {}),
    ...(clearsAt > BOUND_MAX
      ? { clearsAt: tooFar }
      : isBeyond
        ? {
            clearsAt: `Write a number that is ${comparison === 'above' ? 'no greater' : 'no less'} than where it fires.`,
          }
        : {}),
    ...(forSeconds > RULE_SECONDS_MAX ? { forSeconds: `Write ${formatCount(RULE_SECONDS_MAX)} or less: a day.` } : {}),
  };
}
