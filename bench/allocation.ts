import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { readEvent } from '#agent/ledger-terms.ts';
import { checkAlgorithm } from '#agent/sandbox/algorithm.ts';
import { installHost } from '#agent/sandbox/host-program.ts';
import { findIsolation } from '#agent/sandbox/isolation.ts';
import type { Sandbox } from '#agent/sandbox/sandbox.ts';
import { command } from '#agent/sandbox/testing/modules.ts';
import { HostSlots, type HostShares } from '#agent/tasks/host-slots.ts';
import { SandboxPool } from '#agent/tasks/sandbox-pool.ts';
import { keyOffer } from '#ledger/contracts/testing/samples.ts';
import { LedgerClient } from '#ledger/client/ledger-client.ts';
import type { Args } from '#ledger/core/typed-data.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { makeLedgerHome, type LedgerHome, type Member } from '#ledger/engines/testing/ledger-home.ts';
import { startNodeProcess } from '#ledger/engines/testing/node-process.ts';
import { median, rounded } from './statistics.ts';

const ALTERNATIONS = 21;
const TRANSFERS = 60;
const MEMBERS = 16;
const WARM_UP = 3;
const OUTCOME_MS = 60_000;
const FOLLOWED_MS = 30_000;
/** Genesis names four validators. */
const NODE = 5n;
const CORE = 1_000n;
const MEMORY_BYTES = 8 * 1024 ** 2;
const RUN_MS = 1_000;

/** A ledger process with four validators, and a signer for what it decides. */
interface Ledger {
  readonly home: LedgerHome;
  readonly client: LedgerClient;
  /** Times of the blocks seen so far, by the ledger's own clock. */
  readonly blockTimesMs: number[];
}

async function decide({ home, client }: Ledger, bytes: Uint8Array): Promise<void> {
  const admitted = await client.submit(bytes);
  if (!admitted.ok) throw new Error(`A transaction was refused with ${admitted.code}.`);
  const outcome = await client.outcome(home.idOf(bytes), OUTCOME_MS);
  if (outcome?.code !== 0) throw new Error(`A transaction ended with ${outcome?.code ?? 'nothing'}.`);
}

/** One transfer after the other: every block waits for nothing but its validators. Mean time between two blocks. */
async function blockMs(ledger: Ledger): Promise<number> {
  const { members } = ledger.home;
  const first = ledger.blockTimesMs.length;
  for (let turn = 0; turn < TRANSFERS; turn += 1) {
    const [from, to] = [members[turn % members.length], members[(turn + 1) % members.length]];
    if (from === undefined || to === undefined) throw new Error('There are no members.');
    await decide(ledger, ledger.home.transfer(from, to));
  }
  const times = ledger.blockTimesMs.slice(first);
  return ((times.at(-1) ?? 0) - (times[0] ?? 0)) / (times.length - 1);
}

/** The operator, who is a node provider too, has its agent's key register a node and declares two cores for service. */
async function declareHost(ledger: Ledger, operator: Member): Promise<void> {
  const secretKey = nativeCrypto.sha256(operator.secretKey);
  const { account } = operator;
  const sign = (who: Member, method: string, args: Args) => decide(ledger, ledger.home.sign(who, method, args));
  await sign(operator, 'AuthorizeKey', {
    ...keyOffer(secretKey, { network: ledger.home.network, account }, nativeCrypto),
    label: 'agent',
    methods: ['RegisterNode'],
    resources: [],
    spendingCapMicro: 0n,
    expiresAtMs: BigInt(Date.now() + 86_400_000),
  });
  const said = { class: 'service', name: 'Bench agent', software: '1.0.0', endpoint: '' };
  await sign({ secretKey, account, key: 1n, nextNonce: 0n }, 'RegisterNode', said);
  const shares = { consensusMillicores: 0n, serviceMillicores: 2n * CORE, reserveMillicores: 0n };
  await sign(operator, 'DeclareShares', { node: NODE, ...shares });
}

