import { termOf, type Term } from './terms.ts';

/** Tenths of a degree, written in one way: no zero too many, never without the tenths, and no minus before zero. */
const DEGREES = /^(?!-0\.0$)(-?)(0|[1-9]\d{0,2})\.(\d)$/;
export const LATITUDE_TENTHS_MAX = 900n;
export const LONGITUDE_TENTHS_MAX = 1_800n;

/**
 * A cell of a tenth of a degree: what stands on the ledger stays there, and no house should. It is 11 km from north to south everywhere, and from west to
 * east 11 km at the equator and at least 2 km to 79.6° of latitude; nearer to the poles it is narrower, and nobody who stands there should state a place.
 */
export interface Place {
  readonly latitudeTenths: bigint;
  readonly longitudeTenths: bigint;
}

function parseTenths(text: string | undefined, max: bigint): bigint | undefined {
  const [whole, minus, degrees, tenth] = DEGREES.exec(text ?? '') ?? [];
  if (whole === undefined) return undefined;
  const tenths = BigInt(`${degrees}${tenth}`);
  if (tenths > max) return undefined;
  return minus === '-' ? -tenths : tenths;
}

/** A place as it is published: latitude and longitude in degrees with one decimal, `-33.9,151.2`. Undefined for every other text. */
export function readPlace(text: string): Place | undefined {
  const [latitude, longitude, ...more] = text.split(',', 3);
  const latitudeTenths = parseTenths(latitude, LATITUDE_TENTHS_MAX);
  const longitudeTenths = parseTenths(longitude, LONGITUDE_TENTHS_MAX);
  if (latitudeTenths === undefined || longitudeTenths === undefined || more.length > 0) return undefined;
  return { latitudeTenths, longitudeTenths };
}

/** The place that a description states, as it is written; undefined for one that states none. */
export function placeIn(attributes: readonly Term[]): string | undefined {
  const text = termOf(attributes, 'place');
  return text !== undefined && readPlace(text) !== undefined ? text : undefined;
}
