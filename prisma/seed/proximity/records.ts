import { join, resolve } from 'node:path';
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { Client } from 'pg';
import { csvOf, ROWS } from './subscribers.ts';

/**
 * The operator's own records: a table in its own PostgreSQL (OPERATOR_DATABASE_URL, a superuser's) and a role that may read it (password
 * OPERATOR_READER_PASSWORD, letters and digits), made once and completed after an update; without a database the same rows in the file of the
 * identity program.
 */
async function fillTable(url: string, password: string): Promise<void> {
  if (!/^\w+$/.test(password)) throw new Error('OPERATOR_READER_PASSWORD has to be letters and digits.');
  const client = new Client({ connectionString: url });
  await client.connect();
  try {
    await client.query('BEGIN');
    await client.query(
      'CREATE TABLE IF NOT EXISTS subscribers (full_name text NOT NULL, document text NOT NULL, msisdn text PRIMARY KEY)',
    );
    for (const { name, document, subscriber } of ROWS)
      await client.query('INSERT INTO subscribers VALUES ($1, $2, $3) ON CONFLICT DO NOTHING', [
        name,
        document,
        subscriber,
      ]);
    const { rowCount } = await client.query("SELECT FROM pg_roles WHERE rolname = 'identity'");
    if (rowCount === 0) await client.query('CREATE ROLE identity');
    await client.query(`ALTER ROLE identity LOGIN PASSWORD '${password}'`);
    await client.query('GRANT SELECT ON subscribers TO identity');
    await client.query('COMMIT');
  } finally {
    await client.end();
  }
}

const { values: flags } = parseArgs({ options: { home: { type: 'string' } }, strict: true });
const { OPERATOR_DATABASE_URL: url, OPERATOR_READER_PASSWORD: password } = process.env;
if (flags.home === undefined || (url === undefined) !== (password === undefined)) {
  process.stderr.write(
    'Usage: node_modules/.bin/node prisma/seed/proximity/records.ts --home <data folder>, with OPERATOR_DATABASE_URL and OPERATOR_READER_PASSWORD, or without both for a file.\n',
  );
  process.exit(1);
}
if (url !== undefined && password !== undefined) await fillTable(url, password);
else writeFileSync(join(resolve(flags.home), 'identity', 'subscribers.csv'), csvOf(ROWS), { mode: 0o600 });
