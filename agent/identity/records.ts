import { Client, escapeIdentifier } from 'pg';
import { normalised, type IdentityClaim } from '#ledger/contracts/identity/claim.ts';
import { CLAIM_FIELDS } from '#ledger/contracts/identity/identity-words.ts';
import { openForImport, sqlText } from '#agent/resources/data/database.ts';
import type { RecordsConfig } from './config.ts';

const CONNECT_MS_MAX = 5_000;
const QUERY_MS_MAX = 10_000;

/** The operator's own records. They are asked for one subscriber at a time, and nothing of them is kept. */
export interface SubscriberRecords {
  /** undefined for a number that is not in them; throws a sentence where they cannot be read, or have it twice. */
  find(subscriber: string): Promise<IdentityClaim | undefined>;
}

export function openRecords(config: RecordsConfig): SubscriberRecords {
  return {
    find: async (subscriber) =>
      onlyOne(await (config.kind === 'csv' ? readCsv(config, subscriber) : readTable(config, subscriber))),
  };
}

type Of<Kind extends RecordsConfig['kind']> = Extract<RecordsConfig, { kind: Kind }>;

/** The three columns of who has this number, by the spelling that numbers are compared in (claim.ts). */
function selection({ columns }: RecordsConfig, from: string): string {
  const [name, document, subscriber] = CLAIM_FIELDS.map((field) => escapeIdentifier(columns[field]));
  return `SELECT ${name}, ${document}, ${subscriber} FROM ${from} WHERE upper(regexp_replace(CAST(${subscriber} AS text), '[[:space:]().-]', '', 'g')) = $1 LIMIT 2`;
}

async function readCsv(config: Of<'csv'>, subscriber: string): Promise<unknown[][]> {
  // Readable by the program, and by nothing that stands in the file: the engine opens this file and no other.
  const { instance, connection } = await openForImport(':memory:', config.file);
  try {
    const from = `read_csv(${sqlText(config.file)}, header = true, all_varchar = true)`;
    const reader = await connection.runAndReadAll(selection(config, from), [numberOf(subscriber)]);
    return reader.getRows();
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
}

async function readTable(config: Of<'postgres'>, subscriber: string): Promise<unknown[][]> {
  const client = new Client({
    connectionString: config.url,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    query_timeout: QUERY_MS_MAX,
  });
  // What a connection says once it is lost; the query itself fails as well.
  client.on('error', () => undefined);
  try {
    await client.connect();
    const from = config.table.split('.').map(escapeIdentifier).join('.');
    const text = selection(config, from);
    const { rows } = await client.query<unknown[]>({ text, values: [numberOf(subscriber)], rowMode: 'array' });
    return rows;
  } finally {
    await client.end().catch(() => undefined);
  }
}

function numberOf(subscriber: string): string {
  return normalised('subscriber', subscriber);
}

function onlyOne(rows: readonly unknown[][]): IdentityClaim | undefined {
  if (rows.length > 1) throw new Error('The records have one subscriber number twice.');
  const row = rows[0];
  if (row === undefined) return undefined;
  const [name, document, subscriber] = row.map((value) => (value === null ? '' : String(value)));
  return { name: name ?? '', document: document ?? '', subscriber: subscriber ?? '' };
}
