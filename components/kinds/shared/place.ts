import type { TermDto } from '#lib/shared/dto.ts';
import { placeIn, readPlace } from '#ledger/contracts/shared/place.ts';

/** One decimal, as it is published. */
const DEGREE_TENTHS = 10;

/** Where a description says that it stands, in degrees, north and east above zero; undefined where it states no place. */
export function placeOf(
  attributes: readonly TermDto[],
): { readonly latitude: number; readonly longitude: number } | undefined {
  const place = readPlace(placeIn(attributes) ?? '');
  return (
    place && {
      latitude: Number(place.latitudeTenths) / DEGREE_TENTHS,
      longitude: Number(place.longitudeTenths) / DEGREE_TENTHS,
    }
  );
}

/** `47.6° north, 122.3° west`. */
export function degreesInWords({ latitude, longitude }: { latitude: number; longitude: number }): string {
  const degrees = (value: number): string => `${Math.abs(value).toFixed(1)}°`;
  return `${degrees(latitude)} ${latitude < 0 ? 'south' : 'north'}, ${degrees(longitude)} ${longitude < 0 ? 'west' : 'east'}`;
}
