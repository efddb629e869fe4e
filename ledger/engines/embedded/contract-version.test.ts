import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { versionDigest } from '#ledger/contracts/shared/version-digest.ts';
import { LEAST_MICRO, token2Definition } from '#ledger/contracts/testing/token-2.ts';
import { tokenCodes } from '#ledger/contracts/token/definition.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { openEngine } from '#ledger/engines/open.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';

const OUTCOME_MS = 20_000;
const UPGRADED = new URL('../testing/upgraded-application.ts', import.meta.url).href;
const DIGEST = versionDigest(token2Definition, nativeCrypto);
const HALT = /^Block \d+ is to be executed by version 2 of the contract token .* this program does not have\./;

let folder: string;
let ledger: LedgerHome;
const opened: Engine[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-versions-'));
  ledger = makeLedgerHome(join(folder, 'home'), 4, nativeCrypto);
});
afterEach(async () => {
  for (const engine of opened.splice(0)) await engine.stop();
  rmSync(folder, { recursive: true, force: true });
});

async function start(applicationUrl?: string, failed = (): void => undefined): Promise<Engine> {
  const { home, genesis } = ledger;
  const engine = openEngine({
    home,
    genesis,
    notice: () => undefined,
    failed,
    ...(applicationUrl && { applicationUrl }),
  });
  opened.push(engine);
  await engine.start();
  return engine;
}

async function stop(engine: Engine): Promise<void> {
  opened.splice(opened.indexOf(engine), 1);
  await engine.stop();
}

async function decide(engine: Engine, bytes: Uint8Array): Promise<number | undefined> {
  const admitted = await engine.submit(bytes);
  expect(admitted).toMatchObject({ ok: true });
  return admitted.ok ? (await engine.outcome(admitted.txId, OUTCOME_MS))?.code : undefined;
}

function transfer(engine: Engine, amountMicro: bigint): Promise<number | undefined> {
  return decide(engine, ledger.transfer(ledger.members[2]!, ledger.members[3]!, amountMicro));
}

/** Both node providers vote for version 2 of token; two epochs of a second later it is in force. */
async function vote(engine: Engine): Promise<void> {
  const [first, second] = ledger.members;
  const args = { contractName: 'token', newVersion: 2n, digest: DIGEST };
  expect(await decide(engine, ledger.sign(first!, 'ProposeContractVersion', args))).toBe(0);
  for (const who of [first!, second!])
    expect(await decide(engine, ledger.sign(who, 'Vote', { proposal: 1n, approve: true }))).toBe(0);
  expect(await transfer(engine, LEAST_MICRO - 1n)).toBe(0);
}

async function inForce(engine: Engine): Promise<void> {
  await vi.waitFor(async () => {
    const { value } = (await engine.query('contracts', {})) as unknown as { value: { name: string }[] };
    expect(value.find(({ name }) => name === 'token')).toMatchObject({ version: 2n, digest: DIGEST });
  }, OUTCOME_MS);
}

describe('engine: embedded, a contract’s next version', { timeout: 120_000 }, () => {
  test('comes at its time, also on an idle ledger; a validator without it halts and says so, the others go on, and upgraded it follows [6.2.1-b] [8.2.1-a]', async () => {
    const engine = await start(`${UPGRADED}?without=3`);
    await vote(engine);
    await inForce(engine);
    const halted = await vi.waitFor(async () => {
      const [validator] = (await engine.status()).validators.slice(3);
      expect(validator).toMatchObject({ state: 'halted', reason: expect.stringMatching(HALT) });
      return validator!;
    }, OUTCOME_MS);
    expect(await transfer(engine, LEAST_MICRO - 1n)).toBe(tokenCodes.AMOUNT_INVALID);
    expect(await transfer(engine, LEAST_MICRO)).toBe(0);
    const { height } = await engine.status();
    await stop(engine);

    const upgraded = await start(UPGRADED);
    await vi.waitFor(async () => {
      const { validators } = await upgraded.status();
      expect(validators.map(({ state }) => state)).toEqual(Array(4).fill('running'));
      expect(validators.every((validator) => validator.height >= height)).toBe(true);
    }, OUTCOME_MS);
    expect(halted.height < height).toBe(true);
    expect(await transfer(upgraded, LEAST_MICRO)).toBe(0);
    // With one of the others away, the one that halted is needed for every block.
    expect(await upgraded.control({ kind: 'stop-validator', index: 0 })).toMatchObject({ ok: true });
    expect(await transfer(upgraded, LEAST_MICRO)).toBe(0);
  });

  test('halts all of a network that nobody upgraded before that block; the next release goes on from there [8.2.1-a]', async () => {
    const failures: string[] = [];
    const failed = (): void => void failures.push('failed');
    /** One may be left waiting for votes that nobody sends any more: without a quorum it decides nothing. */
    const stoppedAt = async (engine: Engine): Promise<bigint> => {
      await vi.waitFor(() => expect(failures.splice(0)).not.toEqual([]), OUTCOME_MS);
      const { validators, height } = await engine.status();
      const halted = validators.filter(({ state }) => state === 'halted');
      expect(halted.length).toBeGreaterThanOrEqual(2);
      for (const { reason } of halted) expect(reason).toMatch(HALT);
      return height;
    };
    const engine = await start(undefined, failed);
    await vote(engine);
    const height = await stoppedAt(engine);
    await stop(engine);
    // The same release decides that block again, and executes it as little as before.
    const again = await start(undefined, failed);
    expect(await stoppedAt(again)).toBe(height);
    await stop(again);

    const upgraded = await start(UPGRADED);
    await inForce(upgraded);
    expect(await transfer(upgraded, LEAST_MICRO - 1n)).toBe(tokenCodes.AMOUNT_INVALID);
    expect(await transfer(upgraded, LEAST_MICRO)).toBe(0);
  });
});
