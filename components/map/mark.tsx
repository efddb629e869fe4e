import type { MapPlace, MarkKind } from './layout.ts';

/** Pixels from the middle to the edge. */
const RADIUS = 9;
const DIAMOND = RADIUS * 1.2;

/** A mark around its middle, for a map and for a legend: its form says what it is, a filled one that it is emphasised. */
export function Mark({ kind, mark, isEmphasised }: Pick<MapPlace, 'kind' | 'mark' | 'isEmphasised'>) {
  const look = isEmphasised
    ? { shape: 'fill-accent stroke-surface', letters: 'fill-accent-foreground font-semibold' }
    : { shape: 'fill-surface stroke-muted', letters: 'fill-foreground' };
  return (
    <>
      <Shape kind={kind} className={`stroke-[1.5px] ${look.shape}`} />
      <text y={3.5} textAnchor="middle" className={`text-[10px] ${look.letters}`}>
        {mark}
      </text>
    </>
  );
}

function Shape({ kind, className }: { kind: MarkKind; className: string }) {
  switch (kind) {
    case 'circle':
      return <circle r={RADIUS} className={className} />;
    case 'square':
      return <rect x={-RADIUS} y={-RADIUS} width={RADIUS * 2} height={RADIUS * 2} rx={2} className={className} />;
    case 'diamond':
      return <path d={`M0 ${-DIAMOND}L${DIAMOND} 0L0 ${DIAMOND}L${-DIAMOND} 0Z`} className={className} />;
  }
}

/** A mark by itself, in a line of text. */
export function MarkSample(mark: Pick<MapPlace, 'kind' | 'mark' | 'isEmphasised'>) {
  return (
    <span translate="no" aria-hidden className="inline-flex shrink-0 align-middle">
      <svg viewBox="-12 -12 24 24" className="size-6">
        <Mark {...mark} />
      </svg>
    </span>
  );
}
