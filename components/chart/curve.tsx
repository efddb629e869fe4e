import { scaleLinear, scaleTime } from 'd3-scale';
import { area, line } from 'd3-shape';

/** Units of the drawing, which is stretched to the width that there is; strokes and dots are not. */
const WIDTH = 400;
const HEIGHT = 100;
/** So that the line of the highest value is not cut. */
const MARGIN = 4;

export interface Reading {
  readonly atMs: number;
  readonly amount: number;
}

export interface Span {
  readonly fromMs: number;
  readonly untilMs: number;
}

/** A quantity over time: straight from reading to reading, a dot for each after the first, the lowest line is 0. `label` says the same in words. */
export function Curve({ readings, span, label }: { readings: readonly Reading[]; span: Span; label: string }) {
  const x = scaleTime([span.fromMs, span.untilMs], [0, WIDTH]);
  const highest = Math.max(1, ...readings.map(({ amount }) => amount));
  const y = scaleLinear([0, highest], [HEIGHT - MARGIN, MARGIN]);
  const points = readings.map(({ atMs, amount }): [number, number] => [x(atMs), y(amount)]);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="h-20 w-full overflow-visible border-b border-l border-border"
    >
      <path d={area().y0(y(0))(points) ?? ''} className="fill-accent opacity-15" />
      <path
        d={line()(points) ?? ''}
        fill="none"
        strokeWidth={1.5}
        vectorEffect="non-scaling-stroke"
        className="stroke-accent"
      />
      {points.slice(1).map(([left, top]) => (
        // A line of no length with round ends: a dot that is round however the drawing is stretched.
        <path
          key={left}
          d={`M${left} ${top}h0`}
          strokeWidth={5}
          strokeLinecap="round"
          vectorEffect="non-scaling-stroke"
          className="stroke-accent"
        />
      ))}
    </svg>
  );
}
