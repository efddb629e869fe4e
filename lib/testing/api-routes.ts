import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export type Handler = (
  request: Request,
  context: { params: Promise<Record<string, string | string[]>> },
) => Promise<Response> | Response;

const folder = fileURLToPath(new URL('../../app/api/', import.meta.url));

/** Every route below /api, by its folder. */
export const places = readdirSync(folder, { withFileTypes: true, recursive: true })
  .filter((entry) => entry.name === 'route.ts')
  .map((entry) => path.relative(folder, entry.parentPath))
  .toSorted();

/** A route's handlers by method. */
export async function routeAt(place: string): Promise<Partial<Record<string, Handler>>> {
  return (await import(path.join(folder, place, 'route.ts'))) as Partial<Record<string, Handler>>;
}
