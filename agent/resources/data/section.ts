import { realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { z } from 'zod';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import type { SourceConfig } from './source.ts';

const SOURCES_MAX = 64;
const PATH_LENGTH_MAX = 1024;

const path = z
  .string()
  .min(1)
  .max(PATH_LENGTH_MAX)
  .refine((text) => !text.includes('\0'), 'must not hold a NUL');
/** DuckDB's scalar type names; nothing else can stand in a reading. */
const typeName = z
  .string()
  .regex(
    /^(VARCHAR|BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|FLOAT|DOUBLE|DATE|TIME|TIMESTAMP|UUID|DECIMAL\(\d{1,2},\d{1,2}\))$/,
  );

const sectionSchema = z.strictObject({
  folders: z.array(path).min(1).max(16),
  sources: z
    .array(
      z.strictObject({
        id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,47}$/, 'must be lower-case letters, digits and hyphens, at most 48'),
        title: z.string().min(1).max(120),
        format: z.enum(['csv', 'parquet']),
        path,
        types: z.record(z.string().min(1).max(64), typeName).default({}),
        publishRanges: z.boolean().default(false),
      }),
    )
    .min(1)
    .max(SOURCES_MAX),
});

/** Reads the `data` part of a config file: every source with its real path, which must lie in one of the folders. */
export function readDataSection(section: unknown, baseFolder: string): Outcome<readonly SourceConfig[]> {
  const parsed = sectionSchema.safeParse(section);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    return failed(`${['data', ...(issue?.path ?? [])].join('.')}: ${issue?.message ?? 'is not valid'}.`);
  }
  const folders = parsed.data.folders.map((folder) => resolve(baseFolder, folder));
  const sources: SourceConfig[] = [];
  for (const source of parsed.data.sources) {
    const placed = placeInside(resolve(baseFolder, source.path), folders);
    if (placed === null) {
      return failed(
        `the source ${source.id} lies outside data.folders (${folders.join(', ')}), or does not exist: ${source.path}.`,
      );
    }
    sources.push({ ...source, path: placed });
  }
  return done(sources);
}

/** The real path when it lies in one of the folders, links resolved on both sides; null otherwise. */
function placeInside(target: string, folders: readonly string[]): string | null {
  try {
    const real = realpathSync(target);
    return folders.some((folder) => real.startsWith(realpathSync(folder) + sep)) ? real : null;
  } catch {
    return null;
  }
}
