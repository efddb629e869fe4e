import type { DuckDBConnection } from '@duckdb/node-api';
import { COLUMNS_MAX, dataSetTerms, type Column, type DataSet } from '#ledger/contracts/kinds/data.ts';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { measureAnswers } from './answer-bytes.ts';
import { openSource, type DataSource } from './source.ts';
import type { SourceConfig } from './source-config.ts';

/** Bytes of UTF-8 that the attributes may take, so that they stay within 8 KiB together with the provider's words. */
export const ATTRIBUTES_BYTES_MAX = 6 * 1024;
const RANGE_LENGTH_MAX = 40;
const PREVIEW_ROWS = 5;
const PREVIEW_TEXT_LENGTH_MAX = 120;

export interface TestedFile {
  /** What is published about the source, computed and never typed [I.2-7]. */
  readonly dataSet: DataSet;
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
    const whole = await describeSource(source, connection);
    if (whole.rows === 0) return failed(`The source ${source.config.id} has no rows: there is nothing to share.`);
    const dataSet = withinBounds(whole);
    if (dataSet === null) {
      return failed(
        `The description of ${source.config.id} would have more than ${COLUMNS_MAX} columns or ${ATTRIBUTES_BYTES_MAX} bytes: share a source with fewer or shorter column names.`,
      );
    }
    // An estimate is no condition of sharing: what cannot be written in one format can still be served in another.
    const answerBytes = await measureAnswers(source, connection, whole.rows).catch(() => undefined);
    const measured = answerBytes === undefined ? dataSet : { ...dataSet, answerBytes };
    return done({
      dataSet: sizeOf(measured) <= ATTRIBUTES_BYTES_MAX ? measured : dataSet,
      preview: await previewRows(source, connection),
    });
  } catch (error) {
    return failed(`The source ${source.config.id} could not be read to its end: ${reasonOf(error)}`);
  } finally {
    connection.closeSync();
  }
}

/** One pass over all columns: what cannot be read fails here and not at the customer. */
async function describeSource(source: DataSource, connection: DuckDBConnection): Promise<DataSet> {
  const parts = source.columns.flatMap((_, position) => [
    `count(*) - count(c${position})`,
    `CAST(min(c${position}) AS VARCHAR)`,
    `CAST(max(c${position}) AS VARCHAR)`,
  ]);
  const result = await connection.runAndReadAll(`SELECT count(*), ${parts.join(', ')} FROM source`);
  const row = result.getRows()[0] ?? [];
  const columns = source.columns.map((column, position): Column => ({
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
    ...(source.dialect === null ? {} : { dialect: source.dialect }),
  };
}

/** The description, without ranges when they would make it too long; null when it is too long even so. */
function withinBounds(dataSet: DataSet): DataSet | null {
  if (dataSet.columns.length > COLUMNS_MAX) return null;
  if (sizeOf(dataSet) <= ATTRIBUTES_BYTES_MAX) return dataSet;
  const bare = { ...dataSet, columns: dataSet.columns.map((column) => ({ ...column, min: null, max: null })) };
  return sizeOf(bare) <= ATTRIBUTES_BYTES_MAX ? bare : null;
}

/** Bytes of its terms, names and values, as the ledger counts them. */
function sizeOf(dataSet: DataSet): number {
  return dataSetTerms(dataSet).reduce((sum, { name, value }) => sum + Buffer.byteLength(name + value), 0);
}

/** The end of a range as it is published; null when there is none, or when it holds control characters, which no term may hold. */
function shortened(value: unknown): string | null {
  if (value === null || value === undefined || /\p{Cc}/u.test(String(value))) return null;
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
