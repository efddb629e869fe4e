import 'server-only';
import { createHash } from 'node:crypto';
import { PrismaPg } from '@prisma/adapter-pg';
import { Prisma, PrismaClient } from '#prisma/generated/client.ts';
import { databaseOptions } from './database-address.ts';
import { webEnvironment } from './env.ts';
import { definition } from './projections/tables.ts';
import { placeOf } from './read-model.ts';

export { Prisma } from '#prisma/generated/client.ts';

type ReadModelTable = keyof typeof definition.tables;

/** The read model's tables for SQL that Prisma's models cannot say: `FROM ${readModel.resources} r`. */
export const readModel = Object.fromEntries(
  (Object.keys(definition.tables) as ReadModelTable[]).map((table) => [table, Prisma.raw(placeOf(table))]),
) as Record<ReadModelTable, Prisma.Sql>;

/** Begins a statement that runs all the time: it is parsed and planned once a connection. For texts that never vary: each stays with its connection. */
export const PREPARED = Prisma.raw('/* prepared */');

const names = new Map<string, string>();

function nameOf(sql: string): string {
  const known = names.get(sql);
  if (known !== undefined) return known;
  const name = createHash('sha256').update(sql).digest('hex').slice(0, 32);
  names.set(sql, name);
  return name;
}

const globals = globalThis as { interpoolDatabase?: { url: string; client: PrismaClient } };

/** The web role's client, one for the process (kept on globalThis, because Next loads a module more than once). */
export function database(): PrismaClient {
  const { databaseUrl: url, pool } = webEnvironment();
  if (globals.interpoolDatabase?.url === url) return globals.interpoolDatabase.client;
  const adapter = new PrismaPg(
    {
      ...databaseOptions(url),
      max: pool.connectionsMax,
      connectionTimeoutMillis: pool.connectMsMax,
      statement_timeout: pool.statementMsMax,
    },
    // The empty name is PostgreSQL's own for a statement that is not kept.
    { statementNameGenerator: ({ sql }) => (sql.startsWith(PREPARED.sql) ? nameOf(sql) : '') },
  );
  const client = new PrismaClient({ adapter });
  globals.interpoolDatabase = { url, client };
  return client;
}
