import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const PLACE = '/usr/lib/postgresql';
const MAJOR_MIN = 15;
const APT_TIMEOUT_MS = 10 * 60_000;

/** What is run against the system's own PostgreSQL besides the packaged one: everything that speaks to a server by itself. */
export const DATABASE_TESTS = [
  'prisma/migration-runner.test.ts',
  'lib/database-address.test.ts',
  'lib/projector',
  'lib/operations',
  'lib/read-model.test.ts',
  'lib/queries/read-model.test.ts',
  'app/api/outage.test.ts',
  'app/api/replay.test.ts',
];

/** The newest server among folders named by their major versions; undefined when there is none that is new enough. */
export function newestServer(place = PLACE) {
  if (!existsSync(place)) return undefined;
  const majors = readdirSync(place)
    .map(Number)
    .filter((major) => major >= MAJOR_MIN && existsSync(join(place, String(major), 'bin/initdb')))
    .sort((left, right) => right - left);
  return majors[0] === undefined ? undefined : { major: majors[0], programs: join(place, String(majors[0]), 'bin') };
}

/** The package would make a server and start it: the tests start their own. */
function forbidMainCluster() {
  const file = '/etc/postgresql-common/createcluster.conf';
  if (existsSync(file)) return;
  mkdirSync('/etc/postgresql-common', { recursive: true });
  writeFileSync(file, 'create_main_cluster = false\n');
}

/** {major, programs} of the system's PostgreSQL, installed once as root on Debian; else {sentence} that says why there is none. */
export function findServer() {
  const found = newestServer();
  if (found) return found;
  const advice = `There is no PostgreSQL ${MAJOR_MIN} or newer under ${PLACE}`;
  if (process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return { sentence: `${advice}.` };
  console.log('Installing Debian’s postgresql (once) …');
  forbidMainCluster();
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  const options = { stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8', timeout: APT_TIMEOUT_MS, env };
  spawnSync('apt-get', ['update', '-qq'], options);
  const { stderr } = spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'postgresql'], options);
  const reason = (stderr ?? '').trim().split('\n').slice(-2).join(' ');
  return newestServer() ?? { sentence: `${advice}, and installing it failed: ${reason}` };
}
