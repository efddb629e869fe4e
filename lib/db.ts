import 'server-only';
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

const globals = globalThis as { interpoolDatabase?: { url: string; client: PrismaClient } };

/** The web role's client, one for the process (kept on globalThis, because Next loads a module more than once). */
export function database(): PrismaClient {
  const { databaseUrl: url, pool } = webEnvironment();
  if (globals.interpoolDatabase?.url === url) return globals.interpoolDatabase.client;
  const adapter = new PrismaPg({
    ...databaseOptions(url),
    max: pool.connectionsMax,
    connectionTimeoutMillis: pool.connectMsMax,
    statement_timeout: pool.statementMsMax,
  });
  const client = new PrismaClient({ adapter });
  globals.interpoolDatabase = { url, client };
  return client;
}
