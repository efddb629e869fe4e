import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const folder = process.env.VECTORS_DIR ?? join(import.meta.dirname, '../../../shared/vectors');

/** Undefined, with a line that says so, where the folder is missing. */
function foreignText(path: string): string | undefined {
  const file = join(folder, path);
  if (existsSync(file)) return readFileSync(file, 'utf8');
  process.stderr.write(
    `Skipped: the foreign vectors ${file} are not on this machine (set VECTORS_DIR to their folder).\n`,
  );
  return undefined;
}

/** Parsed JSON of a vector file by other people; undefined, with a line that says so, where the folder is missing. */
export function foreignVectors(path: string): unknown {
  const text = foreignText(path);
  return text === undefined ? undefined : JSON.parse(text);
}

/** The same of a file with one JSON value a line. */
export function foreignVectorLines(path: string): unknown[] | undefined {
  const text = foreignText(path);
  return text
    ?.split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as unknown);
}
