import { FilterRow } from '#components/ui/filter-row.tsx';
import type { AlertDto } from '#lib/shared/monitoring.ts';

/** States that a list of alerts can be narrowed to, the usual one first. */
export const ALERT_STATES = {
  open: { filter: { state: 'open' }, none: 'No alert is open' },
  firing: { filter: { state: 'firing' }, none: 'No alert waits for anybody' },
  acknowledged: { filter: { state: 'acknowledged' }, none: 'No open alert is acknowledged' },
  resolved: { filter: { state: 'resolved' }, none: 'No alert is over yet' },
  all: { filter: {}, none: 'There has been no alert yet' },
} as const satisfies Record<string, { filter: { state?: 'open' | AlertDto['state'] }; none: string }>;
export type ShownState = keyof typeof ALERT_STATES;

const STATES = Object.keys(ALERT_STATES) as ShownState[];

export function alertStateOf(text: string | undefined): ShownState {
  return STATES.find((state) => state === text) ?? 'open';
}

export function AlertFilters({ path, state }: { path: string; state: ShownState }) {
  return (
    <div className="mb-3">
      <FilterRow
        title="State of the alerts"
        path={path}
        filter={{ state: state === 'open' ? '' : state }}
        name="state"
        choices={STATES.map((value) => ({ value: value === 'open' ? '' : value, label: value }))}
      />
    </div>
  );
}
