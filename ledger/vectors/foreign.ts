import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.VECTORS_DIR ?? join(import.meta.dirname, '../../../shared/vectors');

/** Parsed JSON of a vector file by other people; undefined, with a line that says so, where the folder is missing. */
export function foreignVectors(path: string): unknown {
  const file = join(folder, path);
  if (existsSync(file)) return JSON.parse(readFileSync(file, 'utf8'));
  process.stderr.write(
    `Skipped: the foreign vectors ${file} are not on this machine (set VECTORS_DIR to their folder).\n`,
  );
  return undefined;
}
