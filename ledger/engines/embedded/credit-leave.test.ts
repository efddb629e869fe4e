import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { packEntries } from '#ledger/contracts/credit/digest.ts';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { openEngine } from '#ledger/engines/open.ts';
import { makeLedgerHome, type LedgerHome, type Member } from '#ledger/engines/testing/ledger-home.ts';

const OUTCOME_MS = 20_000;
/** The shortest that a ledger takes: what is measured in one is evaluated at the end of the next. */
const CREDIT_EPOCH_MS = 10_000;
const PROBATION_MS = 2_000;
const LOOK_MS = 250;
/** Four epochs of the credit, and the time that a slow machine takes. */
const CHANGED_MS = 90_000;
const THRESHOLD = 700n;
const FIVE = [0, 1, 2, 3, 4];
const STOPPED = 2;
/** As genesis numbers it. */
const NODE = 3n;

type Told = Record<string, unknown> & { readonly type: unknown };

/** Five validators, two node providers, and a maintainer whose measurements are looks at the running engine. */
async function openFive() {
  const folder = mkdtempSync(join(tmpdir(), 'interpool-credit-'));
  const parameters = { creditEpochMs: String(CREDIT_EPOCH_MS), probationMs: String(PROBATION_MS) };
  const ledger = makeLedgerHome(join(folder, 'home'), 4, nativeCrypto, { parameters, validatorCount: FIVE.length });
  const engine = openEngine({ home: ledger.home, genesis: ledger.genesis, notice: () => undefined });
  await engine.start();
  const events: Told[] = [];
  const blocks: { timeMs: number; proposer: Uint8Array }[] = [];
  const unsubscribe = engine.subscribe(1n, (block: CommittedBlock) => {
    blocks.push({ timeMs: Number(block.timeMs), proposer: block.proposer });
    for (const item of block.items) events.push(...item.events.map(({ payload }) => payload as Told));
    return Promise.resolve();
  });
  const close = async (): Promise<void> => {
    unsubscribe();
    await engine.stop();
    rmSync(folder, { recursive: true, force: true });
  };
  return { engine, ledger, events, blocks, close };
}

async function decide(engine: Engine, bytes: Uint8Array): Promise<Record<string, unknown>> {
  const admitted = await engine.submit(bytes);
  const outcome = admitted.ok ? await engine.outcome(admitted.txId, OUTCOME_MS) : undefined;
  expect(
    outcome?.code,
    JSON.stringify(admitted, (_, value: unknown) => (typeof value === 'bigint' ? `${value}` : value)),
  ).toBe(0);
  return (outcome?.data ?? {}) as Record<string, unknown>;
}

/** What both node providers vote for. */
async function voteFor(
  engine: Engine,
  ledger: LedgerHome,
  of: { by: Member; method: string; args: Args },
): Promise<void> {
  const { proposal } = await decide(engine, ledger.sign(of.by, of.method, of.args));
  for (const voter of ledger.members.slice(0, 2))
    await decide(engine, ledger.sign(voter, 'Vote', { proposal: proposal as bigint, approve: true }));
}

type Five = Awaited<ReturnType<typeof openFive>>;

/** Looks at the validators all the time and records each epoch that is over, as a maintainer does; transfers go on meanwhile, and each is decided. */
function watch({ engine, ledger, blocks }: Five) {
  const [, , maintainer, customer] = ledger.members;
  const looks = new Map<number, { all: number; running: number[] }>();
  const addresses = ledger.validatorKeys.map((key) => validatorAddress(nativeCrypto.publicKey(key), nativeCrypto));
  let isOver = false;
  let transfers = 0;
  const epochAt = (ms: number): number => Math.floor(ms / CREDIT_EPOCH_MS);

  const look = async (): Promise<void> => {
    const { validators } = await engine.status();
    const epoch = epochAt(Date.now());
    const seen = looks.get(epoch) ?? { all: 0, running: FIVE.map(() => 0) };
    seen.all += 1;
    for (const index of FIVE) if (validators[index]?.state === 'running') seen.running[index]! += 1;
    looks.set(epoch, seen);
  };
  const record = async (epoch: number): Promise<void> => {
    const seen = looks.get(epoch);
    if (seen === undefined) return;
    const entries = FIVE.map((index) => {
      const online = Math.round((seen.running[index]! * 1_000) / seen.all);
      const activity = blocks.filter(
        ({ timeMs, proposer }) => epochAt(timeMs) === epoch && equal(proposer, addresses[index]!),
      ).length;
      return { node: BigInt(index + 1), online, activity, probesFailed: 1_000 - online };
    });
    const args = { epoch: BigInt(epoch), entries: packEntries(entries), root: new Uint8Array(32).fill(1) };
    await decide(engine, ledger.sign(maintainer!, 'RecordDigest', args));
  };
  const run = async (): Promise<void> => {
    // The epoch in which the watch begins was not watched whole.
    let next = epochAt(Date.now()) + 1;
    while (!isOver) {
      await look();
      await decide(engine, ledger.transfer(customer!, maintainer!));
      transfers += 1;
      // By the time of the blocks, which the ledger goes by.
      if (epochAt(blocks.at(-1)?.timeMs ?? 0) > next) await record(next++);
      await sleep(LOOK_MS);
    }
  };
  const running = run();
  return {
    transfers: () => transfers,
    /** Rejects where a transfer or a record was not decided. */
    until: async (holds: () => boolean | Promise<boolean>): Promise<void> => {
      const endMs = Date.now() + CHANGED_MS;
      const awaited = async (): Promise<void> => {
        while (!(await holds())) {
          if (Date.now() > endMs) throw new Error('It did not happen in time.');
          await sleep(LOOK_MS);
        }
      };
      await Promise.race([awaited(), running.then(() => Promise.reject(new Error('The watch ended.')))]);
    },
    stop: async (): Promise<void> => {
      isOver = true;
      await running;
    },
  };
}

