import { realpathSync } from 'node:fs';
import { resolve, sep } from 'node:path';
import { z } from 'zod';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import { DATE_FORMAT_MAX, ENCODINGS, NULL_MAX, NULLS_MAX, SKIP_MAX } from '#ledger/contracts/kinds/data.ts';
import type { SourceConfig } from './source-config.ts';

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
    /^(VARCHAR|BOOLEAN|TINYINT|SMALLINT|INTEGER|BIGINT|HUGEINT|UTINYINT|USMALLINT|UINTEGER|UBIGINT|FLOAT|DOUBLE|DATE|TIME|TIMESTAMP|TIMESTAMP WITH TIME ZONE|UUID|DECIMAL\(\d{1,2},\d{1,2}\))$/,
  );

/** Nothing, or one character that no name or value begins with by chance. */
const separator = z
  .string()
  .regex(/^[\t\x20-\x2f\x3a-\x40\x5b-\x60\x7b-\x7e]?$/, 'must be one ASCII sign, a tab or nothing');
const dialectSchema = z.strictObject({
  delimiter: separator.optional(),
  quote: separator.optional(),
  escape: separator.optional(),
  header: z.boolean().optional(),
  encoding: z.enum(ENCODINGS).optional(),
  skip: z.number().int().min(0).max(SKIP_MAX).optional(),
  decimal: z.enum(['.', ',']).optional(),
  dateFormat: z
    .string()
    .max(DATE_FORMAT_MAX)
    .regex(/^(%[dmyYbBj]|[ ./-])*$/, 'must be made of %d %m %y %Y %b %B %j and the signs . / - or a space')
    .optional(),
  nulls: z.array(z.string().min(1).max(NULL_MAX)).max(NULLS_MAX).optional(),
});

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
        dialect: dialectSchema.default({}),
        publishRanges: z.boolean().default(false),
        publishSample: z.boolean().default(false),
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
