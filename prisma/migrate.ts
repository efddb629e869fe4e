import { fileURLToPath } from 'node:url';
import { unknownVariables } from '#environment/variables.mjs';
import { EnvironmentError, migrationEnvironment, type MigrationEnvironment } from '#lib/env.ts';
import { MigrationError, migrate } from './migration-runner.ts';
import { dropOldReadModels } from './old-read-models.ts';

async function prepare(environment: MigrationEnvironment): Promise<string> {
  const folder = fileURLToPath(new URL('./migrations', import.meta.url));
  const applied = await migrate({ ...environment, folder });
  return applied.length === 0 ? 'The database is up to date.' : `Applied ${applied.join(', ')}.`;
}

async function dropOld({ databaseUrl }: MigrationEnvironment): Promise<string> {
  const { dropped, kept } = await dropOldReadModels(databaseUrl);
  const done = dropped.length === 0 ? 'There is no old read model to drop.' : `Dropped ${dropped.join(', ')}.`;
  return kept.length === 0 ? done : `${done} Kept ${kept.join(', ')}: a projector still writes it.`;
}

/**
 * Prepares the database (roles, schemas, tables and grants); with --drop-old, drops the read models of other versions instead. Prints
 * one line, exits 1 with one sentence when it cannot.
 */
async function main(): Promise<void> {
  for (const sentence of unknownVariables()) process.stderr.write(`${sentence}\n`);
  const [option, ...more] = process.argv.slice(2);
  if (more.length > 0 || (option !== undefined && option !== '--drop-old')) {
    throw new EnvironmentError('The migrations know one option, --drop-old, and nothing else.');
  }
  const environment = migrationEnvironment();
  process.stdout.write(`${await (option === undefined ? prepare : dropOld)(environment)}\n`);
}

try {
  await main();
} catch (error) {
  const isExpected = error instanceof MigrationError || error instanceof EnvironmentError;
  const reason = error instanceof Error ? error.message : 'unknown reason';
  process.stderr.write(`${isExpected ? reason : `The database cannot be prepared: ${reason}.`}\n`);
  process.exitCode = 1;
}
