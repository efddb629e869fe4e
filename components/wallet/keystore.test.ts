import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportKeyFile, importKeyFile } from './keystore.ts';

const folder = path.join(process.env.VECTORS_DIR ?? '../shared/vectors', 'keystore-v3');
const hasVectors = existsSync(folder);

interface Wallet {
  json: unknown;
  password: string;
  priv: string;
}

function wallets(): [string, Wallet][] {
  const file = JSON.parse(readFileSync(path.join(folder, 'ethereum-tests-basic_tests.json'), 'utf8')) as Record<
    string,
    Wallet
  >;
  return Object.entries(file);
}

describe('key files', () => {
  test.skipIf(!hasVectors)(
    'other people’s Web3 Secret Storage files open to the keys they state, where no vectors are the test is skipped',
    async () => {
      for (const [name, wallet] of wallets()) {
        const opened = await importKeyFile(JSON.stringify(wallet.json), wallet.password);
        // noble's guard refuses one file's scrypt setting (n = 262144 with r = 1): it must say so, not fail in another way.
        const expected = name === 'test2' ? { ok: false } : { ok: true, secretKey: `0x${wallet.priv}` };
        expect(opened, name).toMatchObject(expected);
      }
    },
    120_000,
  );

  test('a key that was exported comes back, and only with its passphrase', async () => {
    const secretKey = `0x${'5c'.repeat(32)}` as const;
    const file = await exportKeyFile(secretKey, 'a long enough passphrase');
    expect(JSON.parse(file)).toMatchObject({ version: 3 });
    expect(await importKeyFile(file, 'a long enough passphrase')).toMatchObject({ ok: true, secretKey });
    expect(await importKeyFile(file, 'another passphrase')).toEqual({
      ok: false,
      sentence: 'The passphrase does not open this key file.',
    });
  }, 60_000);

  test('what is no key file is refused with a sentence', async () => {
    for (const text of ['', '{}', 'null', '[]', '{"version":3}', 'not json', '\u0000', 'x'.repeat(20_000)]) {
      const opened = await importKeyFile(text, 'passphrase');
      expect(opened.ok, text.slice(0, 20)).toBe(false);
    }
  });
});
