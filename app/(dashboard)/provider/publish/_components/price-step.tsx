'use client';

import { ChoiceGroup } from '#components/ui/choice.tsx';
import { Field } from '#components/ui/field.tsx';
import { formatMicro, parseMicro } from '#components/ui/format.ts';
import { Note } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import type { StrategyDraft, TermErrors } from '#components/strategy/terms.ts';

export interface PriceStepProps {
  draft: StrategyDraft;
  onChange: (draft: StrategyDraft) => void;
  errors: TermErrors;
}

const EXAMPLES = {
  use: 'Each granted use costs this much, once, whatever is read of it.',
  hour: 'Each hour in which your agent served costs this much; intervals that were down cost nothing.',
  megabyte: 'Each megabyte that your agent served costs this much; at most the megabytes that were asked for.',
} as const;

export function PriceStep({ draft, onChange, errors }: PriceStepProps) {
  const amountMicro = parseMicro(draft.price);
  return (
    <Panel className="flex flex-col gap-4">
      <ChoiceGroup
        legend="Counted"
        name="priceUnit"
        value={draft.priceUnit}
        onChange={(priceUnit) => onChange({ ...draft, priceUnit: priceUnit as StrategyDraft['priceUnit'] })}
        options={[
          { value: 'use', label: 'Per use' },
          { value: 'hour', label: 'Per hour' },
          { value: 'megabyte', label: 'Per megabyte' },
        ]}
      />
      <Field
        label="Price in tokens"
        name="price"
        value={draft.price}
        onChange={(price) => onChange({ ...draft, price })}
        inputMode="decimal"
        maxLength={20}
        error={errors.price}
        description="At most six decimals; 0 is free."
        className="max-w-xs"
      />
      <Note kind="info">
        {EXAMPLES[draft.priceUnit]} {amountMicro ? `That is ${formatMicro(amountMicro)} tokens.` : ''} The most it can
        cost is held when an application is granted, so it is there when you have served.
      </Note>
    </Panel>
  );
}
