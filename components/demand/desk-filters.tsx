import { Button } from '#components/ui/button.tsx';
import { FilterRow, type FilterChoice } from '#components/ui/filter-row.tsx';
import { kinds } from '#ledger/contracts/kinds/kinds.ts';

const KINDS = Object.keys(kinds);
const HOUR_MS = 3_600_000;

/** Ages that a list of demands can be narrowed to. */
const AGES = [
  { value: '', label: 'any age', ms: 0 },
  { value: '1h', label: 'older than an hour', ms: HOUR_MS },
  { value: '1d', label: 'older than a day', ms: 24 * HOUR_MS },
] as const;

/** What the address says of a list of demands; what is no filter is left out. */
export interface ShownFilter {
  kind: string | undefined;
  region: string | undefined;
  unmet: string | undefined;
  age: string | undefined;
}

export function kindIn(text: string | undefined): string | undefined {
  return KINDS.find((kind) => kind === text);
}

/** The same for the query. */
export function deskFilterOf({ kind, region, unmet, age }: ShownFilter) {
  const ms = AGES.find(({ value }) => value === age)?.ms ?? 0;
  const known = kindIn(kind);
  return {
    ...(known === undefined ? {} : { kind: known }),
    ...(region === undefined ? {} : { region }),
    ...(unmet === undefined ? {} : { unmet: true }),
    ...(ms === 0 ? {} : { ageMsMin: ms }),
  };
}

export const KIND_CHOICES: readonly FilterChoice[] = [
  { value: '', label: 'every kind' },
  ...KINDS.map((kind) => ({ value: kind, label: kind })),
];

/** Kind, whether a plan meets them, age and region of the demands that are shown. */
export function DeskFilters({ path, filter }: { path: string; filter: ShownFilter }) {
  const common = { path, filter: { ...filter } };
  return (
    <div className="mb-3 flex flex-col gap-1.5">
      <FilterRow {...common} title="Kind" name="kind" choices={KIND_CHOICES} />
      <FilterRow
        {...common}
        title="Plans"
        name="unmet"
        choices={[
          { value: '', label: 'with or without a plan' },
          { value: '1', label: 'without a plan' },
        ]}
      />
      <FilterRow {...common} title="Age" name="age" choices={AGES} />
      <form action={path} className="flex flex-wrap items-center gap-2 text-sm">
        {(['kind', 'unmet', 'age'] as const).map((name) =>
          filter[name] === undefined ? null : <input key={name} type="hidden" name={name} value={filter[name]} />,
        )}
        <label htmlFor="desk-region">Region</label>
        <input
          id="desk-region"
          name="region"
          defaultValue={filter.region ?? ''}
          maxLength={64}
          className="input h-8 w-44 py-1"
        />
        <Button type="submit" size="sm">
          Show
        </Button>
      </form>
    </div>
  );
}
