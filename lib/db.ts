import 'server-only';
import { PrismaPg } from '@prisma/adapter-pg';
import { PrismaClient } from '#prisma/generated/client.ts';
import { webEnvironment } from './env.ts';

export { Prisma } from '#prisma/generated/client.ts';

const CONNECTIONS_MAX = 12;
const CONNECT_MS_MAX = 5_000;
/** A query that takes longer is cut off by PostgreSQL: one slow page must not hold the others. */
const STATEMENT_MS_MAX = 10_000;

const globals = globalThis as { interpoolDatabase?: { url: string; client: PrismaClient } };

/** The web role's client, one for the process (kept on globalThis, because Next loads a module more than once). */
export function database(): PrismaClient {
  const { databaseUrl: url } = webEnvironment();
  if (globals.interpoolDatabase?.url === url) return globals.interpoolDatabase.client;
  const adapter = new PrismaPg({
    connectionString: url,
    max: CONNECTIONS_MAX,
    connectionTimeoutMillis: CONNECT_MS_MAX,
    statement_timeout: STATEMENT_MS_MAX,
  });
  const client = new PrismaClient({ adapter });
  globals.interpoolDatabase = { url, client };
  return client;
}
