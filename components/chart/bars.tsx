import { scaleBand, scaleLinear } from 'd3-scale';

/** Bars for which there is room at least: few of them are no broader than many. */
const ROOM = 20;
/** Units of the drawing, which is stretched to the width that there is. */
const WIDTH = 400;
const HEIGHT = 100;

/** A whole and the part of it that came to something. */
export interface PartOfWhole {
  readonly key: number;
  readonly whole: number;
  readonly part: number;
}

export interface Bar {
  readonly key: number;
  readonly x: number;
  readonly width: number;
  readonly wholeHeight: number;
  readonly partHeight: number;
}

/** Where the bars stand in the drawing, from left to right in their order, the highest as high as the drawing. Pure. */
export function barsOf(values: readonly PartOfWhole[]): Bar[] {
  const places = Array.from({ length: Math.max(ROOM, values.length) }, (_, place) => place);
  const x = scaleBand(places, [0, WIDTH]).padding(0.2);
  const height = scaleLinear([0, Math.max(1, ...values.map(({ whole }) => whole))], [0, HEIGHT]);
  return values.map(({ key, whole, part }, place) => ({
    key,
    x: x(place) ?? 0,
    width: x.bandwidth(),
    wholeHeight: height(whole),
    partHeight: height(part),
  }));
}

/** A bar for each whole, pale, and before it its part, full. `label` says the same in words. */
export function Bars({ values, label }: { values: readonly PartOfWhole[]; label: string }) {
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      className="h-24 w-full border-b border-border"
    >
      {barsOf(values).map(({ key, x, width, wholeHeight, partHeight }) => (
        <g key={key}>
          <rect x={x} y={HEIGHT - wholeHeight} width={width} height={wholeHeight} className="fill-accent opacity-20" />
          <rect x={x} y={HEIGHT - partHeight} width={width} height={partHeight} className="fill-accent" />
        </g>
      ))}
    </svg>
  );
}
