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

/** A throw-away key's file as geth makes it: the passphrase is the bytes that were typed. */
const gethFile = (ciphertext: string, mac: string): string =>
  JSON.stringify({
    version: 3,
    id: '11111111-2222-4333-8444-555555555555',
    address: 'bb012afd777359efc76edd1503f3094d5de44de8',
    crypto: {
      cipher: 'aes-128-ctr',
      ciphertext,
      cipherparams: { iv: '01'.repeat(16) },
      kdf: 'scrypt',
      kdfparams: { n: 4_096, r: 8, p: 1, dklen: 32, salt: 'ab'.repeat(32) },
      mac,
    },
  });
const DECOMPOSED = gethFile(
  'c524255686037a9100075f884eb1f860aaf2a480448a02fbee4a2475bcc64f42',
  '05e146111569bfb5f36d2baf18562eba938ddca4c7ad177182aac8d56e90e0fd',
);
const FULL_WIDTH = gethFile(
  '4dcb257ba8828a3c523ba8c1b4c49b646954d5469e25fead403415f79c793f88',
  '8c95e1095b724f483ee07d6602d7590e7b6b7e663daa3f9c8071f4f72d66cc56',
);

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
