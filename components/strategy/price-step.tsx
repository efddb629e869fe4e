'use client';

import type { ShownKind } from '#components/kinds/kinds.ts';
import { Button } from '#components/ui/button.tsx';
import { ChoiceGroup } from '#components/ui/choice.tsx';
import { NumberField } from '#components/ui/field.tsx';
import { formatMicro, microInWords, parseMicro, TOKEN_DECIMALS } from '#components/ui/format.ts';
import { Note } from '#components/ui/note.tsx';
import { Panel, Section } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import { freePricings, type PriceLineDraft } from './price-lines.ts';
import { PromiseFields } from './promise-fields.tsx';
import type { StrategyDraft, TermErrors } from './terms.ts';

export interface PriceStepProps {
  draft: StrategyDraft;
  onChange: (draft: StrategyDraft) => void;
  errors: TermErrors;
  kind: ShownKind;
}

/** What a use costs, line by line, and what is promised for it. */
export function PriceStep({ draft, onChange, errors, kind }: PriceStepProps) {
  const { prices } = draft;
  const free = freePricings(kind, prices);
  const [next] = free;
  const change = (lines: readonly PriceLineDraft[]) => onChange({ ...draft, prices: lines });
  return (
    <div>
      <Panel className="flex flex-col gap-4">
        {prices.map((line, index) => (
          <PriceLine
            key={index}
            kind={kind}
            line={line}
            number={prices.length > 1 ? index + 1 : undefined}
            error={errors.prices?.[index]}
            onChange={(part) => change(prices.map((other, at) => (at === index ? { ...other, ...part } : other)))}
            onRemove={() => change(prices.filter((_, at) => at !== index))}
          />
        ))}
        {next ? (
          <div>
            <Button onPress={() => change([...prices, { pricing: next.title, amount: '' }])}>
              {prices.length === 0 ? 'Ask for a price' : 'Add a price line'}
            </Button>
          </div>
        ) : null}
        <Note kind="info">
          <Text>
            {prices.length === 0 ? 'Without a price line every use is free. ' : ''}
            {prices.length > 1 ? 'A use costs the sum of the lines. ' : ''}
            The most that it can cost is held when an application is granted, so it is there when you have served.
          </Text>
        </Note>
      </Panel>
      <Section title="Promise">
        <PromiseFields
          draft={draft.promise}
          onChange={(promise) => onChange({ ...draft, promise })}
          errors={errors.promise ?? {}}
          kind={kind}
        />
      </Section>
    </div>
  );
}

interface PriceLineProps {
  kind: ShownKind;
  line: PriceLineDraft;
  /** Where there are several. */
  number: number | undefined;
  error: string | undefined;
  onChange: (part: Partial<PriceLineDraft>) => void;
  onRemove: () => void;
}

function PriceLine({ kind, line, number, error, onChange, onRemove }: PriceLineProps) {
  const suffix = number === undefined ? '' : ` ${number}`;
  const pricing = kind.screen.pricings.find(({ title }) => title === line.pricing);
  const amountMicro = parseMicro(line.amount);
  return (
    <fieldset className="flex flex-col gap-3 border-b border-separator pb-4">
      <legend className="sr-only">{`Price line${suffix}`}</legend>
      <ChoiceGroup
        legend={`Counted${suffix}`}
        name={`pricing-${number ?? 1}`}
        value={line.pricing}
        onChange={(title) => onChange({ pricing: title })}
        options={kind.screen.pricings.map(({ title }) => ({ value: title, label: title }))}
      />
      <div className="flex flex-wrap items-start gap-2">
        <NumberField
          label={`Price in tokens${suffix}`}
          name={`price-${number ?? 1}`}
          value={line.amount}
          onChange={(amount) => onChange({ amount })}
          decimals={TOKEN_DECIMALS}
          inWords={microInWords}
          error={error}
          description="At most six decimals; 0 is free."
          className="max-w-xs"
        />
        <Button className="sm:mt-6" label={`Remove the price line${suffix}`} onPress={onRemove}>
          Remove
        </Button>
      </div>
      {pricing ? (
        <p className="text-xs text-muted">
          {amountMicro === undefined
            ? pricing.explains
            : `${pricing.explains} That is ${formatMicro(amountMicro)} tokens.`}
        </p>
      ) : null}
    </fieldset>
  );
}