/** The part of an agent that runs programs: its shares are those of the ledger's events, and two orders always have more to run. */
class Programs {
  readonly slots = new HostSlots(() => this.#shares);
  readonly running = new Set<Sandbox>();
  #shares: HostShares | null = null;
  readonly #pools: SandboxPool[];
  #isEnding = false;
  readonly #work: Promise<unknown>;

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    const host = installHost(folder);
    const isolation = findIsolation(host);
    if (!isolation.ok) throw new Error(isolation.sentence);
    const checked = checkAlgorithm(command('(loop $again (br $again))'), { memoryBytes: MEMORY_BYTES });
    if (!checked.ok) throw new Error(checked.sentence);
    const parts = { isolation: isolation.value, host, slots: 2, hostSlots: this.slots };
    this.#pools = [new SandboxPool(parts), new SandboxPool(parts)];
    const one = async (pool: SandboxPool): Promise<void> => {
      const sandbox = pool.take('loop') ?? pool.add('loop', checked.value, MEMORY_BYTES);
      this.running.add(sandbox);
      const run = { input: new Uint8Array(), args: ['loop'], seed: [1, 2, 3, 4], cpuMsMax: RUN_MS };
      await sandbox.run({ ...run, outputBytesMax: 64 }).catch(() => undefined);
      this.running.delete(sandbox);
      pool.putBack('loop', sandbox);
    };
    const forever = async (pool: SandboxPool): Promise<void> => {
      while (!this.#isEnding) await pool.inSlot(() => (this.#isEnding ? Promise.resolve() : one(pool)));
    };
    // So many wait for a slot, all the time.
    this.#work = Promise.all(this.#pools.flatMap((pool) => [forever(pool), forever(pool)]));
  }

  follow(shares: HostShares): void {
    this.#shares = shares;
    this.slots.look();
  }

  /** Waits until the ledger's event has come that gives service so many cores, and as many programs run, all of them as urgent as the shares say. */
  async settled(cores: number): Promise<void> {
    const endMs = performance.now() + FOLLOWED_MS;
    const isSettled = (): boolean =>
      this.slots.most === cores &&
      this.running.size === cores &&
      [...this.running].every(({ niceness }) => niceness === this.slots.niceness);
    while (!isSettled()) {
      if (performance.now() > endMs) throw new Error('The sandboxes did not follow the shares.');
      await delay(20);
    }
  }

  async stop(): Promise<void> {
    this.#isEnding = true;
    for (const pool of this.#pools) pool.close();
    await this.#work;
  }
}

async function shift(ledger: Ledger, of: { from: string; to: string; by: Member }): Promise<void> {
  const { by, ...shares } = of;
  const args = { node: NODE, ...shares, millicores: CORE, reason: 'Blocks are slow' };
  await decide(ledger, ledger.home.sign(by, 'ShiftShares', args));
}

/** Block time under the shares as they stand, and what runs meanwhile. */
async function measured(ledger: Ledger, programs: Programs, cores: number): Promise<number> {
  await programs.settled(cores);
  const { most, niceness } = programs.slots;
  const figure = rounded(await blockMs(ledger));
  console.log(
    JSON.stringify({
      figure: 'allocation',
      programs: most,
      niceness,
      blockMs: figure,
      load: rounded(loadavg()[0] ?? 0),
    }),
  );
  return figure;
}

async function alternate(
  ledger: Ledger,
  programs: Programs,
  operator: Member,
): Promise<{ ratios: number[]; before: number[]; after: number[] }> {
  const ratios: number[] = [];
  const all: { before: number[]; after: number[] } = { before: [], after: [] };
  for (let turn = 0; turn < ALTERNATIONS; turn += 1) {
    const before = await measured(ledger, programs, 2);
    await shift(ledger, { from: 'service', to: 'consensus', by: operator });
    const after = await measured(ledger, programs, 1);
    await shift(ledger, { from: 'consensus', to: 'service', by: operator });
    all.before.push(before);
    all.after.push(after);
    ratios.push(before / after);
  }
  return { ratios, ...all };
}

/** How much shorter blocks become when a maintainer shifts a core from customers' programs to consensus, on a machine whose cores are all taken [8.1.1-d]. */
export async function benchAllocation(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ip-bench-'));
  const home = makeLedgerHome(join(folder, 'ledger'), MEMBERS, nativeCrypto);
  const node = await startNodeProcess(home.home);
  const client = await LedgerClient.connect(node.socket);
  const ledger: Ledger = { home, client, blockTimesMs: [] };
  let programs: Programs | undefined;
  const stopFollowing = client.subscribe(1n, async ({ timeMs, items }) => {
    ledger.blockTimesMs.push(Number(timeMs));
    for (const { payload } of items.flatMap(({ events }) => events)) {
      const fact = readEvent(payload);
      if (fact.ok && fact.value?.fact === 'node-shares') programs?.follow(fact.value.shares);
    }
  });
  try {
    const [operator] = home.members;
    if (operator === undefined) throw new Error('There are no members.');
    for (let round = 0; round < WARM_UP; round += 1) await blockMs(ledger);
    const without = await blockMs(ledger);
    programs = new Programs(join(folder, 'programs'));
    await declareHost(ledger, operator);
    const { ratios, before, after } = await alternate(ledger, programs, operator);
    console.log(
      JSON.stringify({
        figure: 'block time, before ÷ after a core went from service to consensus',
        cores: availableParallelism(),
        alternations: ALTERNATIONS,
        ratio: rounded(median(ratios)),
        min: rounded(Math.min(...ratios)),
        max: rounded(Math.max(...ratios)),
        beforeMs: rounded(median(before)),
        afterMs: rounded(median(after)),
        withoutProgramsMs: rounded(without),
      }),
    );
  } finally {
    stopFollowing();
    await programs?.stop();
    await client.close();
    await node.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}
