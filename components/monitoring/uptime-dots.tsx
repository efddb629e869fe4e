import type { UptimeDot } from '#lib/shared/monitoring.ts';
import { countOf } from '#components/ui/count.ts';
import { percent } from './words.ts';

const SLOT = 5;
const WIDTH = 4;
const HEIGHT = 16;
/** An hour in which hardly a heartbeat is missing counts as whole: one can be late. */
const WHOLE_PERMILLE = 990;

/** Hours in which something was missing are named by their distance: no list of clock times is read to anybody. */
export function uptimeWords(dots: readonly UptimeDot[]): string {
  const known = dots.flatMap(({ permille }) => (permille === null ? [] : [permille]));
  if (known.length === 0) return 'Nothing is known of the last 24 hours yet';
  const mean = known.reduce((sum, permille) => sum + permille, 0) / known.length;
  const poor = known.filter((permille) => permille < WHOLE_PERMILLE).length;
  const gaps = poor === 0 ? 'no hour with gaps' : `${countOf(poor, 'hour')} with gaps`;
  return `Heard ${percent(mean)} of the ${countOf(known.length, 'hour')} that could be heard, ${gaps}`;
}

/** How well a node was heard in each of the last 24 hours: the fuller the bar, the better; a line where nothing could be heard. */
export function UptimeDots({ dots }: { dots: readonly UptimeDot[] }) {
  if (dots.length === 0) return <span className="text-muted">—</span>;
  return (
    <svg
      role="img"
      aria-label={uptimeWords(dots)}
      viewBox={`0 0 ${dots.length * SLOT} ${HEIGHT}`}
      className="inline-block h-4 w-30"
    >
      {dots.map((dot, index) => (
        <Dot key={dot.atMs} dot={dot} x={index * SLOT} />
      ))}
    </svg>
  );
}

function Dot({ dot: { permille }, x }: { dot: UptimeDot; x: number }) {
  if (permille === null) return <rect x={x} y={HEIGHT - 1} width={WIDTH} height={1} className="fill-muted" />;
  const height = Math.round((permille * (HEIGHT - 2)) / 1_000) + 2;
  const look = permille >= WHOLE_PERMILLE ? 'fill-success' : permille >= 500 ? 'fill-warning' : 'fill-danger';
  return (
    <g>
      <rect x={x} y={0} width={WIDTH} height={HEIGHT} className="fill-default" />
      <rect x={x} y={HEIGHT - height} width={WIDTH} height={height} className={look} />
    </g>
  );
}
