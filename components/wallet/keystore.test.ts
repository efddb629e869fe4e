import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { exportFault, exportKeyFile, importKeyFile } from './keystore.ts';

const folder = path.join(process.env.VECTORS_DIR ?? '../shared/vectors', 'keystore-v3');
const hasVectors = existsSync(folder);

interface Wallet {
  json: unknown;
  password: string;
  priv: string;
}

interface EthersWallet {
  name: string;
  type: string;
  privateKey: string;
  password: string;
  json: string;
}

function vectors<Case>(name: string): Case {
  return JSON.parse(readFileSync(path.join(folder, name), 'utf8')) as Case;
}

const keyFile = (name: string): string =>
  readFileSync(path.join(import.meta.dirname, 'key-files', `${name}.json`), 'utf8');
const DECOMPOSED = keyFile('geth-decomposed');
const FULL_WIDTH = keyFile('geth-full-width');

describe('key files', () => {
  test.skipIf(!hasVectors)(
    'other people’s Web3 Secret Storage files open to the keys they state, where no vectors are the test is skipped',
    async () => {
      for (const [name, wallet] of Object.entries(vectors<Record<string, Wallet>>('ethereum-tests-basic_tests.json'))) {
        const opened = await importKeyFile(JSON.stringify(wallet.json), wallet.password);
        expect(opened, name).toMatchObject({ ok: true, secretKey: `0x${wallet.priv}` });
      }
    },
    120_000,
  );

  test.skipIf(!hasVectors)(
    'the files of ethers’ own tests open to the keys they state; those of a crowdsale are another format',
    async () => {
      for (const wallet of vectors<EthersWallet[]>('ethers-v5.7.2-wallets.json')) {
        const opened = await importKeyFile(wallet.json, wallet.password);
        const expected = wallet.type === 'secret-storage' ? { ok: true, secretKey: wallet.privateKey } : { ok: false };
        expect(opened, wallet.name).toMatchObject(expected);
      }
    },
    120_000,
  );

  test.each([
    ['decomposed, as it was typed for geth', DECOMPOSED, 'cafe\u0301 au lait'],
    ['decomposed, where this keyboard composes', DECOMPOSED, 'caf\u00e9 au lait'],
    ['in full-width letters, as it was typed for geth', FULL_WIDTH, 'ｐａｓｓword 12'],
  ])('a passphrase opens its file %s', async (_how, file, passphrase) => {
    const address = '0xbb012afd777359efc76edd1503f3094d5de44de8';
    const opened = await importKeyFile(file, passphrase);
    expect(opened.ok && opened.address.toLowerCase()).toBe(address);
  });

  test.each(['geth', 'ethers', 'foundry'])(
    'the file that %s made opens with the passphrase as it was typed there, whatever form that program gave it [8.5.2-b]',
    async (name) => {
      const opened = await importKeyFile(keyFile(name), 'cafe\u0301 ｐａｓｓword');
      expect(opened).toMatchObject({ ok: true, secretKey: `0x${'5d'.repeat(32)}` });
    },
  );

  test('what is exported has the names, the kinds of values and the id that geth, ethers and Foundry ask for [8.5.2-b]', async () => {
    const file = JSON.parse(await exportKeyFile(`0x${'5d'.repeat(32)}`, 'a long enough passphrase')) as unknown;
    const hex = (bytes: number) => expect.stringMatching(new RegExp(`^[0-9a-f]{${2 * bytes}}$`)) as string;
    // Foundry reads `crypto` in this spelling alone; geth and Foundry refuse an id that is no UUID.
    expect(file).toEqual({
      address: '01b573f89af22a95e7c03ffd5cb08afc36dca9f7',
      id: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/) as string,
      version: 3,
      crypto: {
        cipher: 'aes-128-ctr',
        cipherparams: { iv: hex(16) },
        ciphertext: hex(32),
        kdf: 'scrypt',
        kdfparams: { n: 131_072, r: 8, p: 1, dklen: 32, salt: hex(32) },
        mac: hex(32),
      },
    });
  });

  test.each<[string, boolean]>([
    ['a long enough passphrase', true],
    ['caf\u00e9 au lait, bitte', true],
    ['cafe\u0301 au lait, bitte', false],
    ['ｐａｓｓword 12 long', false],
  ])('a passphrase that wallets would read differently is not taken for an export: %s', (passphrase, isTaken) => {
    expect(exportFault(passphrase) === undefined).toBe(isTaken);
  });

  test.each(['NFC', 'NFKC'])(
    'a file of a wallet that brings passphrases into the form %s first opens',
    async (form) => {
      const secretKey = `0x${'5d'.repeat(32)}` as const;
      const passphrase = 'cafe\u0301 ｐａｓｓword';
      const file = await exportKeyFile(secretKey, passphrase.normalize(form));
      expect(await importKeyFile(file, passphrase)).toMatchObject({ ok: true, secretKey });
    },
  );

  test('only the typed letters open a full-width file: plain ones are another passphrase', async () => {
    expect(await importKeyFile(FULL_WIDTH, 'password 12')).toEqual({
      ok: false,
      sentence: 'The passphrase does not open this key file.',
    });
  });

  test.each<[string, (file: Record<string, Record<string, unknown>>) => void]>([
    ['needs 64 GiB', (file) => Object.assign(file.crypto!.kdfparams as object, { n: 2 ** 26 })],
    ['would work for an hour', (file) => Object.assign(file.crypto!.kdfparams as object, { p: 2 ** 20 })],
    ['has an N that is no power of two', (file) => Object.assign(file.crypto!.kdfparams as object, { n: 4_095 })],
    ['has another cipher', (file) => Object.assign(file.crypto!, { cipher: 'aes-256-cbc' })],
    ['has another derivation', (file) => Object.assign(file.crypto!, { kdf: 'argon2id' })],
    ['has half a ciphertext', (file) => Object.assign(file.crypto!, { ciphertext: 'c5'.repeat(16) })],
    ['has no MAC', (file) => delete file.crypto!.mac],
    ['has an address that is none', (file) => Object.assign(file, { address: 'bb01' })],
    ['states another address', (file) => Object.assign(file, { address: '00'.repeat(20) })],
  ])('a file that %s is refused with a sentence that does not blame the passphrase', async (_what, change) => {
    const file = JSON.parse(DECOMPOSED) as Record<string, Record<string, unknown>>;
    change(file);
    const opened = await importKeyFile(JSON.stringify(file), 'cafe\u0301 au lait');
    expect(opened).toEqual({ ok: false, sentence: expect.stringMatching(/^The key/) });
  });

  test('progress rises from nothing to one, over every spelling that is tried', async () => {
    const seen: number[] = [];
    await importKeyFile(DECOMPOSED, 'wrong cafe\u0301', (done) => seen.push(done));
    expect(seen).toEqual(seen.toSorted((a, b) => a - b));
    expect(seen.at(-1)).toBe(1);
  });

  test('a key that was exported comes back, and only with its passphrase', async () => {
    const secretKey = `0x${'5c'.repeat(32)}` as const;
    const file = await exportKeyFile(secretKey, 'a long enough passphrase');
    expect(JSON.parse(file)).toMatchObject({ version: 3, address: expect.stringMatching(/^[0-9a-f]{40}$/) });
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
