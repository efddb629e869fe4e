import type { DuckDBType } from '@duckdb/node-api';
import type { StatedDialect } from './dialect.ts';

export type SourceFormat = 'csv' | 'parquet';

export interface SourceConfig {
  readonly id: string;
  readonly title: string;
  readonly format: SourceFormat;
  /** Absolute path of the file. */
  readonly path: string;
  /** DuckDB types of CSV columns that must not be guessed, e.g. {"zip_code": "VARCHAR"}. */
  readonly types: Readonly<Record<string, string>>;
  /** How a CSV file is to be read, as far as the provider says it. */
  readonly dialect: StatedDialect;
  /** Publish the smallest and largest value of each column. Off by default: a range can tell what rows must not. */
  readonly publishRanges: boolean;
  /** Show a few rows of it to everybody beside the resource. Off by default: they leave the site without being paid for. */
  readonly publishSample?: boolean;
}

/** Position i in the source is column `c<i>` of the snapshot, so that no name of a source ever stands in a query. */
export interface SourceColumn {
  readonly name: string;
  readonly type: string;
  /** Whether column `t<i>` holds the file's text, where the value alone would be written in another way (1.50, 2026-01-31T00:00Z). */
  readonly isTextKept: boolean;
}

/** A column of a snapshot that is open for queries. */
export interface QueryColumn extends SourceColumn {
  /** The type with the types inside it. */
  readonly tree: DuckDBType;
}