async function standingOf(engine: Engine): Promise<string> {
  const answer = await engine.query('node', { id: NODE });
  return answer.ok ? String((answer.value as { status: string }).status) : 'none';
}

async function members(engine: Engine): Promise<number[]> {
  const { validators } = await engine.status();
  return [...validators.keys()].filter((index) => validators[index]?.isMember !== false);
}

test(
  'of five validators one stays stopped: its credit falls below what a vote set, it leaves the set at the next epoch while the network goes on with four, and once it runs again it returns after its probation [8.5.1-c] [6.2.2-d] [8.2.1-a]',
  { timeout: 300_000 },
  async () => {
    const five = await openFive();
    const { engine, ledger, events } = five;
    const [provider, , maintainer] = ledger.members;
    let fewest = FIVE.length;
    try {
      await voteFor(engine, ledger, { by: maintainer!, method: 'RequestRole', args: { role: 'NRNSM' } });
      const args = { parameter: 'consensusCreditMin', value: THRESHOLD };
      await voteFor(engine, ledger, { by: provider!, method: 'ProposeParameter', args });
      const watched = watch(five);
      const changes = (): Told[] =>
        events.filter(({ type, node }) => type === 'ValidatorStandingChanged' && node === NODE);
      const steps = (): unknown[] => changes().map(({ to }) => to);
      const follow = async (holds: () => Promise<boolean>): Promise<void> =>
        watched.until(async () => {
          fewest = Math.min(fewest, (await members(engine)).length);
          return holds();
        });

      expect(await engine.control({ kind: 'stop-validator', index: STOPPED })).toMatchObject({ ok: true });
      await follow(async () => (await standingOf(engine)) === 'suspended');
      expect(steps()).toEqual(['standing-down', 'suspended']);
      const fall = events.find(({ type, node }) => type === 'CreditChanged' && node === NODE)!;
      expect(Number(fall['to'])).toBeLessThan(Number(THRESHOLD));
      await follow(async () => (await members(engine)).length === 4);
      expect(await members(engine)).toEqual([0, 1, 3, 4]);

      // Of five four have to sign: that three are enough now shows that the set is another one.
      expect(await engine.control({ kind: 'stop-validator', index: 0 })).toMatchObject({ ok: true });
      const before = watched.transfers();
      await follow(async () => watched.transfers() > before + 3);
      expect(await engine.control({ kind: 'start-validator', index: 0 })).toMatchObject({ ok: true });

      expect(await engine.control({ kind: 'start-validator', index: STOPPED })).toMatchObject({ ok: true });
      await follow(async () => (await standingOf(engine)) === 'validating');
      // That it validates again is said by the change of the set itself.
      expect(steps()).toEqual(['standing-down', 'suspended', 'probation', 'returning']);
      const [probation, returning] = changes().slice(2);
      expect(Number(returning!['atMs']) - Number(probation!['atMs'])).toBeGreaterThanOrEqual(PROBATION_MS);
      await follow(async () => (await members(engine)).length === FIVE.length);
      await watched.stop();
      expect(fewest).toBe(4);
      // Nobody else was asked to leave.
      expect(events.filter(({ type, node }) => type === 'ValidatorStandingChanged' && node !== NODE)).toEqual([]);
    } finally {
      await five.close();
    }
  },
);
