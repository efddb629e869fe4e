import { FilterRow } from '#components/ui/filter-row.tsx';
import { FilterSearch } from '#components/ui/filter-search.tsx';
import { inWords } from '#components/ui/format.ts';
import { NODE_CLASSES } from '#ledger/contracts/node/definition.ts';
import { STATUS_FILTERS } from './words.ts';

/** What an address says of the register. */
export interface ShownRegisterFilter {
  kind: string | undefined;
  status: string | undefined;
  text: string | undefined;
}

/** Class and status of the nodes that are shown, and a search by name. */
export function RegisterFilters({ path, filter }: { path: string; filter: ShownRegisterFilter }) {
  const common = { path, filter: { ...filter } };
  return (
    <div className="mb-3 flex flex-col gap-1.5">
      <FilterRow
        {...common}
        title="Class"
        name="kind"
        choices={[{ value: '', label: 'every class' }, ...NODE_CLASSES.map((value) => ({ value, label: value }))]}
      />
      <FilterRow
        {...common}
        title="Status"
        name="status"
        choices={[
          { value: '', label: 'any status' },
          ...STATUS_FILTERS.map((value) => ({ value, label: inWords(value) })),
        ]}
      />
      <FilterSearch
        path={path}
        title="Register"
        id="register-text"
        label="Name"
        text={filter.text}
        lengthMax={64}
        kept={{ kind: filter.kind, status: filter.status }}
      />
    </div>
  );
}
