import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { checkAlgorithm } from '#agent/sandbox/algorithm.ts';
import { installHost } from '#agent/sandbox/host-program.ts';
import { findIsolation, ISOLATIONS, type Isolation } from '#agent/sandbox/isolation.ts';
import type { Sandbox } from '#agent/sandbox/sandbox.ts';
import { command } from '#agent/sandbox/testing/modules.ts';
import { HostSlots, NICENESS_BESIDE_CONSENSUS, type HostShares } from './host-slots.ts';
import { SandboxPool } from './sandbox-pool.ts';

const MEMORY_BYTES = 8 * 1024 ** 2;
const folder = mkdtempSync(join(tmpdir(), 'host-slots-'));
const host = installHost(folder);
const isolations = ISOLATIONS.flatMap((name) => {
  const found = findIsolation(host, [name]);
  return found.ok ? [found.value] : [];
});
const checked = checkAlgorithm(command('(loop $again (br $again))'), { memoryBytes: MEMORY_BYTES });
if (!checked.ok) throw new Error(checked.sentence);
const LOOP = checked.value;

let shares: HostShares | null;
const pools: SandboxPool[] = [];
const lookAt = (millicores: { service: number; consensus?: number }): void => {
  shares = { serviceMillicores: millicores.service, consensusMillicores: millicores.consensus ?? 0 };
};
const poolOf = (hostSlots: HostSlots, isolation: Isolation, slots = 2): SandboxPool => {
  const pool = new SandboxPool({ isolation, host, slots, hostSlots });
  pools.push(pool);
  return pool;
};

afterEach(() => pools.splice(0).forEach((pool) => pool.close()));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Span {
  readonly beganMs: number;
  readonly endedMs: number;
}

/** Uses a processor for that long; when the run began and ended, by the agent's clock. */
async function runFor(
  pool: SandboxPool,
  cpuMsMax: number,
  onSandbox?: (sandbox: Sandbox) => Promise<void>,
): Promise<Span> {
  return pool.inSlot(async () => {
    const sandbox = pool.take('loop') ?? pool.add('loop', LOOP, MEMORY_BYTES);
    await sandbox.start(1_000);
    const beganMs = performance.now();
    const run = { input: new Uint8Array(), args: ['loop'], seed: [1, 2, 3, 4], cpuMsMax, outputBytesMax: 1_000 };
    const ran = sandbox.run(run);
    await onSandbox?.(sandbox);
    expect((await ran).outcome).toBe('timed-out');
    pool.putBack('loop', sandbox);
    return { beganMs, endedMs: performance.now() };
  });
}

const overlap = (one: Span, other: Span): boolean => one.beganMs < other.endedMs && other.beganMs < one.endedMs;

/** Nice values of every process of a group, as the kernel has them (proc_pid_stat(5): the 5th and the 19th field). */
function nicenessOf(group: number): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        return parentsOf(Number(pid)).includes(group) ? [Number(fields[16])] : [];
      } catch {
        return [];
      }
    });
}

/** The process and those that began it: what unshares its session leaves the group, never its parents. */
function parentsOf(pid: number): number[] {
  const line = [pid];
  for (let next = pid; next > 1;) {
    next = Number(
      readFileSync(`/proc/${next}/stat`, 'utf8')
        .replace(/^.*\) /s, '')
        .split(' ')[1],
    );
    line.push(next);
  }
  return line;
}

describe.each(isolations)('sandboxes of a host, kept apart by $name', (isolation) => {
  test('with one core for service two runs of different orders do not overlap; with two they do [6.2.2-c, 8.1.1-d]', async () => {
    lookAt({ service: 1_999 });
    const slots = new HostSlots(() => shares);
    const both = [poolOf(slots, isolation), poolOf(slots, isolation)];
    const [first, second] = await Promise.all(both.map((pool) => runFor(pool, 150)));
    expect(overlap(first!, second!)).toBe(false);
    lookAt({ service: 2_000 });
    const [third, fourth] = await Promise.all(both.map((pool) => runFor(pool, 150)));
    expect(overlap(third!, fourth!)).toBe(true);
  });

  test('beside consensus a sandbox stands behind other processes, from its next run on [8.1.1-d]', async () => {
    lookAt({ service: 1_000 });
    const pool = poolOf(new HostSlots(() => shares), isolation);
    const seen: number[][] = [];
    const look = async ({ group = 0 }: Sandbox): Promise<void> => {
      await sleep(50);
      seen.push(nicenessOf(group));
    };
    await runFor(pool, 150, look);
    lookAt({ service: 1_000, consensus: 500 });
    await runFor(pool, 150, look);
    const [before = [], after = []] = seen;
    expect([before.length > 0, after.length > 0]).toEqual([true, true]);
    expect(new Set(before)).toEqual(new Set([0]));
    expect(new Set(after)).toEqual(new Set([NICENESS_BESIDE_CONSENSUS]));
  });
});

describe('room of a host', () => {
  const [isolation] = isolations;
  if (isolation === undefined) throw new Error('this machine keeps no programs apart');

  test('what runs goes on when the share shrinks, and what is new waits until there is room [8.1.1-d]', async () => {
    lookAt({ service: 2_000 });
    const slots = new HostSlots(() => shares);
    const pool = poolOf(slots, isolation, 4);
    const ends: (() => void)[] = [];
    const began: number[] = [];
    const work = (id: number) =>
      pool.inSlot(async () => {
        began.push(id);
        await new Promise<void>((end) => ends.push(end));
      });
    const all = [work(1), work(2), work(3)];
    await sleep(0);
    expect([began, slots.busy, slots.waiting]).toEqual([[1, 2], 2, 1]);
    lookAt({ service: 500 });
    slots.look();
    ends[0]!();
    await sleep(0);
    expect([began, slots.busy, slots.most]).toEqual([[1, 2], 1, 1]);
    lookAt({ service: 2_000 });
    slots.look();
    await sleep(0);
    expect(began).toEqual([1, 2, 3]);
    ends.forEach((end) => end());
    await Promise.all(all);
    expect([slots.busy, slots.waiting]).toEqual([0, 0]);
  });

  test('an order that ends does not wait for the host, and takes nobody’s room', async () => {
    lookAt({ service: 1_000 });
    const slots = new HostSlots(() => shares);
    const [one, other] = [poolOf(slots, isolation), poolOf(slots, isolation)];
    let end = (): void => undefined;
    const running = one.inSlot(() => new Promise<void>((done) => (end = done)));
    const waiting = other.inSlot(async () => other.isClosed);
    await sleep(0);
    expect(slots.waiting).toBe(1);
    other.close();
    expect(await waiting).toBe(true);
    end();
    await running;
    expect([slots.busy, slots.waiting]).toEqual([0, 0]);
  });

  test('where nobody declared shares, the orders’ own slots are the only bound', () => {
    shares = null;
    const slots = new HostSlots(() => shares);
    expect([slots.most, slots.niceness]).toEqual([Infinity, 0]);
  });
});
