import { buttonVariants } from '@heroui/styles';
import { X } from 'lucide-react';
import Link from 'next/link';
import { Select } from '#components/ui/choice.tsx';
import { sentenceCase } from '#components/ui/format.ts';
import { hrefWith } from '#components/ui/pager.tsx';
import type { FacetDto } from '#lib/shared/dto.ts';
import { PRICE_BANDS } from '#lib/shared/price-bands.ts';
import { kinds } from '#ledger/contracts/kinds/kinds.ts';
import { Text } from '#components/ui/text.tsx';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import { InstantForm } from './instant-form.tsx';

export interface CatalogueFiltersProps {
  asked: Readonly<Record<string, string | undefined>>;
  facets: readonly FacetDto[];
  /** What somebody may type who has no word of their own; each finds something. */
  examples: readonly string[];
}

const FACET_LABELS: Readonly<Record<FacetDto['name'], string>> = {
  kind: 'Kind',
  accessClass: 'Access',
  region: 'Region',
  format: 'Format',
  price: 'Price of an hour’s use',
  pricing: 'Price depends on',
};

/** What the price of a use depends on, and the kinds by their titles; other values stand for themselves. */
const VALUE_WORDS: Partial<Record<FacetDto['name'], ReadonlyMap<string, string>>> = {
  pricing: new Map([
    ['free', 'nothing: it is free'],
    ['use', 'the use alone'],
    ['time', 'its time'],
    ['amount', 'its amounts'],
  ]),
  price: new Map(PRICE_BANDS.map(({ name, words }) => [name, words])),
  kind: new Map(Object.entries(kinds).map(([name, { title }]) => [name, title])),
};

const SORTS = [
  { value: 'relevance', label: 'Best match first' },
  { value: 'newest', label: 'Newest first' },
  { value: 'price', label: 'Lowest price first' },
  { value: 'size', label: 'Largest first' },
];

/** The value comes from the address and may be any word, `constructor` too: it is looked up in a map, which knows its own words alone. */
function inFacetWords(facet: string, value: string): string {
  return VALUE_WORDS[facet as FacetDto['name']]?.get(value) ?? isolatedText(value);
}

/** A plain form: it works before any script, and the address says what is shown. With scripts a choice is shown at once. */
export function CatalogueFilters({ asked, facets, examples }: CatalogueFiltersProps) {
  return (
    <InstantForm action="/catalogue" label="Catalogue" asked={asked} className="mb-4 flex flex-col gap-3">
      <div className="flex flex-wrap items-end gap-2">
        <div className="flex min-w-0 flex-1 basis-64 flex-col gap-1">
          <label htmlFor="catalogue-text" className="text-sm font-medium">
            Words
          </label>
          <input
            id="catalogue-text"
            name="text"
            type="search"
            defaultValue={asked.text}
            maxLength={200}
            placeholder={examples.length === 0 ? 'a word, a provider or an id' : `such as ${examples.join(', ')}`}
            className="input input--full-width h-9 py-1"
          />
        </div>
        <Select
          label="Order"
          name="sort"
          defaultValue={asked.sort ?? 'relevance'}
          options={SORTS}
          className="basis-44"
        />
        <button type="submit" className={buttonVariants({ variant: 'primary', className: 'h-9' })}>
          Search
        </button>
      </div>
      <div className="grid grid-cols-2 gap-2 md:grid-cols-3 xl:grid-cols-6">
        {facets.map((facet) => (
          <Select
            key={facet.name}
            label={FACET_LABELS[facet.name]}
            name={facet.name}
            defaultValue={asked[facet.name] ?? ''}
            options={[
              { value: '', label: 'any' },
              ...facet.values.map(({ value, count }) => ({
                value,
                label: `${inFacetWords(facet.name, value)} (${count})`,
              })),
            ]}
          />
        ))}
      </div>
      <ActiveFilters asked={asked} />
    </InstantForm>
  );
}

function ActiveFilters({ asked }: { asked: CatalogueFiltersProps['asked'] }) {
  const active = Object.entries(asked).filter(([name, value]) => value !== undefined && name !== 'sort');
  if (active.length === 0) return null;
  return (
    <ul aria-label="Active filters" className="flex flex-wrap gap-1.5">
      {active.map(([name, value]) => (
        <li key={name}>
          <Link
            href={hrefWith('/catalogue', asked, { [name]: undefined })}
            prefetch={false}
            aria-label={`Remove the filter ${name}: ${isolatedText(value ?? '')}`}
            className="inline-flex min-h-6 items-center gap-1 rounded-sm bg-default px-2 text-xs hover:bg-default-hover"
          >
            <Text>
              {sentenceCase(FACET_LABELS[name as FacetDto['name']] ?? 'words')}: {inFacetWords(name, value ?? '')}
            </Text>
            <X className="size-3" aria-hidden />
          </Link>
        </li>
      ))}
    </ul>
  );
}
