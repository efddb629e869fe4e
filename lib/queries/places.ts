import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, readModel } from '#lib/db.ts';
import type { PlaceDto } from '#lib/shared/demand-dto.ts';

/** Places that one answer names. */
const PLACES_MAX = 200;

/**
 * Regions and zones that published offers name among their attributes, by kind: what a request can ask for and find. A store's region is the
 * one of its protocol, not the place of its provider. Public, as the catalogue is.
 */
export async function getPlaces(): Promise<PlaceDto[]> {
  if (!(await authorize('catalogue.read')).ok) return [];
  return database().$queryRaw<PlaceDto[]>`
    SELECT DISTINCT r."kind", g."value" AS "region", z."value" AS "zone" FROM ${readModel.resources} r
    CROSS JOIN LATERAL (
      SELECT a."value" FROM jsonb_to_recordset(r."attributes") AS a("name" text, "value" text) WHERE a."name" = 'region'
    ) g
    LEFT JOIN LATERAL (
      SELECT a."value" FROM jsonb_to_recordset(r."attributes") AS a("name" text, "value" text) WHERE a."name" = 'zone'
    ) z ON true
    WHERE r."status" = 'published' ORDER BY 1, 2, 3 LIMIT ${PLACES_MAX}`;
}
