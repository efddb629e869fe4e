import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toHex } from '#ledger/core/bytes.ts';
import { runCommand } from '#ledger/engines/testing/node-process.ts';
import { makeKeyPair } from './key-pair.ts';

const SPEC = fileURLToPath(new URL('../../deploy/genesis-spec.json', import.meta.url));
/** x = 5 is no point of secp256k1: 5³ + 7 = 132 has no square root there. */
const OFF_CURVE = `02${'0'.repeat(63)}5`;

interface Member {
  readonly name: string;
  readonly publicKey: string;
}

let folder = '';
let members: Member[] = [];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-founding-'));
  members = Array.from({ length: 4 }, (_, index) => ({
    name: `Member ${index + 1}`,
    publicKey: toHex(makeKeyPair().publicKey),
  }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function expectRefusal(pattern: RegExp, command: string, ...args: string[]): Promise<void> {
  const { code, stdout, stderr } = await runCommand(command, ...args);
  expect(stderr).toMatch(pattern);
  expect(stderr.trim().split('\n'), stderr).toHaveLength(1);
  expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
}

/** The same members with one field of the third changed. */
function changed(change: object): unknown[] {
  return members.map((member, index) => (index === 2 ? { ...member, ...change } : member));
}

describe('founding with members who made their keys elsewhere', () => {
  test('refuses every list that is not of four different members with keys, and writes nothing [6.2.1-a]', async () => {
    const home = join(folder, 'refused');
    const path = join(folder, 'members.json');
    const lists: [string, RegExp][] = [
      ['{', /is not JSON/],
      ['{}', /must hold a list/],
      ['[]', /names 0 members: a ledger begins with at least 4/],
      [JSON.stringify(members.slice(1)), /names 3 members/],
      [JSON.stringify(changed({ name: 7 })), /^Member 3 of .* must have "name" and "publicKey"/],
      [JSON.stringify(changed({ publicKey: 'ab' })), /^Member 3 of .* is no secp256k1 key/],
      [JSON.stringify(changed({ publicKey: OFF_CURVE })), /^Member 3 of .* is no secp256k1 key/],
      [JSON.stringify(changed({ publicKey: members[0]!.publicKey })), /distinct public keys/],
      [JSON.stringify(changed({ name: members[0]!.name })), /names “Member 1” twice/],
      [JSON.stringify(changed({ name: '' })), /genesis\.validators/],
      [JSON.stringify([null, ...members]), /^Member 1 of /],
      [' '.repeat(1_048_577), /too long for a list/],
    ];
    for (const [text, pattern] of lists) {
      writeFileSync(path, text);
      await expectRefusal(pattern, 'genesis.ts', '--home', home, '--spec', SPEC, '--validators', path);
    }
    await expectRefusal(/missing/, 'genesis.ts', '--home', home, '--spec', SPEC, '--validators', join(folder, 'none'));
    expect(existsSync(home)).toBe(false);
  });

  test('happens once in a folder, and holds no secret [6.2.1-a]', async () => {
    const home = join(folder, 'founded');
    const path = join(folder, 'right.json');
    writeFileSync(path, JSON.stringify(members));
    const args = ['--home', home, '--spec', SPEC, '--validators', path];
    const founded = await runCommand('genesis.ts', ...args);
    expect(founded).toMatchObject({ code: 0, stderr: '' });
    const before = readFileSync(join(home, 'genesis.json'), 'utf8');
    await expectRefusal(/has a genesis already/, 'genesis.ts', ...args);
    expect(readFileSync(join(home, 'genesis.json'), 'utf8')).toBe(before);
    for (const { publicKey } of members) expect(before).toContain(publicKey);
  });
});

test('a validator that is founded here has on the ledger the number of its folder, which commands go by', async () => {
  const home = join(folder, 'alone');
  expect(await runCommand('genesis.ts', '--home', home, '--spec', SPEC)).toMatchObject({ code: 0, stderr: '' });
  const genesis = JSON.parse(readFileSync(join(home, 'genesis.json'), 'utf8')) as { validators: Member[] };
  const named = genesis.validators.map(({ name, publicKey }) => [name, publicKey]);
  const kept = [0, 1, 2, 3].map((number) => {
    const key = readFileSync(join(home, `validator-${number}`, 'key.json'), 'utf8');
    return [`Validator ${number}`, (JSON.parse(key) as Member).publicKey];
  });
  expect(named).toEqual(kept);
});

describe('the keys of a node', () => {
  test('are made once, printed again, and never completed or taken where they are not whole [6.2.1-a]', async () => {
    const home = join(folder, 'node');
    const config = join(home, 'cometbft/config');
    await expectRefusal(/usage: /, 'node-keys.ts', '--home', home);
    await expectRefusal(/1 to 100 characters/, 'node-keys.ts', '--home', home, '--name', '');
    await expectRefusal(/1 to 100 characters/, 'node-keys.ts', '--home', home, '--name', 'x'.repeat(101));
    await expectRefusal(/has no keys|is missing/, 'cometbft-home.ts', '--home', home);
    expect(existsSync(home)).toBe(false);
    const made = await runCommand('node-keys.ts', '--home', home, '--name', 'One');
    const again = await runCommand('node-keys.ts', '--home', home, '--name', 'One');
    expect(again).toEqual(made);
    expect(made.code).toBe(0);

    const key = join(config, 'priv_validator_key.json');
    const right = readFileSync(key, 'utf8');
    for (const text of ['', '{}', '[]', 'null', '{"pub_key":{"value":7}}', '{"pub_key":{"value":"AAAA"}}']) {
      writeFileSync(key, text);
      await expectRefusal(
        /is no key file of CometBFT|holds no secp256k1 key/,
        'node-keys.ts',
        '--home',
        home,
        '--name',
        'One',
      );
      expect(readFileSync(key, 'utf8')).toBe(text);
    }
    writeFileSync(key, right);
    rmSync(join(config, 'node_key.json'));
    await expectRefusal(/no config\/node_key\.json: bring it back/, 'node-keys.ts', '--home', home, '--name', 'One');
  });

  test('that others can read are refused before CometBFT may use them [6.2.1-a]', async () => {
    const home = join(folder, 'open');
    mkdirSync(home, { mode: 0o700 });
    await runCommand('node-keys.ts', '--home', home, '--name', 'Two');
    const genesis = ['--genesis', join(folder, 'founded/genesis.json')];
    chmodSync(join(home, 'cometbft/config/priv_validator_key.json'), 0o640);
    await expectRefusal(/can be read by others/, 'cometbft-home.ts', '--home', home, ...genesis);
    chmodSync(join(home, 'cometbft/config/priv_validator_key.json'), 0o600);
    chmodSync(home, 0o777);
    await expectRefusal(/can be written by others/, 'cometbft-home.ts', '--home', home, ...genesis);
    chmodSync(home, 0o700);
    expect(existsSync(join(home, 'genesis.json'))).toBe(false);
    writeFileSync(join(folder, 'no-genesis.json'), '{"name":1}');
    await expectRefusal(
      /cannot be used: genesis/,
      'cometbft-home.ts',
      '--home',
      home,
      '--genesis',
      join(folder, 'no-genesis.json'),
    );
    expect(existsSync(join(home, 'genesis.json'))).toBe(false);
    expect(await runCommand('cometbft-home.ts', '--home', home, ...genesis)).toMatchObject({ code: 0, stderr: '' });
  });
});
