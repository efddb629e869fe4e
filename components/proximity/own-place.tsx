'use client';

import { createContext, use, useState, type ReactNode } from 'react';
import { frameOf, type Spot } from '#components/map/frame.ts';
import { degreesOf } from '#components/kinds/shared/place.ts';
import type { Place } from '#ledger/contracts/shared/place.ts';
import { placeFrom } from './candidates.ts';

interface OwnPlace {
  readonly latitude: string;
  readonly longitude: string;
  /** Undefined until both are degrees. */
  readonly place: Place | undefined;
  set(of: { readonly latitude?: string; readonly longitude?: string }): void;
}

const OwnPlaceContext = createContext<OwnPlace | undefined>(undefined);

/** Holds the place of who looks at the page, as it is typed, for the parts of the page that are in it: in this memory alone, never sent and never kept. */
export function OwnPlaceProvider({ children }: { children: ReactNode }) {
  const [typed, setTyped] = useState({ latitude: '', longitude: '' });
  const place = placeFrom(typed.latitude, typed.longitude);
  const set = (of: Partial<typeof typed>) => setTyped((before) => ({ ...before, ...of }));
  return <OwnPlaceContext value={{ ...typed, place, set }}>{children}</OwnPlaceContext>;
}

export function useOwnPlace(): OwnPlace {
  const own = use(OwnPlaceContext);
  if (own === undefined) throw new Error('only parts of a page that asks for a place know it');
  return own;
}

/** Pixels: a flag whose foot is the place, so that marks and labels beside it stay visible. */
const FLAG = { pole: 24, width: 32, height: 17 } as const;
/** Hundredths of the height, above which there is room for it only below its foot; and of the width, up to which it stands on either side of its pole. */
const HIGH = 20;
const EDGE = 8;

/** A flag at one's own place over a map that the server drew of `spots`: the same projection, computed in the browser. Nothing where it lies outside. */
export function OwnPoint({ spots }: { spots: readonly Spot[] }) {
  const at = useOwnSpot(spots);
  if (at === undefined || !at.isInside) return null;
  const up = at.y < HIGH ? 1 : -1;
  const left = at.x < EDGE ? 0 : at.x > 100 - EDGE ? -FLAG.width : -FLAG.width / 2;
  const top = up * FLAG.pole - FLAG.height / 2;
  return (
    // Inside the border of the map, which it lies on.
    <div translate="no" className="pointer-events-none absolute inset-px">
      <svg role="img" aria-label="Where you are" className="size-full overflow-hidden">
        <svg x={`${at.x}%`} y={`${at.y}%`} overflow="visible">
          <line y2={up * FLAG.pole} className="stroke-foreground stroke-2" />
          <circle r={3} className="fill-foreground stroke-surface stroke-1" />
          <rect
            x={left}
            y={top}
            width={FLAG.width}
            height={FLAG.height}
            rx={3}
            className="fill-foreground stroke-surface"
          />
          <text
            x={left + FLAG.width / 2}
            y={top + FLAG.height - 5}
            textAnchor="middle"
            className="fill-surface text-xs font-semibold"
          >
            You
          </text>
        </svg>
      </svg>
    </div>
  );
}

/** What the flag is, or why there is none, in words beside the map. */
export function OwnPointInWords({ spots }: { spots: readonly Spot[] }) {
  const at = useOwnSpot(spots);
  if (at === undefined) return <span>Say above where you are, and this map shows it too.</span>;
  return at.isInside ? (
    <span>The flag is where you are, drawn in this browser alone.</span>
  ) : (
    <span>Where you are lies outside this map.</span>
  );
}

function useOwnSpot(spots: readonly Spot[]) {
  const { place } = useOwnPlace();
  if (place === undefined) return undefined;
  const { x, y } = frameOf(spots).placeOf(degreesOf(place));
  return { x, y, isInside: x >= 0 && x <= 100 && y >= 0 && y <= 100 };
}
