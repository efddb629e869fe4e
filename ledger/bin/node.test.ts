import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { toHex } from '#ledger/core/bytes.ts';
import type { TransactionOutcome } from '#ledger/core/committed.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { makeLedgerHome, type LedgerHome, type Member } from '#ledger/engines/testing/ledger-home.ts';
import { runCommand, startNodeProcess, type NodeProcess } from '#ledger/engines/testing/node-process.ts';

const KILLS = 4;
const OUTCOMES_BETWEEN_KILLS = 25;

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-node-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Acknowledged {
  readonly bytes: Uint8Array;
  readonly outcome: TransactionOutcome;
}

/** Keeps transfers of one member going until `wanted` outcomes have come, or the process is killed. */
async function load(
  process: NodeProcess,
  ledger: LedgerHome,
  pair: [Member, Member],
  into: Acknowledged[],
  wanted: () => boolean,
): Promise<void> {
  while (wanted()) {
    const bytes = ledger.transfer(...pair);
    try {
      const admitted = await process.client.submit(bytes);
      if (!admitted.ok) continue;
      const outcome = await process.client.outcome(admitted.txId, 10_000);
      if (outcome !== undefined) into.push({ bytes, outcome });
    } catch {
      // The process was killed under this transaction: nothing was acknowledged.
      return;
    }
  }
}

async function killUnderLoad(ledger: LedgerHome, acknowledged: Acknowledged[]): Promise<void> {
  const process = await startNodeProcess(ledger.home);
  const target = acknowledged.length + OUTCOMES_BETWEEN_KILLS;
  let isKilled = false;
  const { members } = ledger;
  const loads = members.map((member, index) =>
    load(
      process,
      ledger,
      [member, members[(index + 1) % members.length]!],
      acknowledged,
      () => !isKilled && acknowledged.length < target,
    ),
  );
  await Promise.race(loads);
  // The others are in the middle of something.
  await process.kill();
  isKilled = true;
  await Promise.all(loads);
}

describe('the ledger process', () => {
  test(
    'killed again and again under load, loses nothing acknowledged, needs nobody to start again, and all folders agree [8.2.1-a]',
    { timeout: 180_000 },
    async () => {
      const ledger = makeLedgerHome(join(folder, 'killed'), 8, nativeCrypto);
      const acknowledged: Acknowledged[] = [];
      for (let kill = 0; kill < KILLS; kill += 1) await killUnderLoad(ledger, acknowledged);
      expect(acknowledged.length).toBeGreaterThanOrEqual(KILLS * OUTCOMES_BETWEEN_KILLS);

      const process = await startNodeProcess(ledger.home);
      for (const { bytes, outcome } of acknowledged) {
        expect(await process.client.outcome(outcome.txId, 0), toHex(outcome.txId)).toEqual(outcome);
        expect(await process.client.submit(bytes), 'a decided transaction again').toMatchObject({ ok: false });
      }
      expect(await process.stop()).toBe(0);

      const reports = [];
      for (let index = 0; index < 4; index += 1) {
        const { code, stdout, stderr } = await runCommand('fsck.ts', join(ledger.home, `validator-${index}`));
        expect(stderr).toBe('');
        expect(code).toBe(0);
        reports.push(JSON.parse(stdout) as { height: string; appHash: string; transactions: string });
      }
      const highest = reports.reduce((a, b) => (Number(a.height) >= Number(b.height) ? a : b));
      for (const report of reports) {
        // The last block, which carries no change, may have reached some only.
        expect(Number(highest.height) - Number(report.height)).toBeLessThanOrEqual(1);
        expect(report.appHash).toBe(highest.appHash);
      }
      expect(Number(highest.transactions)).toBeGreaterThanOrEqual(acknowledged.length);
    },
  );

  test('every problem at start is one sentence and a non-zero exit', { timeout: 60_000 }, async () => {
    const ledger = makeLedgerHome(join(folder, 'problems'), 2, nativeCrypto);
    const expectRefusal = async (pattern: RegExp, ...args: string[]): Promise<void> => {
      const { code, stdout, stderr } = await runCommand('node.ts', ...args);
      expect(stderr).toMatch(pattern);
      expect(stderr.trim().split('\n').length, stderr).toBeLessThanOrEqual(4);
      expect(stderr).not.toMatch(/\n {4}at /);
      expect(stdout).not.toContain('"ready"');
      expect(code).toBe(1);
    };
    await expectRefusal(/usage: /);
    await expectRefusal(/Unknown option '--port'.*usage: /, '--port', '1');
    await expectRefusal(/does not exist/, '--home', join(folder, 'nowhere'));
    await expectRefusal(/genesis\.json is missing/, '--home', folder);
    await expectRefusal(/longer than the 107 bytes/, '--home', ledger.home, '--socket', join(folder, 'x'.repeat(120)));
    chmodSync(ledger.home, 0o777);
    await expectRefusal(/can be written by others/, '--home', ledger.home);
    chmodSync(ledger.home, 0o700);
    const running = await startNodeProcess(ledger.home);
    await expectRefusal(/is in use by another process/, '--home', ledger.home);
    expect((await runCommand('fsck.ts', join(ledger.home, 'validator-0'))).stderr).toMatch(
      /is in use by another process/,
    );
    await running.stop();
    chmodSync(join(ledger.home, 'validator-1', 'key.json'), 0o644);
    chmodSync(join(ledger.home, 'validator-2', 'key.json'), 0o644);
    await expectRefusal(
      /Only 2 of 4 validators could start\..*key\.json can be read by others/s,
      '--home',
      ledger.home,
    );
    writeFileSync(join(ledger.home, 'genesis.json'), '{"name":1}');
    await expectRefusal(/genesis\.json cannot be used: genesis/, '--home', ledger.home);
  });
});
