import { FilterRow } from '#components/ui/filter-row.tsx';
import { FilterSearch } from '#components/ui/filter-search.tsx';
import { textOf } from '#components/ui/pager.tsx';
import type { NodesFilter } from '#lib/shared/monitoring.ts';
import { KIND_WORDS, NODE_KINDS, STATUSES } from './words.ts';

/** What the address says of a list of nodes. */
export interface ShownNodesFilter {
  kind: string | undefined;
  status: string | undefined;
  text: string | undefined;
}

/** What a page's query says. */
export function shownNodesFilterOf(query: Readonly<Record<string, string | string[] | undefined>>): ShownNodesFilter {
  return { kind: textOf(query.kind, 16), status: textOf(query.status, 16), text: textOf(query.text, 100) };
}

/** The same for the query; what is no filter is left out. */
export function nodesFilterOf({ kind, status, text }: ShownNodesFilter): NodesFilter {
  const knownKind = NODE_KINDS.find((value) => value === kind);
  const knownStatus = STATUSES.find((value) => value === status);
  return {
    ...(knownKind === undefined ? {} : { kind: knownKind }),
    ...(knownStatus === undefined ? {} : { status: knownStatus }),
    ...(text === undefined ? {} : { text }),
  };
}

/** Kind and status of the nodes that are shown, and a search. */
export function NodeFilters({ path, filter }: { path: string; filter: ShownNodesFilter }) {
  const common = { path, filter: { ...filter } };
  return (
    <div className="mb-3 flex flex-col gap-1.5">
      <FilterRow
        {...common}
        title="Kind"
        name="kind"
        choices={[
          { value: '', label: 'every kind' },
          ...NODE_KINDS.map((value) => ({ value, label: `${KIND_WORDS[value]}s` })),
        ]}
      />
      <FilterRow
        {...common}
        title="Status"
        name="status"
        choices={[{ value: '', label: 'any status' }, ...STATUSES.map((value) => ({ value, label: value }))]}
      />
      <FilterSearch
        path={path}
        title="Nodes"
        id="node-text"
        label="Name or key"
        text={filter.text}
        lengthMax={100}
        kept={{ kind: filter.kind, status: filter.status }}
      />
    </div>
  );
}
