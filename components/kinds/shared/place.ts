import type { TermDto } from '#lib/shared/dto.ts';
import { placeIn, readPlace, type Place } from '#ledger/contracts/shared/place.ts';

/** One decimal, as it is published. */
const DEGREE_TENTHS = 10;

interface Degrees {
  readonly latitude: number;
  readonly longitude: number;
}

/** A cell in degrees, north and east above zero. */
export function degreesOf({ latitudeTenths, longitudeTenths }: Place): Degrees {
  return { latitude: Number(latitudeTenths) / DEGREE_TENTHS, longitude: Number(longitudeTenths) / DEGREE_TENTHS };
}

/** Where a description says that it stands; undefined where it states no place. */
export function placeOf(attributes: readonly TermDto[]): Degrees | undefined {
  const place = readPlace(placeIn(attributes) ?? '');
  return place && degreesOf(place);
}

/** `47.6° north, 122.3° west`. */
export function degreesInWords({ latitude, longitude }: Degrees): string {
  const degrees = (value: number): string => `${Math.abs(value).toFixed(1)}°`;
  return `${degrees(latitude)} ${latitude < 0 ? 'south' : 'north'}, ${degrees(longitude)} ${longitude < 0 ? 'west' : 'east'}`;
}
