'use client';

import { useState } from 'react';
import type { SpendingRule } from '#agent/voucher-signer/rule.ts';
import { Checkbox } from '#components/ui/choice.tsx';
import type { Fact } from '#components/ui/facts.tsx';
import { NumberField } from '#components/ui/field.tsx';
import { durationInWords, microDraft, microInWords, parseMicro, TOKEN_DECIMALS } from '#components/ui/format.ts';
import { ProblemNote } from '#components/ui/note.tsx';
import { numberProblem } from '#components/ui/number.ts';
import type { PlanDto } from '#lib/shared/demand-dto.ts';
import type { PriceDto } from '#lib/shared/dto.ts';

export type { SpendingRule } from '#agent/voucher-signer/rule.ts';

const MINUTE_MS = 60_000n;
const NO_AMOUNT = 'Write an amount such as 0.5, with at most six decimals.';

/** The rule for an order that needs no thought: all that is held; a minute as much as time alone can cost in it, or all where amounts are counted that can flow at once. */
export function usualRule(
  prices: readonly PriceDto[],
  { holdMicro, durationMs }: { holdMicro: bigint; durationMs: number },
): SpendingRule {
  const isByTimeAlone = prices.every(({ perMs }) => perMs > 0);
  const wholeMs = BigInt(durationMs);
  const perMinute = isByTimeAlone && wholeMs > MINUTE_MS ? (holdMicro * MINUTE_MS + wholeMs - 1n) / wholeMs : holdMicro;
  return { perMinuteMicro: perMinute, inAllMicro: holdMicro };
}

/** The rule for a plan that needs no thought: that of each of its parts, added up. */
export function usualPlanRule({ parts }: Pick<PlanDto, 'parts'>): SpendingRule {
  const rules = parts.map(({ offer, holdMicro, durationMs }) =>
    usualRule(offer.prices, { holdMicro: BigInt(holdMicro), durationMs }),
  );
  const sum = (of: keyof SpendingRule): bigint => rules.reduce((total, rule) => total + rule[of], 0n);
  return { perMinuteMicro: sum('perMinuteMicro'), inAllMicro: sum('inAllMicro') };
}

export interface VoucherChoice {
  readonly isChosen: boolean;
  /** Undefined where it is not chosen or its fields are wrong. */
  readonly rule: SpendingRule | undefined;
  readonly about: readonly Fact[];
}

interface VoucherDraft {
  readonly isChosen: boolean;
  /** As typed; undefined: the usual one. */
  readonly perMinute?: string;
  readonly inAll?: string;
}

/** Whether the order is paid by vouchers of this browser, and within what; `usual` is undefined while the form is not whole. */
export function useVoucherChoice(usual: SpendingRule | undefined) {
  const [draft, setDraft] = useState<VoucherDraft>({ isChosen: false });
  const { isChosen } = draft;
  const perMinute = draft.perMinute ?? (usual ? microDraft(usual.perMinuteMicro) : '');
  const inAll = draft.inAll ?? (usual ? microDraft(usual.inAllMicro) : '');
  const [perMinuteMicro, inAllMicro] = [parseMicro(perMinute), parseMicro(inAll)];
  const rule =
    isChosen && perMinuteMicro !== undefined && inAllMicro !== undefined
      ? { perMinuteMicro: BigInt(perMinuteMicro), inAllMicro: BigInt(inAllMicro) }
      : undefined;
  const about: Fact[] = rule
    ? [
        {
          name: 'Paid while it is used',
          value: `by a key of this browser, at most ${microInWords(rule.perMinuteMicro)} a minute and ${microInWords(rule.inAllMicro)} in all`,
        },
      ]
    : [];
  const choice: VoucherChoice = { isChosen, rule, about };
  return { choice, fields: { draft, setDraft, perMinute, inAll, isFree: usual?.inAllMicro === 0n } };
}

export interface VoucherFieldsProps {
  fields: ReturnType<typeof useVoucherChoice>['fields'];
  intervalMs: number;
  /** Which page signs: `order’s`, or `task’s`. */
  page?: string;
  /** Why this browser keeps no key for it. */
  problem: string | undefined;
}

function problemOf(typed: string): { error?: string } {
  return parseMicro(typed) === undefined
    ? { error: numberProblem(typed, { decimals: TOKEN_DECIMALS }) ?? NO_AMOUNT }
    : {};
}

/** The opt-in of one order or plan, with its rule; nothing where nothing is charged. */
export function VoucherFields({ fields, intervalMs, page = 'order’s', problem }: VoucherFieldsProps) {
  const { draft, setDraft, perMinute, inAll, isFree } = fields;
  if (isFree) return null;
  return (
    <div className="flex flex-col gap-3">
      <Checkbox
        label="Agree on the cost while it is used"
        name="vouchers"
        isSelected={draft.isChosen}
        onChange={(isChosen) => setDraft({ ...draft, isChosen })}
        description={`The ${page} page then signs by itself, every ${durationInWords(intervalMs)}, what was used so far and what it costs: you both agree on the bill as it grows. Leave the page open: without a voucher the provider serves two intervals more and then waits. Otherwise the bill follows from what the provider claims, which you can contest.`}
      />
      {draft.isChosen ? (
        <div className="grid items-start gap-3 sm:grid-cols-2">
          <NumberField
            label="At most, a minute, in tokens"
            name="voucherPerMinute"
            value={perMinute}
            onChange={(typed) => setDraft({ ...draft, perMinute: typed })}
            decimals={TOKEN_DECIMALS}
            inWords={microInWords}
            {...problemOf(perMinute)}
          />
          <NumberField
            label="At most, in all, in tokens"
            name="voucherInAll"
            value={inAll}
            onChange={(typed) => setDraft({ ...draft, inAll: typed })}
            decimals={TOKEN_DECIMALS}
            inWords={microInWords}
            {...problemOf(inAll)}
            description="Never more than what is held, whatever stands here."
          />
        </div>
      ) : null}
      <ProblemNote title="No key for vouchers" sentence={problem} />
    </div>
  );
}
