import { TimeLine } from './time-line.tsx';

/** The shape of a quantity's last values, one step apart; null where nothing was measured. `label` says what matters in words. */
export function Sparkline({ values, label }: { values: readonly (number | null)[]; label: string }) {
  return (
    <TimeLine
      readings={values.map((amount, atMs) => ({ atMs, amount }))}
      span={{ fromMs: 0, untilMs: Math.max(1, values.length - 1) }}
      stepMs={1}
      label={label}
      className="h-5 max-w-28"
    />
  );
}
