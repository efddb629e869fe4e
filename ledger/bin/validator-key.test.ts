import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { genesisHash } from '#ledger/core/genesis.ts';
import { possessionDigest } from '#ledger/core/validator-possession.ts';
import { writeNodeKeys } from '#ledger/engines/cometbft/home.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { validatorFolder } from '#ledger/engines/open.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { runCommand } from '#ledger/engines/testing/node-process.ts';
import { cometbftFolder } from './home.ts';

let folder = '';
let ledger: LedgerHome;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-validator-key-'));
  ledger = makeLedgerHome(join(folder, 'home'), 1, nativeCrypto);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const run = (...flags: string[]) => runCommand('validator-key.ts', '--home', ledger.home, ...flags);

function holds(output: string, operator: bigint): boolean {
  const { publicKey, proof } = JSON.parse(output) as { publicKey: string; proof: string };
  const digest = possessionDigest({ network: genesisHash(ledger.genesis, nativeCrypto), operator }, nativeCrypto);
  return nativeCrypto.verify(digest, fromHex(proof)!, fromHex(publicKey)!);
}

describe('the key command', () => {
  test('prints the key of a folder with its proof for one operator on this network, and no secret', async () => {
    const key = validatorFolder(ledger.home, 2);
    const { code, stdout } = await run('--key', key, '--operator', 'A-12');
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      publicKey: toHex(ledger.genesis.validators[2]!.publicKey),
      operator: 'A-12',
    });
    expect([holds(stdout, 12n), holds(stdout, 13n)]).toEqual([true, false]);
    expect(Object.keys(JSON.parse(stdout) as object)).toEqual(['publicKey', 'operator', 'proof']);
  });

  test('makes a key that its owner alone can read, and never a second one over it', async () => {
    const made = await run('--operator', '7', '--new');
    expect([made.code, holds(made.stdout, 7n)]).toEqual([0, true]);
    expect(statSync(join(ledger.home, 'key.json')).mode & 0o077).toBe(0);
    expect((await run('--operator', '7')).stdout).toBe(made.stdout);
    const again = await run('--operator', '7', '--new');
    expect([again.code === 0, again.stdout]).toEqual([false, '']);
    expect((await run('--operator', '7')).stdout).toBe(made.stdout);
  });

  test('reads the key of a CometBFT node from the node’s home', async () => {
    const node = join(folder, 'node');
    const { publicKey } = writeNodeKeys(cometbftFolder(node), new Uint8Array(32).fill(9), nativeCrypto);
    const { stdout } = await run('--key', node, '--operator', 'A-3');
    expect([JSON.parse(stdout), holds(stdout, 3n)]).toEqual([
      expect.objectContaining({ publicKey: toHex(publicKey) }),
      true,
    ]);
  });

  test('refuses an operator that is no account and a folder without a key, each with a sentence', async () => {
    const strange = await run('--operator', 'me');
    expect([strange.code, strange.stderr]).toEqual([1, expect.stringContaining('as A-12')]);
    const empty = await run('--operator', 'A-1', '--key', join(folder, 'nowhere'));
    expect([empty.code, empty.stderr]).toEqual([1, expect.stringContaining('is missing')]);
  });
});
