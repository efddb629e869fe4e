import type { MapPlace } from '#components/map/layout.ts';
import { degreesInWords, degreesOf } from '#components/kinds/shared/place.ts';
import { resourceLabel } from '#components/ui/format.ts';
import { LATITUDE_TENTHS_MAX, LONGITUDE_TENTHS_MAX, readPlace, type Place } from '#ledger/contracts/shared/place.ts';
import { PARTS, type Part } from '#ledger/contracts/prose/definition.ts';
import type { Candidate, Weights } from '#ledger/contracts/prose/recommend.ts';
import type { CandidateDto, PoolDto } from '#lib/shared/proximity.ts';

/** Rows of the pool as the contract's own ranking takes them, and places as people type them. Pure. */

const TENTHS = 10;
const NOWHERE: Place = { latitudeTenths: 0n, longitudeTenths: 0n };

/** The ledger's own words are sound, so a cell is always read. */
export function candidateOf(row: CandidateDto): Candidate {
  return {
    resource: BigInt(row.resource),
    cell: readPlace(row.cell) ?? NOWHERE,
    roundTripMs: BigInt(row.roundTripMs),
    connections: BigInt(row.connections),
    free: BigInt(row.free),
    credit: BigInt(row.credit),
    sessions: BigInt(row.sessions),
    begunSessions: BigInt(row.begunSessions),
    keptPerMilleSum: BigInt(row.keptPerMilleSum),
    disconnects: BigInt(row.disconnects),
    evaluations: BigInt(row.evaluations),
    scoreSum: BigInt(row.scoreSum),
  };
}

export function weightsOf(weights: PoolDto['weights']): Weights {
  return {
    quality: BigInt(weights.quality),
    waiting: BigInt(weights.waiting),
    history: BigInt(weights.history),
    distance: BigInt(weights.distance),
  };
}

export const PART_WORDS: Readonly<Record<Part, string>> = {
  quality: 'Quality',
  waiting: 'Free connections',
  history: 'History',
  distance: 'Distance',
};

/** Weights in one sentence. */
export function weightsInWords(weights: PoolDto['weights']): string {
  return PARTS.map((part) => `${PART_WORDS[part].toLowerCase()} ${weights[part]}`).join(', ');
}

/** A coordinate as somebody types it, `47.61`, `-122,33` or `122.33 W`, in tenths of a degree; undefined for anything else. */
export function readDegrees(typed: string, axis: 'latitude' | 'longitude'): bigint | undefined {
  const [, minus, figure, side] = /^([-−]?)(\d{1,3}(?:[.,]\d{1,8})?)\s*°?\s*([nsew]?)$/i.exec(typed.trim()) ?? [];
  if (figure === undefined) return undefined;
  const letter = (side ?? '').toUpperCase();
  const fits = letter === '' || (axis === 'latitude' ? 'NS' : 'EW').includes(letter);
  if (!fits || (minus !== '' && letter !== '')) return undefined;
  const tenths = BigInt(Math.round(Number(figure.replace(',', '.')) * TENTHS));
  const max = axis === 'latitude' ? LATITUDE_TENTHS_MAX : LONGITUDE_TENTHS_MAX;
  if (tenths > max) return undefined;
  return minus !== '' || letter === 'S' || letter === 'W' ? -tenths : tenths;
}

/** Both coordinates as they are typed; undefined until each is one. */
export function placeFrom(latitude: string, longitude: string): Place | undefined {
  const latitudeTenths = readDegrees(latitude, 'latitude');
  const longitudeTenths = readDegrees(longitude, 'longitude');
  return latitudeTenths === undefined || longitudeTenths === undefined
    ? undefined
    : { latitudeTenths, longitudeTenths };
}

/** What a device measured, rounded to a cell before anything else sees it, as it would be typed. */
export function roundedDegrees(measured: number): string {
  const tenths = Math.round(measured * TENTHS) / TENTHS;
  return (Object.is(tenths, -0) ? 0 : tenths).toFixed(1);
}

/** `47.6° north, 122.3° west`. */
export function cellInWords(cell: Place): string {
  return degreesInWords(degreesOf(cell));
}

/** Numbered in the order of the list. */
export function poolPlaces(candidates: readonly CandidateDto[]): MapPlace[] {
  return candidates.map((row, index) => ({
    key: row.resource,
    mark: String(index + 1),
    label: resourceLabel(row.resource),
    kind: 'circle',
    isEmphasised: row.free > 0,
    ...degreesOf(readPlace(row.cell) ?? NOWHERE),
  }));
}
