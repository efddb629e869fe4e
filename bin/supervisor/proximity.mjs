// The sample of the proximity service, which a start adds when it is asked to (--with proximity), and which a data folder keeps.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sentenceFor } from './fault.mjs';
import { anyFreePort } from './port.mjs';
import { openPostgres } from './postgres.mjs';
import { during, say } from './progress.mjs';
import { runTool } from './tool.mjs';

const PLACE_TIMEOUT_MS = 60_000;
const SEED_TIMEOUT_MS = 15 * 60_000;
/** The operator's own server: nothing of the product is in it, and the product reads nothing of it. */
const SERVER = { name: 'operator-postgres', label: 'The operator’s PostgreSQL', database: 'subscribers' };
const COLUMNS = { name: 'full_name', document: 'document', subscriber: 'msisdn' };
/** As every sample has them, beside the program. */
const FILE = {
  kind: 'csv',
  file: 'subscribers.csv',
  columns: { name: 'name', document: 'document', subscriber: 'number' },
};

const seededMarker = (home) => join(home, 'proximity-seeded.json');

/** Whether the sample is wanted by this start, or is there from an earlier one. */
export function isWanted(home, { additions }) {
  return additions.includes('proximity') || existsSync(join(home, 'proximity-people.json'));
}

/** Whether its history is complete. */
export function hasSessions(home) {
  return existsSync(seededMarker(home));
}

/** Makes the people's keys and the folders of their agents; what is there stays. */
export async function placeProximity({ home, portal, signal }) {
  await runTool(['prisma/seed/proximity/place.ts', '--home', home, '--portal', portal], {
    what: 'Preparing the sample of the proximity service',
    timeoutMs: PLACE_TIMEOUT_MS,
    signal,
  });
}

/** The operator's subscribers in a PostgreSQL of its own; on a machine that has none, in a file, which is said. Gives the program's setting. */
export async function openRecords({ home, secrets, running, signal, open = openPostgres }) {
  const fill = (env) =>
    runTool(['prisma/seed/proximity/records.ts', '--home', home], {
      what: 'Filling the operator’s records',
      timeoutMs: PLACE_TIMEOUT_MS,
      env,
      signal,
    });
  const { operatorPassword, operatorReaderPassword: reader } = secrets;
  try {
    const port = await anyFreePort();
    await running.add(open({ home, port, password: operatorPassword, server: SERVER }));
    const at = `127.0.0.1:${port}/${SERVER.database}`;
    await fill({
      OPERATOR_DATABASE_URL: `postgresql://postgres:${operatorPassword}@${at}`,
      OPERATOR_READER_PASSWORD: reader,
    });
    say('The operator’s subscribers are a table of its own PostgreSQL.');
    return { kind: 'postgres', url: `postgresql://identity:${reader}@${at}`, table: 'subscribers', columns: COLUMNS };
  } catch (error) {
    signal.throwIfAborted();
    await fill({});
    say(
      `${sentenceFor(error)}\nThe operator’s subscribers are in a file instead: identity/subscribers.csv of the data folder.`,
    );
    return FILE;
  }
}

/** Never throws: what stops it is said, and the next start goes on with it. */
export async function makeSessions({ home, portal, signal }) {
  const work = () =>
    runTool(['prisma/seed/proximity/main.ts', '--home', home, '--portal', portal], {
      what: 'Making the sample of the proximity service',
      timeoutMs: SEED_TIMEOUT_MS,
      signal,
    });
  try {
    const told = await during('making the sample of the proximity service with real transactions', work);
    for (const line of told.trim().split('\n')) say(line);
    writeFileSync(seededMarker(home), `${JSON.stringify({ complete: true })}\n`);
  } catch (error) {
    if (signal.aborted) return;
    say(`The sample of the proximity service is not complete; the next start goes on with it. ${sentenceFor(error)}`);
  }
}
