import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test, vi } from 'vitest';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { equal, utf8 } from '#ledger/core/bytes.ts';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import { anchorOf } from '#ledger/core/genesis.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { engineConformance } from '#ledger/engines/conformance.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { openEngine, validatorFolder, type EmbeddedOpenOptions } from '#ledger/engines/open.ts';
import { changeOfValidator } from '#ledger/engines/testing/counter-application.ts';
import { makeLedgerHome, type LedgerHome } from '#ledger/engines/testing/ledger-home.ts';
import { markTwoFaced } from '#ledger/engines/testing/two-faced-worker.ts';
import { realDisk } from '#ledger/storage/disk.ts';
import { verifyHead } from '#ledger/verify/head.ts';
import { writeValidatorKey } from './validator-key.ts';

const OUTCOME_MS = 20_000;
const TWO_FACED_WORKER = new URL('../testing/two-faced-worker.ts', import.meta.url).href;

/** The folder of the fifth validator with its key, once. */
function addFolder({ home, fifth }: LedgerHome): void {
  const folder = validatorFolder(home, 4);
  if (existsSync(folder)) return;
  realDisk.makeFolder(folder);
  writeValidatorKey(folder, fifth.secretKey, fifth.publicKey);
}

/** All that a validator's thread keeps, but its key. */
function emptyFolder(folder: string): void {
  for (const name of readdirSync(folder)) if (name !== 'key.json') rmSync(join(folder, name));
}

engineConformance('embedded', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'interpool-engine-'));
  const ledger = makeLedgerHome(join(folder, 'home'), 8, nativeCrypto);
  const { home, genesis } = ledger;
  const notices: string[] = [];
  let engine: Engine;
  const control = async (kind: 'stop-validator' | 'start-validator', index: number): Promise<void> => {
    expect(await engine.control({ kind, index })).toMatchObject({ ok: true });
  };
  /** An answer of one validator: of several the engine asks whoever stands highest. */
  const queryOf = async (index: number, ...asked: Parameters<Engine['query']>): ReturnType<Engine['query']> => {
    const { validators } = await engine.status();
    const others = [...validators.keys()].filter((other) => other !== index);
    for (const other of others) await control('stop-validator', other);
    const answer = await engine.query(...asked);
    for (const other of others) await control('start-validator', other);
    return answer;
  };
  return {
    ledger,
    // Small segments and frequent snapshots, so that both are met.
    open: () => {
      const notice = (sentence: string): void => void notices.push(sentence);
      const often = { segmentBytes: 64 * 1024, snapshotHeights: 8 };
      engine = openEngine({ home, genesis, notice, ...often, workerUrl: TWO_FACED_WORKER });
      return engine;
    },
    stopValidator: (index) => control('stop-validator', index),
    startValidator: async (index) => {
      if (index === 4) addFolder(ledger);
      await control('start-validator', index);
    },
    joinBySnapshot: async (index) => {
      await control('stop-validator', index);
      emptyFolder(validatorFolder(home, index));
      await control('start-validator', index);
      const joined = new RegExp(`^Validator ${index}: It joined by the snapshot of height (\\d+);`);
      const base = await vi.waitFor(() => {
        const height = notices.flatMap((sentence) => joined.exec(sentence)?.[1] ?? []).at(-1);
        expect(height).toBeDefined();
        return BigInt(height!);
      }, OUTCOME_MS);
      return { base, query: (...asked) => queryOf(index, ...asked) };
    },
    contradict: async (index) => {
      await control('stop-validator', index);
      markTwoFaced(validatorFolder(home, index));
      await control('start-validator', index);
    },
    close: async () => rmSync(folder, { recursive: true, force: true }),
  };
});

