import type { DuckDBConnection } from '@duckdb/node-api';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { openSource, type DataSource, type SourceConfig } from './source.ts';

/** Bytes of UTF-8 that `technical` may take, so that a publication (words and metadata) stays within 8 KiB and 16 KiB with its strategy. */
export const TECHNICAL_BYTES_MAX = 6 * 1024;
const RANGE_LENGTH_MAX = 40;
const PREVIEW_ROWS = 5;
const PREVIEW_TEXT_LENGTH_MAX = 120;

export interface TechnicalColumn {
  readonly name: string;
  readonly type: string;
  readonly nulls: number;
  readonly min: string | null;
  readonly max: string | null;
}

/** What is published about a source, computed and never typed [I.2-7]. */
export interface Technical {
  readonly format: string;
  readonly rows: number;
  readonly bytes: number;
  readonly checksum: string;
  readonly columns: readonly TechnicalColumn[];
}

export interface TestedFile {
  readonly technical: Technical;
  /** The exact JSON text that is signed and published. */
  readonly text: string;
  readonly preview: readonly Readonly<Record<string, string | null>>[];
}

/** Reads the file as it is now, from start to end, and describes it. */
export async function testSourceFile(config: SourceConfig, dataFolder: string): Promise<Outcome<TestedFile>> {
  const opened = await openSource(config, dataFolder);
  if (!opened.ok) return opened;
  const tested = await testSource(opened.value);
  opened.value.close();
  return tested;
}

/** The provider's test before publishing: opens, counts, reads every column to its end, samples rows [6.2.3-a]. */
export async function testSource(source: DataSource): Promise<Outcome<TestedFile>> {
  const connection = await source.connect();
  try {
    const technical = await describeSource(source, connection);
    if (technical.rows === 0) return failed(`The source ${source.config.id} has no rows: there is nothing to share.`);
    const text = technicalText(technical);
    if (text === null) {
      return failed(
        `The description of ${source.config.id} would be longer than ${TECHNICAL_BYTES_MAX} bytes: share a source with fewer or shorter column names.`,
      );
    }
    return done({ technical: JSON.parse(text) as Technical, text, preview: await previewRows(source, connection) });
  } catch (error) {
    return failed(`The source ${source.config.id} could not be read to its end: ${reasonOf(error)}`);
  } finally {
    connection.closeSync();
  }
}

/** One pass over all columns: what cannot be read fails here and not at the customer. */
async function describeSource(source: DataSource, connection: DuckDBConnection): Promise<Technical> {
  const parts = source.columns.flatMap((_, position) => [
    `count(*) - count(c${position})`,
    `CAST(min(c${position}) AS VARCHAR)`,
    `CAST(max(c${position}) AS VARCHAR)`,
  ]);
  const result = await connection.runAndReadAll(`SELECT count(*), ${parts.join(', ')} FROM source`);
  const row = result.getRows()[0] ?? [];
  const columns = source.columns.map((column, position) => ({
    name: column.name,
    type: column.type,
    nulls: Number(row[1 + position * 3] ?? 0),
    min: source.config.publishRanges ? shortened(row[2 + position * 3]) : null,
    max: source.config.publishRanges ? shortened(row[3 + position * 3]) : null,
  }));
  return {
    format: source.config.format,
    rows: Number(row[0] ?? 0),
    bytes: source.bytes,
    checksum: source.checksum,
    columns,
  };
}

/** The JSON text, without ranges when they would make it too long; null when it is too long even so. */
function technicalText(technical: Technical): string | null {
  const whole = JSON.stringify(technical);
  if (Buffer.byteLength(whole) <= TECHNICAL_BYTES_MAX) return whole;
  const columns = technical.columns.map((column) => ({ ...column, min: null, max: null }));
  const bare = JSON.stringify({ ...technical, columns });
  return Buffer.byteLength(bare) <= TECHNICAL_BYTES_MAX ? bare : null;
}

function shortened(value: unknown): string | null {
  if (value === null || value === undefined) return null;
  const points = [...String(value)];
  return points.length <= RANGE_LENGTH_MAX ? points.join('') : `${points.slice(0, RANGE_LENGTH_MAX - 1).join('')}…`;
}

async function previewRows(
  source: DataSource,
  connection: DuckDBConnection,
): Promise<Readonly<Record<string, string | null>>[]> {
  const casts = source.columns.map((_, position) => `CAST(c${position} AS VARCHAR)`).join(', ');
  const result = await connection.runAndReadAll(`SELECT ${casts} FROM source LIMIT ${PREVIEW_ROWS}`);
  return result.getRows().map((row) =>
    Object.fromEntries(
      source.columns.map((column, position) => {
        const value = row[position];
        return [column.name, value === null ? null : String(value).slice(0, PREVIEW_TEXT_LENGTH_MAX)];
      }),
    ),
  );
}
