import { frameOf, HEIGHT, WIDTH } from './frame.ts';
import { BORDERS, LAND } from './land.ts';
import { layOut, MARK_PX, type Group, type MapPlace } from './layout.ts';
import { Mark } from './mark.tsx';

export interface PlaceMapProps {
  places: readonly MapPlace[];
  /** What the map shows, in words, for who cannot see it; whoever uses the map lists its places beside it. */
  label: string;
}

/**
 * Places on a map of the land around them, drawn on the server as one SVG: nothing is fetched from anywhere. Land grows with the drawing, marks
 * and letters keep their size, so that they can be read on a phone.
 */
export function PlaceMap({ places, label }: PlaceMapProps) {
  const frame = frameOf(places);
  return (
    // A page translator would put elements of HTML into the drawing, and no browser shows those.
    <div translate="no" className="aspect-video w-full overflow-hidden rounded-md border border-border bg-accent-soft">
      <svg role="img" aria-label={label} className="size-full">
        <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} width="100%" height="100%">
          <path
            d={frame.pathOf(LAND)}
            className="fill-surface stroke-muted"
            strokeWidth={0.75}
            vectorEffect="non-scaling-stroke"
          />
          <path
            d={frame.pathOf(BORDERS)}
            className="fill-none stroke-muted opacity-60"
            strokeWidth={0.75}
            strokeDasharray="3 3"
            vectorEffect="non-scaling-stroke"
          />
        </svg>
        {layOut(places, frame).map((group) => (
          <GroupMarks key={group.places.map(({ key }) => key).join(' ')} group={group} />
        ))}
      </svg>
    </div>
  );
}

/** Marks in a row around their place, and the label beside them. */
function GroupMarks({ group: { x, y, places, label } }: { group: Group }) {
  return (
    <svg x={`${x}%`} y={`${y}%`} overflow="visible">
      {places.map((place, index) => (
        <g key={place.key} transform={`translate(${(index - (places.length - 1) / 2) * MARK_PX} 0)`}>
          <Mark kind={place.kind} mark={place.mark} isEmphasised={place.isEmphasised} />
        </g>
      ))}
      {label === undefined ? null : (
        <text
          x={label.dx}
          y={label.dy}
          textAnchor={label.anchor}
          className={`fill-foreground stroke-surface stroke-[3px] text-xs [paint-order:stroke] ${label.isEmphasised ? 'font-semibold' : ''} ${label.isWideOnly ? 'max-sm:hidden' : ''}`}
        >
          {label.text}
        </text>
      )}
    </svg>
  );
}
