import { copyFile, mkdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';

/**
 * Three real data sets of the npm package vega-datasets. Licence and source are what its datapackage.json states; nothing in them is
 * invented or changed, except that the third is stored as Parquet.
 */
export interface SampleDataSet extends SampleSource {
  readonly file: string;
  readonly format: 'csv' | 'parquet';
}

/** What the provider says of a source of its agent. */
export interface SampleSource {
  readonly sourceId: string;
  readonly title: string;
  readonly summary: string;
  readonly tags: readonly string[];
  readonly region: string;
  readonly licence: string;
  readonly sourceUrl: string;
}

export const DATA_SETS = {
  weather: {
    sourceId: 'seattle-weather',
    file: 'seattle-weather.csv',
    format: 'csv',
    title: 'Seattle daily weather, 2012 to 2015',
    summary:
      'One row a day: precipitation, highest and lowest temperature, wind, in metric units. The weather column is synthesized from several fields of the original. From the NOAA National Climatic Data Center, as kept in vega-datasets.',
    tags: ['weather', 'climate', 'daily'],
    region: 'US-WA',
    licence: 'U.S. Government Dataset',
    sourceUrl: 'https://www.ncdc.noaa.gov/cdo-web/datatools/records',
  },
  birdstrikes: {
    sourceId: 'birdstrikes',
    file: 'birdstrikes.csv',
    format: 'csv',
    title: 'Wildlife strikes reported to the FAA',
    summary:
      'Records of wildlife strikes by airport, aircraft, phase of flight, species and cost. From the FAA Wildlife Strike Database, as kept in vega-datasets.',
    tags: ['aviation', 'safety', 'wildlife'],
    region: 'US',
    licence: 'U.S. Government Dataset',
    sourceUrl: 'http://wildlife.faa.gov',
  },
  zipcodes: {
    sourceId: 'zipcodes',
    file: 'zipcodes.parquet',
    format: 'parquet',
    title: 'Postal codes of the United States and Puerto Rico',
    summary:
      'Postal codes with latitude, longitude, city, state and county. A historical snapshot by GeoNames, first contributed to vega-datasets in 2017 and no longer current; stored here as Parquet.',
    tags: ['geography', 'logistics', 'postal-codes'],
    region: 'US',
    licence: 'Creative Commons Attribution 4.0 International',
    sourceUrl: 'https://download.geonames.org/export/zip/',
  },
} as const satisfies Record<string, SampleDataSet>;

/** Puts the files of data sets into an agent's data folder; what is there already stays. */
export async function placeDataSets(folder: string, dataSets: readonly SampleDataSet[]): Promise<void> {
  if (dataSets.length === 0) return;
  await mkdir(folder, { recursive: true, mode: 0o700 });
  for (const { file, format } of dataSets) {
    const target = join(folder, file);
    if (await exists(target)) continue;
    const unfinished = `${target}.unfinished`;
    await rm(unfinished, { force: true });
    if (format === 'csv') await copyFile(packageFile(file), unfinished);
    else await convertToParquet(packageFile(file.replace(/\.parquet$/, '.csv')), unfinished);
    await rename(unfinished, target);
  }
}

/** Postal codes stay text: as numbers they would lose their leading zeros. */
async function convertToParquet(csv: string, target: string): Promise<void> {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  const rows = `SELECT * FROM read_csv('${literal(csv)}', header=true, sample_size=-1, types={'zip_code': 'VARCHAR'})`;
  await connection.run(`COPY (${rows}) TO '${literal(target)}' (FORMAT parquet, COMPRESSION zstd)`);
  connection.closeSync();
  instance.closeSync();
}

function literal(text: string): string {
  return text.replaceAll("'", "''");
}

/** The package exports its program only; its data lies beside it. */
function packageFile(file: string): string {
  return fileURLToPath(new URL(`../data/${file}`, import.meta.resolve('vega-datasets')));
}

function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
