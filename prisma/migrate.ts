import { fileURLToPath } from 'node:url';
import { unknownVariables } from '#environment/variables.mjs';
import { EnvironmentError, migrationEnvironment } from '#lib/env.ts';
import { MigrationError, migrate } from './migration-runner.ts';

/** Creates roles, schemas, tables and grants; prints one line, exits 1 with one sentence when it cannot. */
async function main(): Promise<void> {
  for (const sentence of unknownVariables()) process.stderr.write(`${sentence}\n`);
  const environment = migrationEnvironment();
  const folder = fileURLToPath(new URL('./migrations', import.meta.url));
  const applied = await migrate({ ...environment, folder });
  const done = applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`;
  process.stdout.write(`${done}\n`);
}

try {
  await main();
} catch (error) {
  const isExpected = error instanceof MigrationError || error instanceof EnvironmentError;
  const reason = error instanceof Error ? error.message : 'unknown reason';
  process.stderr.write(`${isExpected ? reason : `The database cannot be prepared: ${reason}.`}\n`);
  process.exitCode = 1;
}
