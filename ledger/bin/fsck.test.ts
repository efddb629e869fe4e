import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { genesisHash } from '#ledger/core/genesis.ts';
import { createApplication } from '#ledger/engines/application.ts';
import { checkFolder, type FolderVerdict } from '#ledger/engines/embedded/folder-check.ts';
import { networkOf } from '#ledger/engines/embedded/network.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { openEngine, validatorFolder } from '#ledger/engines/open.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { runCommand } from '#ledger/engines/testing/node-process.ts';
import { realDisk } from '#ledger/storage/disk.ts';

const DAMAGES = 120;

let folder = '';
let ledger: LedgerHome;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-fsck-'));
  ledger = makeLedgerHome(join(folder, 'home'), 4, nativeCrypto);
  const engine = openEngine({
    home: ledger.home,
    genesis: ledger.genesis,
    notice: () => undefined,
    segmentBytes: 32 * 1024,
    snapshotHeights: 8,
  });
  await engine.start();
  const [from, to] = ledger.members;
  for (let turn = 0; turn < 20; turn += 1) {
    const admitted = await engine.submit(ledger.transfer(from!, to!));
    if (admitted.ok) await engine.outcome(admitted.txId, 20_000);
  }
  // Three of four decide: the last one may still be a height behind when the outcome is told.
  await vi.waitFor(async () => {
    const { validators } = await engine.status();
    expect(new Set(validators.map(({ height }) => height)).size).toBe(1);
  }, 20_000);
  await engine.stop();
}, 60_000);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function check(of: string): FolderVerdict {
  const publicKeys = ledger.genesis.validators.map((each) => each.publicKey);
  const hash = genesisHash(ledger.genesis, nativeCrypto);
  const network = networkOf({ hash, timeMs: ledger.genesis.timeMs, publicKeys }, nativeCrypto);
  const create = () => createApplication(ledger.genesis, nativeCrypto);
  return checkFolder({ disk: realDisk, folder: of, network, crypto: nativeCrypto, createApplication: create });
}

/** Deterministic: the same damages every time. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('fsck', () => {
  test('finds nothing wrong with what four validators wrote, and the same app hash in each folder [8.2.1-a]', async () => {
    const lines = [];
    for (const index of [0, 1, 2, 3]) {
      const { code, stdout, stderr } = await runCommand('fsck.ts', validatorFolder(ledger.home, index));
      expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
      lines.push(JSON.parse(stdout) as { appHash: string; transactions: string; snapshots: string[] });
    }
    expect(new Set(lines.map((line) => line.appHash)).size).toBe(1);
    expect(new Set(lines.map((line) => line.transactions))).toEqual(new Set(['20']));
    for (const line of lines) expect(line.snapshots.length).toBeGreaterThan(0);
  }, 60_000);

  test('names every random damage of journal and snapshots with file and offset [8.2.1-a]', () => {
    const source = validatorFolder(ledger.home, 1);
    const names = readdirSync(source).filter((name) => /\.(seg|bin)$/.test(name));
    const random = randomFrom(2_345);
    const damaged = join(folder, 'damaged');
    cpSync(source, damaged, { recursive: true });
    for (let turn = 0; turn < DAMAGES; turn += 1) {
      const name = names[random(names.length)]!;
      const whole = readFileSync(join(source, name));
      const bytes = Buffer.from(whole);
      const at = random(bytes.length);
      const kind = random(3);
      if (kind === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
      if (kind === 1) bytes.fill(random(256), at, Math.min(bytes.length, at + 1 + random(700)));
      writeFileSync(join(damaged, name), kind === 2 ? bytes.subarray(0, at) : bytes);
      const verdict = check(damaged);
      const isChanged = kind === 2 || !bytes.equals(whole);
      const sentence = verdict.ok ? '' : verdict.sentence;
      if (isChanged) expect(sentence, `${name} at ${at}, kind ${kind}`).toMatch(/(\.seg|\.bin).*offset \d+/);
      else expect(sentence).toBe('');
      writeFileSync(join(damaged, name), whole);
    }
  }, 120_000);

  test('a folder in the wrong place, or with flags that do not exist, is one sentence', async () => {
    const expectRefusal = async (pattern: RegExp, ...args: string[]): Promise<void> => {
      const { code, stdout, stderr } = await runCommand('fsck.ts', ...args);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      expect(stderr).toMatch(pattern);
      expect(stderr.trim()).not.toContain('\n');
    };
    await expectRefusal(/usage: /);
    await expectRefusal(/genesis\.json is missing/, folder);
    await expectRefusal(/does not exist/, join(ledger.home, 'validator-9'));
    await expectRefusal(/Unknown option '--fast'.*usage: /, '--fast', ledger.home);
  }, 60_000);
});
