import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { wholeSnapshot } from '#ledger/abci/snapshot.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { createApplication } from '#ledger/engines/application.ts';
import { encodeExecution } from '#ledger/engines/execution.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { runCommand } from '#ledger/engines/testing/node-process.ts';
import { openBlockLog, scanBlockLog } from '#ledger/storage/block-log.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { encodeDelivered, type DeliveredBlock } from './delivered-block.ts';
import { checkApplicationFolder, type ApplicationVerdict } from './folder-check.ts';
import { openNodeFiles, RECORDS, type AppliedBlock, type NodeFilesOptions } from './node-files.ts';

const BLOCKS = 14n;
/** A node joins by the snapshot of this height. */
const JOINED = 8n;
const DAMAGES = 120;

let folder = '';
let ledger: LedgerHome;
let applied: AppliedBlock[] = [];

function optionsOf(home: string): NodeFilesOptions {
  return {
    disk: realDisk,
    home,
    network: ledger.network,
    crypto: nativeCrypto,
    createApplication: () => createApplication(ledger.genesis, nativeCrypto),
    segmentBytes: 16 * 1_024,
    snapshotHeights: 4,
    later: (action) => action(),
    notice: (sentence) => expect.unreachable(sentence),
  };
}

function blockOf(height: bigint, transactions: Uint8Array[]): DeliveredBlock {
  const hash = nativeCrypto.sha256(new TextEncoder().encode(`block ${height}`));
  const timeNs = (ledger.genesis.timeMs + height * 1_000n) * 1_000_000n;
  const rest = { proposer: new Uint8Array(20), misbehavior: [], evidence: 0, lastRound: 0, signers: [] };
  return { height, hash, timeNs, transactions, ...rest };
}

function homeOf(name: string): string {
  const home = join(folder, name);
  mkdirSync(home, { recursive: true, mode: 0o700 });
  return home;
}

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-application-'));
  ledger = makeLedgerHome(join(folder, 'ledger'), 2, nativeCrypto);
  const [from, to] = ledger.members;
  const files = openNodeFiles(optionsOf(homeOf('whole')));
  files.begin();
  for (let height = 1n; height <= BLOCKS; height += 1n) {
    files.run(blockOf(height, [ledger.transfer(from!, to!)]));
    applied = [...applied, files.commit()];
    if (height !== JOINED) continue;
    const joined = openNodeFiles(optionsOf(homeOf('joined')));
    expect(joined.adopt(wholeSnapshot(files.application().snapshot()), files.application().info().appHash)).toBe(true);
    joined.close();
  }
  files.close();
  const joined = openNodeFiles(optionsOf(join(folder, 'joined')));
  for (const { block } of applied.slice(Number(JOINED))) {
    joined.run(block);
    joined.commit();
  }
  joined.close();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function check(name: string): ApplicationVerdict {
  return checkApplicationFolder(optionsOf(join(folder, name)));
}

function sentence(name: string): string {
  const verdict = check(name);
  return verdict.ok ? 'nothing is wrong' : verdict.sentence;
}

/** Deterministic: the same damages every time. */
function randomFrom(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return Math.floor((state / 2 ** 32) * below);
  };
}

describe('the check of an application’s folder', () => {
  test('executes every block again, from genesis or from the snapshot a node joined by, to one app hash [8.2.1-a]', () => {
    const whole = check('whole');
    const joined = check('joined');
    expect(whole).toMatchObject({
      ok: true,
      report: { height: BLOCKS, base: 0n, executedAfter: 0n, transactions: BLOCKS, snapshots: [12n, 8n] },
    });
    expect(joined).toMatchObject({ ok: true, report: { height: BLOCKS, base: JOINED, executedAfter: JOINED } });
    if (!whole.ok || !joined.ok) return;
    expect(toHex(joined.report.appHash)).toBe(toHex(whole.report.appHash));
    expect(joined.report.logSize).toBe(whole.report.logSize);
  });

  test.each(['whole', 'joined'])(
    'names every random damage of a %s folder with file and offset, and writes nothing [8.2.1-a]',
    (name) => {
      const source = join(folder, name, RECORDS);
      const names = readdirSync(source).filter((each) => /\.(seg|bin)$|^base$/.test(each));
      const random = randomFrom(23_450);
      const home = homeOf(`damaged-${name}`);
      const damaged = join(home, RECORDS);
      cpSync(source, damaged, { recursive: true });
      for (let turn = 0; turn < DAMAGES; turn += 1) {
        const file = names[random(names.length)]!;
        const whole = readFileSync(join(source, file));
        const bytes = Buffer.from(whole);
        const at = random(bytes.length);
        const kind = random(3);
        if (kind === 0) bytes[at] = (bytes[at] ?? 0) ^ (1 << random(8));
        if (kind === 1) bytes.fill(random(256), at, Math.min(bytes.length, at + 1 + random(700)));
        const left = kind === 2 ? bytes.subarray(0, at) : bytes;
        writeFileSync(join(damaged, file), left);
        const isChanged = !left.equals(whole);
        const what = `${file} at ${at}, kind ${kind}`;
        if (isChanged) expect(sentence(`damaged-${name}`), what).toMatch(/(\.seg|\.bin|base).*offset \d+/);
        else expect(sentence(`damaged-${name}`), what).toBe('nothing is wrong');
        expect(readFileSync(join(damaged, file)).equals(left), what).toBe(true);
        writeFileSync(join(damaged, file), whole);
      }
    },
  );

  test('finds results that executing gives otherwise, where every checksum is right [8.2.1-a]', () => {
    const home = homeOf('forged');
    realDisk.makeFolder(join(home, RECORDS));
    const journal = { disk: realDisk, folder: join(home, RECORDS), network: ledger.network, baseHeight: 0n };
    const log = openBlockLog(journal, scanBlockLog(journal));
    for (const { block, record } of applied.slice(0, 3)) {
      const isForged = block.height === 2n;
      const appHash = isForged ? nativeCrypto.sha256(record.appHash) : record.appHash;
      log.decide({
        height: block.height,
        valueId: toHex(block.hash),
        round: 0,
        commit: new Uint8Array(0),
        content: encodeDelivered(block),
        txIds: new Uint8Array(0),
        logSize: block.height,
        result: encodeExecution({ ...record, appHash }),
      });
    }
    log.close();
    expect(sentence('forged')).toMatch(/^Block 2 in .*\.seg at offset \d+ has other results/);
  });

  test('by command is one line of JSON, or one sentence and a non-zero exit [8.2.1-a]', async () => {
    const home = homeOf('command');
    cpSync(join(folder, 'whole', RECORDS), join(home, RECORDS), { recursive: true });
    writeFileSync(join(home, 'genesis.json'), readFileSync(join(ledger.home, 'genesis.json')));
    const right = await runCommand('fsck.ts', join(home, RECORDS));
    expect({ code: right.code, stderr: right.stderr }).toEqual({ code: 0, stderr: '' });
    expect(JSON.parse(right.stdout)).toMatchObject({ ok: true, height: BLOCKS.toString(), executedAfter: '0' });
    const snapshot = readdirSync(join(home, RECORDS)).find((each) => each.endsWith('.bin'))!;
    writeFileSync(join(home, RECORDS, snapshot), 'nothing');
    const wrong = await runCommand('fsck.ts', join(home, RECORDS));
    expect({ code: wrong.code, stdout: wrong.stdout }).toEqual({ code: 1, stdout: '' });
    expect(wrong.stderr).toMatch(/^The snapshot .*\.bin .*offset 0.*\n$/);
  });
});
