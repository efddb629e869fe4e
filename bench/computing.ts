import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { checkAlgorithm } from '#agent/sandbox/algorithm.ts';
import { installHost } from '#agent/sandbox/host-program.ts';
import { findIsolation, type Isolation } from '#agent/sandbox/isolation.ts';
import { Sandbox } from '#agent/sandbox/sandbox.ts';
import { assemble, command } from '#agent/sandbox/testing/modules.ts';
import { computingKind } from '#agent/resources/computing/computing-kind.ts';
import { KindRig } from '#agent/testing/kind-rig.ts';
import { computingWaysTerms } from '#ledger/contracts/kinds/computing.ts';
import { median, rounded } from './statistics.ts';

const PAIRS = 7;
const FLOAT_ROUNDS = 60_000_000;
const MEMORY_ROUNDS = 40_000_000;
const CALLS = 200;
const MEMORY_BYTES = 32 * 1024 ** 2;
const NATIVE = fileURLToPath(new URL('./native-loops.c', import.meta.url));

/** The loops of native-loops.c, instruction for instruction; the result leaves, so that no compiler takes the work for idle. */
function program(locals: string, loop: string, rounds: number, result: string, pages: number): Uint8Array {
  return assemble(`(module
    (import "wasi_snapshot_preview1" "fd_write" (func $write (param i32 i32 i32 i32) (result i32)))
    (memory (export "memory") ${pages})
    (func (export "_start") (local $i i32) ${locals}
      (loop $again ${loop}
        (br_if $again (i32.lt_u (local.tee $i (i32.add (local.get $i) (i32.const 1))) (i32.const ${rounds}))))
      ${result}
      (i32.store (i32.const 8) (i32.const 64)) (i32.store (i32.const 12) (i32.const 8))
      (drop (call $write (i32.const 1) (i32.const 8) (i32.const 1) (i32.const 16)))))`);
}

const FLOAT = program(
  '(local $a f64) (local $b f64) (local $next f64)',
  `(local.set $next (f64.add (f64.sub (f64.mul (local.get $a) (local.get $a)) (f64.mul (local.get $b) (local.get $b))) (f64.const 0.1)))
   (local.set $b (f64.add (f64.mul (f64.mul (f64.const 2) (local.get $a)) (local.get $b)) (f64.const 0.1)))
   (local.set $a (local.get $next))`,
  FLOAT_ROUNDS,
  '(f64.store (i32.const 64) (f64.add (local.get $a) (local.get $b)))',
  2,
);

/** 16 MiB of cells behind the first page. */
const MEMORY = program(
  '(local $x i32) (local $sum i32) (local $at i32)',
  `(local.set $x (i32.add (i32.mul (local.get $x) (i32.const 1664525)) (i32.const 1013904223)))
   (local.set $at (i32.shl (i32.shr_u (local.get $x) (i32.const 10)) (i32.const 2)))
   (local.set $sum (i32.add (local.get $sum) (i32.load offset=65536 (local.get $at))))
   (i32.store offset=65536 (local.get $at) (i32.add (local.get $sum) (local.get $x)))`,
  MEMORY_ROUNDS,
  '(i32.store (i32.const 64) (local.get $sum))',
  258,
);

async function timed(work: () => unknown): Promise<number> {
  const begunAt = performance.now();
  await work();
  return performance.now() - begunAt;
}

function sandboxOf(module: Uint8Array, isolation: Isolation, host: string): Sandbox {
  const checked = checkAlgorithm(module, { memoryBytes: MEMORY_BYTES });
  if (!checked.ok) throw new Error(checked.sentence);
  return new Sandbox(checked.value, { isolation, host, memoryBytes: MEMORY_BYTES });
}

const RUN = { input: new Uint8Array(), args: ['loop'], seed: [1, 2, 3, 4], cpuMsMax: 60_000, outputBytesMax: 64 };

