import { FilterRow } from '#components/ui/filter-row.tsx';
import { RANGES, type Range } from '#lib/shared/monitoring.ts';

const RANGE_NAMES = Object.keys(RANGES) as Range[];

/** A range of the address; the first, when it is none. */
export function rangeOf(text: string | undefined): Range {
  return RANGE_NAMES.find((name) => name === text) ?? 'hour';
}

/** Links to the same page over another time. */
export function RangeChoice({ path, range }: { path: string; range: Range }) {
  return (
    <FilterRow
      title="Time shown"
      path={path}
      filter={{ range: range === 'hour' ? '' : range }}
      name="range"
      choices={RANGE_NAMES.map((name) => ({ value: name === 'hour' ? '' : name, label: name }))}
    />
  );
}
