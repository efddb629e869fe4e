import type { ReactElement } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import { askedOfPeople, firstDraft } from '#components/ledger/intended-use.ts';
import { StrategyFacts } from '#components/ledger/strategy-facts.tsx';
import { fieldNameOf } from '#components/ledger/use-change.ts';
import { UseFields } from '#components/ledger/use-fields.tsx';
import { dataSetTerms } from '#ledger/contracts/kinds/data.ts';
import { storeTerms } from '#ledger/contracts/kinds/storage.ts';
import { toQuantityDto } from '#lib/shared/amounts-dto.ts';
import { ConditionsStep } from './conditions-step.tsx';
import { PriceStep } from './price-step.tsx';
import { emptyStrategy, fitCapacity, parseTerms, previewOf, type StrategyDraft } from './terms.ts';

const data = kindOf('data');
const storage = kindOf('storage');
const attributes = dataSetTerms({
  format: 'csv',
  rows: 3,
  bytes: 100,
  checksum: '9f31',
  columns: [{ name: 'wind', type: 'DOUBLE', nulls: 0 }],
});
const draft: StrategyDraft = {
  ...emptyStrategy(data),
  ways: { columns: ['wind'], formats: ['csv'], rowFilter: '' },
};
const ignore = (): void => undefined;
const nobody = () => Promise.resolve([]);

/** What a person reads: the markup's text, with a blank where an element ends. */
function textOf(element: ReactElement): string {
  return renderToStaticMarkup(element)
    .replaceAll(/<[^>]*>/g, ' ')
    .replaceAll(/[\u2068\u2069]/g, '')
    .replaceAll(/\s+/g, ' ');
}

test('the conditions’ form asks for what the kind shares and counts, and says what rules may read [6.2.3-b]', () => {
  const text = textOf(
    <ConditionsStep
      draft={{ ...draft, conditions: { ...draft.conditions, expert: [{ rule: 'true', sentence: 'x' }] } }}
      onChange={ignore}
      errors={{}}
      kind={data}
      attributes={attributes}
      purposes={['research']}
      fieldsOfBusiness={['weather']}
      findAccounts={nobody}
    />,
  );
  for (const words of ['wind (DOUBLE)', 'Row filter', 'Calls per use, at most', 'Megabytes per use, at most'])
    expect(text).toContain(words);
  expect(text).toContain('Customers at the same time, at most');
  expect(text).toContain('use.choice.format, use.amount.bytes, use.amount.calls, use.amount.places');
});

test('a store asks for gigabytes by what they count, and for how long what was stored stays [6.2.3-b]', () => {
  const store = storeTerms({ bytes: 20_000_000_000n, region: 'interpool' });
  const first = fitCapacity(storage, emptyStrategy(storage), store);
  const conditions = textOf(
    <ConditionsStep
      draft={first}
      onChange={ignore}
      errors={{}}
      kind={storage}
      attributes={store}
      purposes={['research']}
      fieldsOfBusiness={['weather']}
      findAccounts={nobody}
    />,
  );
  for (const words of ['What was stored stays for', 'Gigabytes sent per use, at most', 'Storage in gigabytes, at most'])
    expect(conditions).toContain(words);
  const price = textOf(<PriceStep draft={first} onChange={ignore} errors={{}} kind={storage} />);
  expect(price).toContain('Per gigabyte and hour Per gigabyte and use Per gigabyte sent Per thousand calls');
  const parsed = parseTerms(storage, first);
  if (!parsed.ok) throw new Error('the first draft is accepted');
  const strategy = previewOf(parsed.terms.strategy, { version: 1, nowMs: 0 });
  const free = [{ meter: 'storedBytes', amount: 3_000_000_000 }];
  const use = textOf(
    <UseFields
      draft={firstDraft(storage, strategy, free)}
      free={free}
      onChange={ignore}
      errors={{}}
      kind={storage}
      strategy={strategy}
      purposes={['research']}
      fieldsOfBusiness={['weather']}
      conditions={[]}
      limits={[]}
    />,
  );
  for (const words of ['Storage in gigabytes', '3.00 GB free now.', 'Gigabytes received', 'At most 100 GB.'])
    expect(use).toContain(words);
  expect(
    textOf(
      <StrategyFacts
        strategy={strategy}
        kind="storage"
        attributes={storeTerms({ bytes: 3_000_000_000n, region: 'interpool' })}
        capacity={parsed.terms.capacity.map(toQuantityDto)}
      />,
    ),
  ).toContain('tokens per GB and hour');
});

