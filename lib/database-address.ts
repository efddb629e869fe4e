import 'server-only';
import { readFileSync } from 'node:fs';
import { checkServerIdentity, type ConnectionOptions } from 'node:tls';
import type { ClientConfig } from 'pg';

/** Thrown for a database's address that cannot be used; the message is one sentence without the password. */
export class DatabaseAddressError extends Error {
  override readonly name = 'DatabaseAddressError';
}

const SSL_MODES = ['disable', 'require', 'verify-ca', 'verify-full'] as const;
type SslMode = (typeof SSL_MODES)[number];

/** What may stand behind the `?` of an address. Anything else would be passed over in silence, so it is refused. */
const PARAMETERS = ['sslmode', 'sslrootcert', 'sslcert', 'sslkey', 'application_name', 'host'];

/** A client waits this long for its connection unless told otherwise. */
const CONNECT_MS_MAX = 5_000;

function readPart(parameters: URLSearchParams, name: string): string | undefined {
  const path = parameters.get(name);
  if (path === null) return undefined;
  try {
    return readFileSync(path, 'utf8');
  } catch {
    throw new DatabaseAddressError(`The file ${path} (${name} of the database’s address) cannot be read.`);
  }
}

function sslMode(parameters: URLSearchParams): SslMode {
  const text = parameters.get('sslmode') ?? 'disable';
  const mode = SSL_MODES.find((each) => each === text);
  if (mode === undefined) {
    throw new DatabaseAddressError(
      `sslmode=${text} is not one of ${SSL_MODES.join(', ')}: a connection is either encrypted or not, never perhaps.`,
    );
  }
  return mode;
}

/** As libpq: `require` encrypts only, with a root certificate it checks it as `verify-ca` does; `verify-full` checks the name as well. */
function tlsOf(parameters: URLSearchParams, host: string): ConnectionOptions | false {
  const mode = sslMode(parameters);
  if (mode === 'disable') return false;
  const ca = readPart(parameters, 'sslrootcert');
  const own = { cert: readPart(parameters, 'sslcert'), key: readPart(parameters, 'sslkey') };
  if (mode === 'verify-ca' && ca === undefined) {
    throw new DatabaseAddressError('sslmode=verify-ca needs sslrootcert=: without it anybody’s certificate would do.');
  }
  if (mode === 'require' && ca === undefined) return { ...own, rejectUnauthorized: false };
  // Node would check an address that is a number against “localhost”, so the host is named here.
  const checkName: ConnectionOptions['checkServerIdentity'] =
    mode === 'verify-full' ? (_name, certificate) => checkServerIdentity(host, certificate) : () => undefined;
  return { ...own, ...(ca !== undefined && { ca }), checkServerIdentity: checkName };
}

/** The parts of an address, decoded. */
function partsOf(address: string): { url: URL; host: string; user: string; password: string; database: string } {
  try {
    const url = new URL(address);
    return {
      url,
      host: decodeURIComponent(url.hostname).replace(/^\[(.*)\]$/, '$1'),
      user: decodeURIComponent(url.username),
      password: decodeURIComponent(url.password),
      database: decodeURIComponent(url.pathname.slice(1)),
    };
  } catch {
    throw new DatabaseAddressError(
      'The database’s address cannot be read: postgresql://user:password@host:port/name, a % in a part as %25.',
    );
  }
}

/** The one way from an address to a client's options, TLS included; pool, listener, projector and migrations all come through here. */
export function databaseOptions(address: string): ClientConfig {
  const { url, user, password, database, ...named } = partsOf(address);
  const unknown = [...url.searchParams.keys()].find((name) => !PARAMETERS.includes(name));
  if (unknown !== undefined) {
    throw new DatabaseAddressError(
      `The database’s address has a parameter ${unknown}, which nothing here reads: it may have ${PARAMETERS.join(', ')}.`,
    );
  }
  const host = url.searchParams.get('host') ?? named.host;
  return {
    host,
    port: url.port === '' ? 5432 : Number(url.port),
    user,
    password,
    database,
    application_name: url.searchParams.get('application_name') ?? 'interpool',
    ssl: tlsOf(url.searchParams, host),
    keepAlive: true,
    connectionTimeoutMillis: CONNECT_MS_MAX,
  };
}

const UNTRUSTED = new Set([
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'CERT_SIGNATURE_FAILURE',
  'CERT_HAS_EXPIRED',
  'CERT_NOT_YET_VALID',
]);

const REFUSALS: Readonly<Record<string, (place: string, user: string) => string>> = {
  '28P01': (place, user) => `PostgreSQL at ${place} refuses the password of ${user}.`,
  '28000': (place, user) =>
    `PostgreSQL at ${place} does not let ${user} in that way: look at its pg_hba.conf, and at sslmode in the address.`,
  '3D000': (place) => `PostgreSQL at ${place} has no database of that name.`,
  '53300': (place) =>
    `PostgreSQL at ${place} has no connection left: raise its max_connections or lower DATABASE_POOL_MAX.`,
  '57P03': (place) => `PostgreSQL at ${place} is starting or stopping: try again in a moment.`,
  ERR_TLS_CERT_ALTNAME_INVALID: (place) => `The certificate of PostgreSQL at ${place} is for another name.`,
  ECONNREFUSED: (place) => `PostgreSQL at ${place} cannot be reached: nothing listens there.`,
  ENOTFOUND: (place) => `PostgreSQL at ${place} cannot be reached: there is no such host.`,
};

/** The sentence for a connection that could not be made; undefined when the error says something else. */
export function connectionFault(error: unknown, address: string): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { host, port, user } = databaseOptions(address);
  const place = `${host}:${port}`;
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  if (UNTRUSTED.has(code)) {
    return `The certificate of PostgreSQL at ${place} is not vouched for by the root certificate (sslrootcert) of the address.`;
  }
  if (/does not support SSL/.test(error.message)) {
    return `PostgreSQL at ${place} does not speak TLS: switch it on there, or leave sslmode out of the address.`;
  }
  if (/timeout/i.test(error.message)) return `PostgreSQL at ${place} cannot be reached: it did not answer in time.`;
  return REFUSALS[code]?.(place, user ?? '');
}
