'use client';

import { useState } from 'react';
import { DURATION_UNITS, parseDuration, typedDurationInWords } from '#components/ui/duration.ts';
import { NumberField } from '#components/ui/field.tsx';
import { formatUtc, microInWords, parseMicro, TOKEN_DECIMALS } from '#components/ui/format.ts';
import { numberProblem } from '#components/ui/number.ts';

/** Longest time for which a key is allowed here. */
const DAYS_MAX = 9_999;

/** Up to which sum and until when a key may act: as it is typed, and as it is signed. */
export interface KeyTerms {
  readonly cap: string;
  readonly days: string;
  readonly setCap: (cap: string) => void;
  readonly setDays: (days: string) => void;
  /** Undefined while it is no amount, or no time. */
  readonly spendingCapMicro: string | undefined;
  readonly expiresAtMs: number | undefined;
}

export function useKeyTerms(serverTimeMs: number, first: { readonly cap: string; readonly days: string }): KeyTerms {
  const [cap, setCap] = useState(first.cap);
  const [days, setDays] = useState(first.days);
  const validMs = parseDuration(days, 'days', DAYS_MAX * DURATION_UNITS.days);
  const expiresAtMs = validMs === undefined ? undefined : Math.floor(serverTimeMs) + validMs;
  return { cap, days, setCap, setDays, spendingCapMicro: parseMicro(cap), expiresAtMs };
}

export function KeyTermsFields({ terms, capExplained }: { terms: KeyTerms; capExplained: string }) {
  const { cap, days, spendingCapMicro, expiresAtMs } = terms;
  const capProblem = numberProblem(cap, { decimals: TOKEN_DECIMALS }) ?? 'Write an amount such as 0 or 12.50.';
  const daysProblem = numberProblem(days, { decimals: 0 }) ?? 'Write a whole number of days, from 1 to 9999.';
  return (
    <div className="grid gap-3 sm:grid-cols-2">
      <NumberField
        label="May spend at most"
        name="cap"
        value={cap}
        onChange={terms.setCap}
        decimals={TOKEN_DECIMALS}
        inWords={microInWords}
        error={spendingCapMicro === undefined ? capProblem : undefined}
        description={capExplained}
      />
      <NumberField
        label="Allowed for days"
        name="days"
        value={days}
        onChange={terms.setDays}
        decimals={0}
        inWords={(count) => typedDurationInWords(count, 'days')}
        error={expiresAtMs === undefined ? daysProblem : undefined}
        description={expiresAtMs === undefined ? undefined : `Until ${formatUtc(expiresAtMs)}.`}
      />
    </div>
  );
}
