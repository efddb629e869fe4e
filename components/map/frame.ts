import { geoMercator, geoPath, type GeoPermissibleObjects } from 'd3-geo';

/** Units of the drawing, which is as wide as there is room and keeps its form. */
export const WIDTH = 960;
export const HEIGHT = 540;

/** What is shown is at least as wide as this at the equator: with less there would be no coast to know the place by. */
const DEGREES_MIN = 22;
/** Left free on each side, of what the places take up: labels need room. */
const FREE = 0.3;
/** Land is cut off so far beyond the edge that the line of the cut is not seen. */
const BEYOND = 10;
/** Mercator's projection has no poles; nearer to them a place is drawn here. */
const LATITUDE_MAX = 80;
const WHOLE_TURN = 360;
const RADIANS = Math.PI / 180;

/** In degrees, north and east above zero. */
export interface Spot {
  readonly latitude: number;
  readonly longitude: number;
}

/** A part of the world, and where in the drawing it stands. */
export interface Frame {
  /** The commands of an SVG path. */
  pathOf(shape: GeoPermissibleObjects): string;
  /** Where a spot stands, in hundredths of the width and of the height. */
  placeOf(spot: Spot): { readonly x: number; readonly y: number };
}

/** The middle of the shorter way around the world that has all of the longitudes; the date line is no edge. */
export function middleLongitude(longitudes: readonly number[]): number {
  const sorted = longitudes.toSorted((left, right) => left - right);
  const [first = 0] = sorted;
  let [widest, start] = [0, first];
  sorted.forEach((longitude, index) => {
    const next = sorted[index + 1] ?? first + WHOLE_TURN;
    if (next - longitude <= widest) return;
    [widest, start] = [next - longitude, next];
  });
  const middle = start + (WHOLE_TURN - widest) / 2;
  return ((((middle + 180) % WHOLE_TURN) + WHOLE_TURN) % WHOLE_TURN) - 180;
}

/** A part of the world with all of the spots in it; of no spot the whole world. Pure. */
export function frameOf(spots: readonly Spot[]): Frame {
  const projection = geoMercator()
    .rotate([-middleLongitude(spots.map(({ longitude }) => longitude)), 0])
    .scale(1)
    .translate([0, 0]);
  const projected = ({ latitude, longitude }: Spot): readonly [number, number] =>
    projection([longitude, Math.min(LATITUDE_MAX, Math.max(-LATITUDE_MAX, latitude))]) ?? [0, 0];
  const points = spots.map(projected);
  const [left, right] = rangeOf(points.map(([x]) => x));
  const [top, bottom] = rangeOf(points.map(([, y]) => y));
  const room = 1 + 2 * FREE;
  const width = Math.max(
    (points.length === 0 ? WHOLE_TURN : DEGREES_MIN) * RADIANS,
    (right - left) * room,
    ((bottom - top) * room * WIDTH) / HEIGHT,
  );
  const scale = WIDTH / width;
  projection
    .scale(scale)
    .translate([WIDTH / 2 - (scale * (left + right)) / 2, HEIGHT / 2 - (scale * (top + bottom)) / 2])
    .clipExtent([
      [-BEYOND, -BEYOND],
      [WIDTH + BEYOND, HEIGHT + BEYOND],
    ]);
  const path = geoPath(projection).digits(1);
  return {
    pathOf: (shape) => path(shape) ?? '',
    placeOf: (spot) => {
      const [x, y] = projected(spot);
      return { x: (x / WIDTH) * 100, y: (y / HEIGHT) * 100 };
    },
  };
}

function rangeOf(values: readonly number[]): readonly [number, number] {
  return values.length === 0 ? [0, 0] : [Math.min(...values), Math.max(...values)];
}
