'use client';

import type { ShownKind } from '#components/kinds/kinds.ts';
import { Button } from '#components/ui/button.tsx';
import { Select } from '#components/ui/choice.tsx';
import { NumberField } from '#components/ui/field.tsx';
import { formatMicro, microInWords, parseMicro, TOKEN_DECIMALS } from '#components/ui/format.ts';
import { Note } from '#components/ui/note.tsx';
import { Panel } from '#components/ui/page-header.tsx';
import { Text } from '#components/ui/text.tsx';
import { GroupList, GroupPanel } from './group.tsx';
import { PresetChoice } from './preset-choice.tsx';
import { pricePresetOf, pricePresets } from './presets.ts';
import { freePricings, type PriceLineDraft } from './price-lines.ts';
import { PromiseFields, promiseInShort } from './promise-fields.tsx';
import type { InForce, StrategyDraft, TermErrors } from './terms.ts';

export interface PriceStepProps {
  draft: StrategyDraft;
  onChange: (draft: StrategyDraft) => void;
  errors: TermErrors;
  kind: ShownKind;
  inForce?: InForce;
}

/** What a use costs: a preset and its amount, or lines of one's own; and what is promised for it. */
export function PriceStep({ draft, onChange, errors, kind, inForce }: PriceStepProps) {
  const { prices } = draft;
  const preset = pricePresetOf(kind, prices);
  const presets = pricePresets(kind);
  const change = (lines: readonly PriceLineDraft[]) => onChange({ ...draft, prices: lines });
  const filled = presets.find(({ name }) => name === preset)?.lines ?? [];
  const isAsInForce = !inForce || JSON.stringify(inForce.draft.prices) === JSON.stringify(prices);
  const isTyped = JSON.stringify(filled) !== JSON.stringify(prices);
  return (
    <div className="flex flex-col gap-4">
      <PresetChoice
        legend="How is it charged?"
        name="price-preset"
        options={presets.map(({ name, title, explains }) => ({ value: name, label: title, description: explains }))}
        value={preset}
        draft={draft}
        fill={(name) => ({ ...draft, prices: presets.find((candidate) => candidate.name === name)?.lines ?? [] })}
        onChange={onChange}
        back={
          isAsInForce
            ? undefined
            : {
                label: `Back to the price of version ${inForce.version}`,
                draft: { ...draft, prices: inForce.draft.prices },
              }
        }
        lost={isTyped ? priceInWords(prices) : ''}
      />
      <Panel className="flex flex-col gap-3">
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
        <PriceMore kind={kind} prices={prices} onChange={change} />
      </Panel>
      <GroupList label="What is promised">
        <GroupPanel title="Promise" words={promiseInShort(kind, draft.promise)} isWrong={errors.promise !== undefined}>
          <PromiseFields
            draft={draft.promise}
            onChange={(promise) => onChange({ ...draft, promise })}
            errors={errors.promise ?? {}}
            kind={kind}
          />
        </GroupPanel>
      </GroupList>
    </div>
  );
}

/** The lines as they were typed, for who is about to lose them. */
function priceInWords(lines: readonly PriceLineDraft[]): string {
  return lines.map(({ pricing, amount }) => `${pricing.toLowerCase()} ${amount || '(no amount)'}`).join(', ') || 'free';
}

interface PriceMoreProps {
  kind: ShownKind;
  prices: readonly PriceLineDraft[];
  onChange: (lines: readonly PriceLineDraft[]) => void;
}

/** Another line, where something is not priced yet; and what the lines mean together. */
function PriceMore({ kind, prices, onChange }: PriceMoreProps) {
  const [next] = freePricings(kind, prices);
  return (
    <>
      {next ? (
        <div>
          <Button onPress={() => onChange([...prices, { pricing: next.title, amount: '' }])}>
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
    </>
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
    <fieldset className="flex flex-col gap-2 border-b border-separator pb-3">
      <legend className="sr-only">{`Price line${suffix}`}</legend>
      <div className="grid items-start gap-2 sm:grid-cols-[minmax(0,14rem)_minmax(0,14rem)_auto]">
        <NumberField
          label={`Price in tokens${suffix}`}
          name={`price-${number ?? 1}`}
          value={line.amount}
          onChange={(amount) => onChange({ amount })}
          decimals={TOKEN_DECIMALS}
          inWords={microInWords}
          error={error}
          description="At most six decimals; 0 is free."
        />
        <Select
          label={`Counted${suffix}`}
          name={`pricing-${number ?? 1}`}
          value={line.pricing}
          onChange={(title) => onChange({ pricing: title })}
          options={[
            ...(pricing ? [] : [{ value: line.pricing, label: 'Choose…' }]),
            ...kind.screen.pricings.map(({ title }) => ({ value: title, label: title })),
          ]}
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
