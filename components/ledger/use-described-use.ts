'use client';

import { useState } from 'react';
import type { ShownKind } from '#components/kinds/kinds.ts';
import { useServerTime } from '#components/ui/use-server-time.ts';
import type { AdmissionDto, QuantityDto, StrategyDto } from '#lib/shared/dto.ts';
import { parseUse, statedUse, wrongAsTyped, type ParsedUse, type UseDraft, type UseErrors } from './intended-use.ts';
import { questionOf, useJudgement, type AskAdmission, type Judgement } from './use-judgement.ts';
import { mostOfEach, overLimits, type Limits, type OverLimit } from './use-limits.ts';

/** What a form about a use needs to know before anything is typed. */
export interface DescribedUseProps {
  resource: number;
  kind: ShownKind;
  strategy: StrategyDto;
  /** What the resource has left of what it holds. */
  free: readonly QuantityDto[];
  /** What the contract says of a use of which nothing is stated; null when it did not answer. */
  admission: AdmissionDto | null;
  /** Metering interval of a new order. */
  intervalMs: number;
  /** The server's time. */
  serverTimeMs: number;
}

export interface DescribedUse {
  draft: UseDraft;
  setDraft: (draft: UseDraft) => void;
  parsed: ParsedUse;
  /** Of every field that is wrong once somebody has tried to go on; before, of numbers that are none. */
  errors: UseErrors;
  limits: readonly OverLimit[];
  judgement: Judgement;
  /** From now on what is wrong stands beside its field. */
  check: () => void;
}

/** A use while it is typed: read, held against what can be had, and judged by the contract. */
export function useDescribedUse(
  props: DescribedUseProps,
  of: { first: UseDraft | (() => UseDraft); ask: AskAdmission; continued?: readonly QuantityDto[] | undefined },
): DescribedUse {
  const { resource, kind, strategy, free, intervalMs } = props;
  const [draft, setDraft] = useState<UseDraft>(of.first);
  const [hasTried, setHasTried] = useState(false);
  const isTimed = strategy.opensAtMs !== 0 || strategy.closesAtMs !== 0;
  // Only a strategy that opens or closes makes the form look at the clock.
  const nowMs = useServerTime(props.serverTimeMs, (serverMs) => (isTimed ? serverMs : 0));
  const bounds: Limits = { strategy, free, intervalMs, nowMs, continued: of.continued };
  const parsed = parseUse(kind, draft, { useMs: strategy.useMsMax, amounts: mostOfEach(kind, bounds) });
  const limits = overLimits(kind, statedUse(kind, draft), bounds);
  const question = questionOf(kind, draft, resource);
  const judgement = useJudgement({ question, version: strategy.version, first: props.admission, ask: of.ask });
  return {
    draft,
    setDraft,
    parsed,
    errors: parsed.ok ? {} : hasTried ? parsed.errors : wrongAsTyped(draft, parsed.errors),
    limits,
    judgement,
    check: () => setHasTried(true),
  };
}
