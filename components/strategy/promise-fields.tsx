'use client';

import type { ShownKind } from '#components/kinds/kinds.ts';
import { promiseInWords } from '#components/ledger/strategy-words.ts';
import { NumberField } from '#components/ui/field.tsx';
import { Note } from '#components/ui/note.tsx';
import { formatCount } from '#components/ui/format.ts';
import { toQuantityDto } from '#lib/shared/amounts-dto.ts';
import { parsePromise, PERCENT_DECIMALS, percentInWords, type PromiseDraft, type PromiseErrors } from './promise.ts';

export interface PromiseFieldsProps {
  draft: PromiseDraft;
  onChange: (draft: PromiseDraft) => void;
  errors: PromiseErrors;
  kind: ShownKind;
}

/** What the sentence under the fields says of the promise as it is typed. */
function meaningOf(kind: ShownKind, draft: PromiseDraft): string {
  const parsed = parsePromise(kind, draft);
  if (!parsed.ok) return 'Correct the figures to see what they mean.';
  if (parsed.promise.length === 0)
    return 'Nothing is promised: an interval in which your agent served costs its whole price, one that was down costs nothing.';
  const part = percentInWords(Number(parsed.degradedPerMille));
  return `Your agent measures each interval. One that keeps the promise costs its whole price, one that was served but stayed below it ${part} of it, one that was down nothing. The bill shows every interval with what was promised and measured.`;
}

/** The promise in one line. */
export function promiseInShort(kind: ShownKind, draft: PromiseDraft): string {
  const parsed = parsePromise(kind, draft);
  if (!parsed.ok) return 'A field is not complete yet';
  if (parsed.promise.length === 0) return 'Nothing is promised; time in which your agent is down costs nothing';
  const said = parsed.promise.map((quantity) => promiseInWords(toQuantityDto(quantity), kind.ledger));
  return `${said.join('; ')}; below it an interval costs ${percentInWords(Number(parsed.degradedPerMille))} of its price`;
}

/** What is promised of each interval, and what one costs that stays below it; both may be left out. */
export function PromiseFields({ draft, onChange, errors, kind }: PromiseFieldsProps) {
  const promises = Object.entries(kind.ledger.promises);
  return (
    <>
      <div className="grid items-start gap-3 sm:grid-cols-2">
        {promises.map(([meter, { title, unit, kept }]) => (
          <NumberField
            key={meter}
            label={`${title}, ${kept === 'atMost' ? 'at most' : 'at least'}`}
            name={meter}
            value={draft.amounts[meter] ?? ''}
            onChange={(amount) => onChange({ ...draft, amounts: { ...draft.amounts, [meter]: amount } })}
            decimals={0}
            inWords={(amount) => `${formatCount(amount.toString())} ${unit}`}
            error={errors.amounts?.[meter]}
            description={`In ${unit}. Empty: no promise.`}
          />
        ))}
        <NumberField
          label="An interval below the promise costs"
          name="degradedPercent"
          value={draft.degradedPercent}
          onChange={(degradedPercent) => onChange({ ...draft, degradedPercent })}
          decimals={PERCENT_DECIMALS}
          inWords={(perMille) => percentInWords(Number(perMille))}
          error={errors.degradedPercent}
          description="Per cent of its price. It has no effect without a promise."
        />
      </div>
      <Note kind="info">{meaningOf(kind, draft)}</Note>
    </>
  );
}