test('the price form says what each way of pricing and the promise mean, and stops to offer lines when all is priced', () => {
  const show = (part: Partial<StrategyDraft>) =>
    textOf(<PriceStep draft={{ ...draft, ...part }} onChange={ignore} errors={{}} kind={data} />);
  const one = show({});
  expect(one).toContain('Per use Per hour Per megabyte Per thousand calls');
  expect(one).toContain('Each hour in which your agent served costs this much');
  expect(one).toContain('Add a price line');
  expect(one).toContain('Nothing is promised');
  const full = show({
    prices: ['Per hour', 'Per megabyte', 'Per thousand calls'].map((pricing) => ({ pricing, amount: '1' })),
    promise: { amounts: { firstByteMs: '250' }, degradedPercent: '12.5' },
  });
  expect(full).not.toContain('Add a price line');
  expect(full).toContain('A use costs the sum of the lines.');
  expect(full).toContain('stayed below it 12.5 % of it');
  expect(show({ prices: [] })).toContain('Without a price line every use is free.');
});

test('a strategy reads the same before and after it is on the ledger: who, what, how much, price and promise', () => {
  const parsed = parseTerms(data, {
    ...draft,
    promise: { amounts: { firstByteMs: '250' }, degradedPercent: '50' },
  });
  if (!parsed.ok) throw new Error('the draft is accepted');
  const { strategy, capacity } = parsed.terms;
  const text = textOf(
    <StrategyFacts
      strategy={previewOf(strategy, { version: 1, nowMs: 0 })}
      kind="data"
      capacity={capacity.map(toQuantityDto)}
      attributes={attributes}
    />,
  );
  expect(text).toContain('Calls per use at most 1,000 calls');
  expect(text).toContain('Bytes per use at most 100 MB');
  expect(text).toContain('Customers at the same time at most 10 places');
  expect(text).toContain('In force version 1, since 1 Jan 1970');
  expect(text).toContain('Price 1.00 tokens per hour');
  expect(text).toContain('Promise First byte of 95 of 100 calls: at most 250 ms');
  expect(text).toContain('an interval costs 50 % of its price');
});

test('a use is asked for by the kind’s choices and limits, with the strategy’s own bound beside each [I.2-4]', () => {
  const parsed = parseTerms(data, draft);
  if (!parsed.ok) throw new Error('the draft is accepted');
  const strategy = previewOf(parsed.terms.strategy, { version: 1, nowMs: 0 });
  const text = textOf(
    <UseFields
      draft={firstDraft(data, strategy, [])}
      free={[]}
      onChange={ignore}
      errors={{ amounts: { calls: 'Calls must be a number.' } }}
      kind={data}
      strategy={strategy}
      purposes={['research']}
      fieldsOfBusiness={['weather']}
      conditions={[]}
      limits={[]}
    />,
  );
  expect(text).toContain('Format csv');
  expect(text).toContain('At most 2 hours.');
  expect(text).toContain('At most 100 MB.');
  expect(text).toContain('Calls must be a number.');
  expect(text).not.toContain('Customers at the same time');
});

test('a strategy that nobody has signed is not said to be in force', () => {
  const parsed = parseTerms(data, draft);
  if (!parsed.ok) throw new Error('the draft is accepted');
  const strategy = previewOf(parsed.terms.strategy, { version: 1, nowMs: 0 });
  const text = textOf(<StrategyFacts strategy={strategy} kind="data" capacity={[]} attributes={attributes} isDraft />);
  expect(text).toContain('In force would be version 1');
  expect(text).not.toContain('since');
});

test('every field that an offered change bears on is found by its name, and a number that cannot be read marks its field', () => {
  for (const kind of [data, storage]) {
    const ways = [
      { name: 'columns', value: '["wind"]' },
      { name: 'formats', value: '["csv","json"]' },
    ];
    const parsed = parseTerms(data, draft);
    if (!parsed.ok) throw new Error('the draft is accepted');
    const strategy = { ...previewOf(parsed.terms.strategy, { version: 1, nowMs: 0 }), ways };
    const show = (duration: string) =>
      renderToStaticMarkup(
        <UseFields
          draft={{ ...firstDraft(kind, strategy, []), duration }}
          free={[]}
          onChange={ignore}
          errors={{}}
          kind={kind}
          strategy={strategy}
          purposes={['research']}
          fieldsOfBusiness={['weather']}
          conditions={[]}
          limits={[]}
        />,
      );
    const choices = Object.keys(kind.ledger.choices).map((choice) => `use.choice.${choice}`);
    const amounts = askedOfPeople(kind).map((meter) => `use.amount.${meter}`);
    for (const path of ['use.purpose', 'use.field', 'use.durationMs', ...choices, ...amounts])
      expect(show('2')).toContain(`name="${fieldNameOf(path)}"`);
    expect(show('2')).not.toContain('aria-invalid');
    for (const typed of ['abc', '-1', '1e3', '1 GB'])
      expect(show(typed)).toMatch(/<input(?=[^>]*name="duration")(?=[^>]*aria-invalid="true")/);
    expect(show('')).not.toContain('aria-invalid');
  }
});
