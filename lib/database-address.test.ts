import { execFileSync } from 'node:child_process';
import { chmod, chown, copyFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startCluster, type TestCluster } from '#lib/testing/postgres.ts';
import { connectionFault, databaseOptions } from './database-address.ts';

let cluster: TestCluster;

/** Two authorities, and a certificate for “localhost” by the first of them. */
async function makeCertificates(folder: string): Promise<void> {
  const openssl = (...args: string[]): unknown => execFileSync('openssl', args, { cwd: folder, stdio: 'pipe' });
  const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  for (const name of ['ca', 'other'])
    openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      `${name}.key`,
      '-out',
      `${name}.crt`,
      '-days',
      '2',
      '-subj',
      `/CN=${name}`,
    );
  openssl('req', ...key, '-keyout', 'server.key', '-out', 'server.csr', '-subj', '/CN=localhost');
  await writeFile(path.join(folder, 'names'), 'subjectAltName=DNS:localhost');
  const signed = ['-CA', 'ca.crt', '-CAkey', 'ca.key', '-CAcreateserial', '-days', '2', '-extfile', 'names'];
  openssl('x509', '-req', '-in', 'server.csr', '-out', 'server.crt', ...signed);
  const data = path.join(folder, 'data');
  const { uid, gid } = await stat(data);
  for (const name of ['server.key', 'server.crt']) {
    const place = path.join(data, name);
    await copyFile(path.join(folder, name), place);
    await chown(place, uid, gid);
    await chmod(place, 0o600);
  }
}

beforeAll(async () => {
  cluster = await startCluster();
});
afterAll(() => cluster.stop());

/** 'tls', 'plain', or the sentence. */
async function connect(address: string): Promise<string> {
  const client = new pg.Client(databaseOptions(address));
  try {
    await client.connect();
    const { rows } = await client.query<{ ssl: boolean }>('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()');
    return rows[0]?.ssl === true ? 'tls' : 'plain';
  } catch (error) {
    return connectionFault(error, address) ?? `no sentence for ${String(error)}`;
  } finally {
    await client.end().catch(() => undefined);
  }
}

const address = (query = '', host = 'localhost'): string =>
  `postgresql://postgres:test@${host}:${cluster.port}/postgres${query}`;

describe('a database’s address', () => {
  test('without TLS at the server, a connection that must be encrypted is refused with a sentence', async () => {
    expect(await connect(address())).toBe('plain');
    expect(await connect(address('?sslmode=disable'))).toBe('plain');
    expect(await connect(address('?sslmode=require'))).toMatch(/does not speak TLS/);
  });

  test('with TLS, each mode checks what libpq’s checks, and a wrong authority or name is refused with a sentence', async () => {
    await makeCertificates(cluster.folder);
    await cluster.crash();
    await cluster.start({ ssl: 'on' });
    const ca = `sslrootcert=${path.join(cluster.folder, 'ca.crt')}`;
    const other = `sslrootcert=${path.join(cluster.folder, 'other.crt')}`;
    expect(await connect(address('?sslmode=require'))).toBe('tls');
    expect(await connect(address(`?sslmode=verify-full&${ca}`))).toBe('tls');
    expect(await connect(address(`?sslmode=verify-ca&${ca}`, '127.0.0.1'))).toBe('tls');
    expect(await connect(address(`?sslmode=verify-full&${ca}`, '127.0.0.1'))).toMatch(/is for another name/);
    for (const mode of ['require', 'verify-ca', 'verify-full'])
      expect(await connect(address(`?sslmode=${mode}&${other}`))).toMatch(/not vouched for by the root certificate/);
    expect(await connect(address('?sslmode=verify-full'))).toMatch(/not vouched for/);
  });

  test('who cannot get in is told why in one sentence, without the password', async () => {
    const faults = [
      address().replace(':test@', ':secret-word@'),
      address().replace(/postgres$/, 'nowhere'),
      address().replace(String(cluster.port), '1'),
      address('', 'no-such-host.invalid'),
    ];
    for (const fault of faults) {
      const sentence = await connect(fault);
      expect(sentence).toMatch(/^PostgreSQL at .*\.$/);
      expect(sentence).not.toContain('secret-word');
    }
  });

  test('what an address cannot mean is refused before anything connects', () => {
    const refusals: [string, RegExp][] = [
      ['?sslmode=prefer', /never perhaps/],
      ['?sslmode=verify-ca', /needs sslrootcert/],
      ['?sslmode=verify-full&sslrootcert=/nowhere/ca.pem', /\/nowhere\/ca.pem .* cannot be read/],
      ['?pool_timeout=3', /a parameter pool_timeout, which nothing here reads/],
    ];
    for (const [query, sentence] of refusals) expect(() => databaseOptions(address(query))).toThrow(sentence);
    expect(() => databaseOptions('localhost')).toThrow(/cannot be read/);
    expect(() => databaseOptions('postgresql://a:50%off@b/c')).toThrow(/cannot be read: .* %25\.$/);
  });
});