/** A loop in the sandbox and natively, in turn; the median of native ÷ sandbox, whole processes on the native side. */
async function ratioOf(
  loop: string,
  module: Uint8Array,
  of: { isolation: Isolation; host: string; native: string },
): Promise<number> {
  const rounds = loop === 'float' ? FLOAT_ROUNDS : MEMORY_ROUNDS;
  const sandbox = sandboxOf(module, of.isolation, of.host);
  const ratios: number[] = [];
  try {
    await sandbox.run(RUN);
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const nativeMs = await timed(() => execFileSync(of.native, [loop, String(rounds)]));
      const oursMs = await timed(() => sandbox.run(RUN));
      ratios.push(nativeMs / oursMs);
      console.log(
        JSON.stringify({
          figure: `computing ${loop} loop`,
          nativeMs: Math.round(nativeMs),
          oursMs: Math.round(oursMs),
        }),
      );
    }
  } finally {
    sandbox.close();
  }
  return rounded(median(ratios));
}

/** A call that runs an empty program, and one that asks for the order's state alone, in turn, at the same gateway. */
async function warmRatio(folder: string): Promise<{ warmMs: number; emptyMs: number; ratio: number }> {
  const many = 1_000_000_000;
  const rig = new KindRig({
    folder,
    windowMs: 600_000,
    log: (sentence) => console.error(sentence),
    kind: 'computing',
    module: computingKind,
    section: {
      computers: [
        { id: 'edge', title: 'Edge', slots: 2, memoryMiB: 64, region: 'here', zone: 'here', place: '0.0,0.0' },
      ],
    },
    sourceId: 'edge',
    terms: {
      ways: computingWaysTerms(10_000n),
      amounts: { bytes: many, calls: many, cpuMs: many, runs: many, memoryMiB: 16, slots: 2 },
      promise: [],
    },
  });
  await rig.start();
  try {
    await rig.deliver(1);
    const body = new Uint8Array(command(''));
    const kept = (await (await rig.call(1, '/algorithms', { method: 'POST', body })).json()) as { digest: string };
    const warm = (): Promise<unknown> =>
      rig
        .call(1, `/algorithms/${kept.digest}/invoke`, { method: 'POST', body: '' })
        .then((answer) => answer.arrayBuffer());
    const empty = (): Promise<unknown> => rig.call(1, '').then((answer) => answer.arrayBuffer());
    await warm();
    const times: { warm: number[]; empty: number[] } = { warm: [], empty: [] };
    for (let index = 0; index < CALLS; index += 1) {
      times.empty.push(await timed(empty));
      times.warm.push(await timed(warm));
    }
    const [warmMs, emptyMs] = [median(times.warm), median(times.empty)];
    return { warmMs: rounded(warmMs), emptyMs: rounded(emptyMs), ratio: rounded(warmMs / emptyMs) };
  } finally {
    await rig.stop();
  }
}

/** P14: a float loop and a memory loop in the sandbox against the same loops by a C compiler; a warm run against an empty round trip. */
export async function benchComputing(): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'ip-bench-'));
  try {
    const host = installHost(folder);
    const isolation = findIsolation(host);
    if (!isolation.ok) throw new Error(isolation.sentence);
    const native = join(folder, 'native-loops');
    execFileSync('cc', ['-O2', '-o', native, NATIVE]);
    const of = { isolation: isolation.value, host, native };
    const starts: number[] = [];
    for (let index = 0; index < PAIRS; index += 1) {
      const sandbox = sandboxOf(command(''), of.isolation, host);
      starts.push(await timed(() => sandbox.start(64)));
      sandbox.close();
    }
    const float = await ratioOf('float', FLOAT, of);
    const memory = await ratioOf('memory', MEMORY, of);
    const warm = await warmRatio(join(folder, 'agent'));
    console.log(
      JSON.stringify({
        figure: 'computing',
        isolation: isolation.value.name,
        readyMs: rounded(median(starts)),
        float,
        memory,
        ...warm,
      }),
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