/** Runs a test on an engine of its own. */
async function onEngine(
  use: (engine: Engine, ledger: LedgerHome) => Promise<void>,
  options: Partial<EmbeddedOpenOptions> = {},
): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'interpool-embedded-'));
  const ledger = makeLedgerHome(join(folder, 'home'), 2, nativeCrypto);
  const engine = openEngine({ home: ledger.home, genesis: ledger.genesis, notice: () => undefined, ...options });
  try {
    await engine.start();
    await use(engine, ledger);
  } finally {
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function transfer(engine: Engine, ledger: LedgerHome): Promise<unknown> {
  const [from, to] = ledger.members;
  const admitted = await engine.submit(ledger.transfer(from!, to!));
  return admitted.ok ? engine.outcome(admitted.txId, OUTCOME_MS) : admitted;
}

describe('engine: embedded, control', { timeout: 60_000 }, () => {
  test('stops and starts a validator once, its status says which, and one that is not there, or has the key of another, is refused', () =>
    onEngine(async (engine, { home }) => {
      // The home names its validators V0 to V3: who reads the answer finds the one that is meant on the screens.
      const stopped = 'Validator 2, on the ledger “V2”, has stopped.';
      expect(await engine.control({ kind: 'stop-validator', index: 2 })).toEqual({ ok: true, sentence: stopped });
      expect(await engine.control({ kind: 'stop-validator', index: 2 })).toMatchObject({ ok: false });
      expect((await engine.status()).validators[2]).toMatchObject({ state: 'stopped' });
      expect(await engine.control({ kind: 'start-validator', index: 2 })).toMatchObject({ ok: true });
      expect(await engine.control({ kind: 'start-validator', index: 2 })).toMatchObject({ ok: false });
      const none = 'There is no validator 9: the home has no folder validator-9 with a key of its own.';
      expect(await engine.control({ kind: 'start-validator', index: 9 })).toEqual({ ok: false, sentence: none });
      // A copy of another one's folder: both would sign, and one would contradict the other.
      cpSync(validatorFolder(home, 0), validatorFolder(home, 9), { recursive: true });
      expect(await engine.control({ kind: 'start-validator', index: 9 })).toEqual({ ok: false, sentence: none });
      expect((await engine.status()).validators).toHaveLength(4);
    }));

  test('without a quorum nothing is admitted, with a code that says to try again', () =>
    onEngine(async (engine, ledger) => {
      await engine.control({ kind: 'stop-validator', index: 0 });
      await engine.control({ kind: 'stop-validator', index: 1 });
      expect(await transfer(engine, ledger)).toEqual({ ok: false, code: admissionCodes.UNAVAILABLE });
      await engine.control({ kind: 'start-validator', index: 0 });
      await engine.control({ kind: 'start-validator', index: 1 });
      expect(await transfer(engine, ledger)).toMatchObject({ code: 0 });
    }));
});

/** Decides a transaction of the counter application and reads the block that the next one is. */
async function decide(engine: Engine, bytes: Uint8Array): Promise<bigint> {
  const admitted = await engine.submit(bytes);
  const outcome = admitted.ok ? await engine.outcome(admitted.txId, OUTCOME_MS) : undefined;
  expect({ admitted, outcome }).toMatchObject({ admitted: { ok: true }, outcome: { code: 0 } });
  return outcome?.height ?? 0n;
}

function blockAt(engine: Engine, height: bigint): Promise<CommittedBlock> {
  return new Promise((resolve) => {
    const end = engine.subscribe(height, async (block) => {
      end();
      resolve(block);
    });
  });
}

/** Who stands in the commit that block `height` carries, and which of them signed. */
async function signersOf(
  engine: Engine,
  height: bigint,
  publicKey: Uint8Array,
): Promise<{ all: number; hasFifth: boolean; fifth: boolean }> {
  const address = validatorAddress(publicKey, nativeCrypto);
  const { signers } = await blockAt(engine, height);
  const fifth = signers.find((each) => equal(each.address, address));
  return { all: signers.length, hasFifth: fifth !== undefined, fifth: fifth?.signed === true };
}

describe('engine: embedded, validators that change', { timeout: 60_000 }, () => {
  const applicationUrl = new URL('../testing/counter-application.ts', import.meta.url).href;

  test('a folder added while it runs follows, votes once its key is admitted, follows on when it is removed, and so after a restart [7.2.2-d, 8.2.1-a]', () =>
    onEngine(
      async (engine, ledger) => {
        const { home, genesis } = ledger;
        const { publicKey } = ledger.fifth;
        const signers = (of: Engine, height: bigint) => signersOf(of, height, publicKey);
        let turn = 0;
        const next = (of = engine): Promise<bigint> => decide(of, utf8(`transaction ${(turn += 1)}`));
        await next();
        addFolder(ledger);
        expect((await engine.status()).validators).toHaveLength(4);
        expect(await engine.control({ kind: 'start-validator', index: 4 })).toMatchObject({ ok: true });
        await vi.waitFor(async () => {
          const { height, validators } = await engine.status();
          expect(validators[4]).toMatchObject({ publicKey, isMember: false, state: 'running', height });
        }, OUTCOME_MS);
        expect(await signers(engine, await next())).toEqual({ all: 4, hasFifth: false, fifth: false });

        const admitted = await decide(engine, changeOfValidator(publicKey, 1n));
        for (let block = 0; block < 3; block += 1) await next();
        expect(await signers(engine, admitted + 2n)).toMatchObject({ all: 4 });
        expect(await signers(engine, admitted + 3n)).toMatchObject({ all: 5, hasFifth: true });
        expect((await engine.status()).validators[4]).not.toHaveProperty('isMember');
        // Of five, four must sign.
        await engine.control({ kind: 'stop-validator', index: 0 });
        await next();
        expect(await signers(engine, await next())).toEqual({ all: 5, hasFifth: true, fifth: true });
        await engine.control({ kind: 'start-validator', index: 0 });
        const anchor = anchorOf(genesis, nativeCrypto);
        const { steps, authenticated } = verifyHead(await engine.head(), anchor, nativeCrypto);
        expect(steps.find(({ name }) => name === 'trail')?.sentence).toMatch(/^One change/);
        expect(authenticated).toBe(true);

        await engine.stop();
        const again = openEngine({ home, genesis, notice: () => undefined, applicationUrl });
        await again.start();
        try {
          expect((await again.status()).validators.map(({ isMember }) => isMember)).toEqual(Array(5).fill(undefined));
          await decide(again, changeOfValidator(publicKey, 0n));
          for (let block = 0; block < 3; block += 1) await next(again);
          expect(await signers(again, await next(again))).toMatchObject({ all: 4, hasFifth: false });
          await vi.waitFor(async () => {
            const { height: now, validators } = await again.status();
            expect(validators[4]).toMatchObject({ isMember: false, height: now });
          }, OUTCOME_MS);
          expect(verifyHead(await again.head(), anchor, nativeCrypto).authenticated).toBe(true);
        } finally {
          await again.stop();
        }
      },
      { applicationUrl },
    ));
});

describe('engine: embedded, halts', { timeout: 60_000 }, () => {
  test('a validator that cannot start says why in its status, the others go on; with too many the engine says that it has failed', async () => {
    const failures: string[] = [];
    const use = async (engine: Engine, ledger: LedgerHome): Promise<void> => {
      await engine.control({ kind: 'stop-validator', index: 1 });
      chmodSync(join(validatorFolder(ledger.home, 1), 'key.json'), 0o644);
      const refused = await engine.control({ kind: 'start-validator', index: 1 });
      expect(refused).toEqual({ ok: false, sentence: expect.stringMatching(/key\.json can be read by others/) });
      expect((await engine.status()).validators[1]).toMatchObject({ state: 'halted', reason: refused.sentence });
      expect(await transfer(engine, ledger)).toMatchObject({ code: 0 });
      expect(failures).toEqual([]);
      await engine.control({ kind: 'stop-validator', index: 2 });
      chmodSync(join(validatorFolder(ledger.home, 2), 'key.json'), 0o644);
      await engine.control({ kind: 'start-validator', index: 2 });
      expect(failures[0]).toMatch(/Only 2 of 4 validators/);
    };
    await onEngine(use, { failed: (sentence) => failures.push(sentence) });
  });

  test('a validator whose snapshot cannot be written halts with the disk’s reason, and the others go on [8.2.1-a]', () => {
    const use = async (engine: Engine, ledger: LedgerHome): Promise<void> => {
      // The second of four is due two heights before the first, and a little sooner because the blocks hold transactions.
      for (const height of [4, 5, 6])
        mkdirSync(join(validatorFolder(ledger.home, 1), `snapshot-000000000000000${height}.bin`));
      while ((await engine.status()).height < 8n) expect(await transfer(engine, ledger)).toMatchObject({ code: 0 });
      await vi.waitFor(async () => {
        const { validators } = await engine.status();
        expect(validators[1]).toMatchObject({
          state: 'halted',
          reason: expect.stringMatching(/^Renaming .*snapshot-000000000000000\d\.bin\.new failed \(EISDIR\)/),
        });
      }, OUTCOME_MS);
      expect(await transfer(engine, ledger)).toMatchObject({ code: 0 });
    };
    return onEngine(use, { snapshotHeights: 8 });
  });
});
