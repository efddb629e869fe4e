import { scaleLinear, scaleTime } from 'd3-scale';
import { area, line } from 'd3-shape';
import type { Span } from './curve.tsx';
import { boundsOf, stretchesOf, type Measured } from './series.ts';

/** Units of the drawing, which is stretched to the width that there is; strokes and dots are not. */
const WIDTH = 400;
const HEIGHT = 100;
/** So that the line of the highest value is not cut. */
const MARGIN = 4;
/** Finer places than a screen shows make the page longer and nothing clearer. */
const DIGITS = 1;

export interface TimeLineProps {
  readings: readonly Measured[];
  span: Span;
  /** Between two readings that nothing is missing between. */
  stepMs: number;
  /** The same in words. */
  label: string;
  className?: string;
}

/** A quantity over time, broken where nobody measured it. Its lowest line is 0, or the least value where that is below. */
export function TimeLine({ readings, span, stepMs, label, className = 'h-20' }: TimeLineProps) {
  const bounds = boundsOf(readings);
  const x = scaleTime([span.fromMs, span.untilMs], [0, WIDTH]);
  const lowest = Math.min(0, bounds?.least ?? 0);
  const highest = Math.max(lowest + Number.MIN_VALUE, bounds?.greatest ?? 0) || 1;
  const y = scaleLinear([lowest, highest], [HEIGHT - MARGIN, MARGIN]);
  const stretches = stretchesOf(readings, stepMs).map((stretch) =>
    stretch.map(({ atMs, amount }): [number, number] => [x(atMs), y(amount)]),
  );
  const below = area().y0(y(0)).digits(DIGITS);
  const along = line().digits(DIGITS);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className={`w-full overflow-visible border-b border-l border-border ${className}`}
    >
      <path d={stretches.map((points) => below(points)).join('')} className="fill-accent opacity-15" />
      <path
        // A line of no length with round ends is a dot: of a moment that stands alone.
        d={stretches.map((points) => (points.length === 1 ? `M${points[0]?.join(' ')}h0` : along(points))).join('')}
        fill="none"
        strokeWidth={1.5}
        strokeLinecap="round"
        strokeLinejoin="round"
        vectorEffect="non-scaling-stroke"
        className="stroke-accent"
      />
    </svg>
  );
}
