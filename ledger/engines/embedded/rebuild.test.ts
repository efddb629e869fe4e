import { mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { openEngine, validatorFolder } from '#ledger/engines/open.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';

const OUTCOME_MS = 20_000;

let folder: string;
let ledger: LedgerHome;
let engine: Engine;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-rebuild-'));
  ledger = makeLedgerHome(join(folder, 'home'), 2, nativeCrypto);
  const { home, genesis } = ledger;
  engine = openEngine({ home, genesis, notice: () => undefined, snapshotHeights: 8 });
  await engine.start();
});
afterEach(async () => {
  await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Decides transfers until the ledger stands at a height. */
async function decideTo(height: bigint): Promise<void> {
  while ((await engine.status()).height < height) {
    const [from, to] = ledger.members;
    const admitted = await engine.submit(ledger.transfer(from!, to!));
    expect(admitted).toMatchObject({ ok: true });
    if (admitted.ok) expect(await engine.outcome(admitted.txId, OUTCOME_MS)).toMatchObject({ code: 0 });
  }
}

const asidesOf = (index: number): string[] =>
  readdirSync(validatorFolder(ledger.home, index)).filter((name) => name.startsWith('aside-'));

test(
  'a rebuilt validator sets aside what it had, comes level by what the others prove, and votes again [8.5.1-f, 7.2.2-d]',
  { timeout: 90_000 },
  async () => {
    await decideTo(20n);
    expect(await engine.control({ kind: 'rebuild-validator', index: 2 })).toMatchObject({ ok: true });
    expect(asidesOf(2)).toHaveLength(1);
    expect(readdirSync(join(validatorFolder(ledger.home, 2), asidesOf(2)[0]!))).not.toContain('key.json');
    await decideTo(24n);
    await vi.waitFor(async () => {
      const { height, validators } = await engine.status();
      expect(validators[2]).toMatchObject({ state: 'running', height });
    }, OUTCOME_MS);
    // Without it three are left, and of four that is enough only if it votes.
    expect(await engine.control({ kind: 'stop-validator', index: 0 })).toMatchObject({ ok: true });
    await decideTo(27n);
  },
);

test(
  'nothing is set aside where the others could not decide without it, or where too much is set aside already',
  { timeout: 60_000 },
  async () => {
    await engine.control({ kind: 'stop-validator', index: 0 });
    const refused = await engine.control({ kind: 'rebuild-validator', index: 1 });
    expect(refused).toEqual({ ok: false, sentence: expect.stringContaining('the others are too few') });
    expect((await engine.status()).validators[1]).toMatchObject({ state: 'running' });
    await engine.control({ kind: 'start-validator', index: 0 });
    for (const height of [1, 2, 3]) mkdirSync(join(validatorFolder(ledger.home, 1), `aside-${height}`));
    expect(await engine.control({ kind: 'rebuild-validator', index: 1 })).toEqual({
      ok: false,
      sentence: expect.stringContaining('3 states are set aside'),
    });
    await decideTo(2n);
  },
);
