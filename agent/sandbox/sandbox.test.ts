import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, describe, expect, test } from 'vitest';
import { checkAlgorithm } from './algorithm.ts';
import { MODULE_BYTES_MAX } from './module-rules.ts';
import { installHost } from './host-program.ts';
import { findIsolation, ISOLATIONS, type Isolation } from './isolation.ts';
import { Sandbox, type Run, type RunResult } from './sandbox.ts';
import { assemble, command, write } from './testing/modules.ts';

const MIB = 1024 ** 2;
const folder = mkdtempSync(join(tmpdir(), 'sandbox-'));
const host = installHost(folder);
const isolations = ISOLATIONS.flatMap((name) => {
  const found = findIsolation(host, [name]);
  return found.ok ? [found.value] : [];
});
const open: Sandbox[] = [];

afterEach(() => open.splice(0).forEach((sandbox) => sandbox.close()));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const RUN: Run = {
  input: new Uint8Array(),
  args: ['program'],
  seed: [1, 2, 3, 4],
  cpuMsMax: 300,
  outputBytesMax: 1_000,
};

function sandboxOf(bytes: Uint8Array, isolation: Isolation, memoryBytes = 16 * MIB): Sandbox {
  const checked = checkAlgorithm(bytes, { memoryBytes });
  if (!checked.ok) throw new Error(checked.sentence);
  const sandbox = new Sandbox(checked.value, { isolation, host, memoryBytes });
  open.push(sandbox);
  return sandbox;
}

/** Starts a program without an end and says the id of the process group that it runs in. */
const ENDLESS = fileURLToPath(new URL('./testing/endless.ts', import.meta.url));

function isAlive(pid: number | undefined): boolean {
  try {
    return pid !== undefined && process.kill(-pid, 0);
  } catch {
    return false;
  }
}

function refusal(bytes: Uint8Array): string {
  const checked = checkAlgorithm(bytes, { memoryBytes: 16 * MIB });
  return checked.ok ? '' : checked.sentence;
}

const shown = ({ outcome, sentence, output }: RunResult) => ({
  outcome,
  sentence,
  output: Buffer.from(output).toString(),
});

test('a machine that cannot keep programs apart says why, and offers nothing', () => {
  const found = findIsolation(host, []);
  expect(found.ok ? '' : found.sentence).toContain('Install bubblewrap');
});

describe('what is seen before anything runs', () => {
  const start = '(func (export "_start"))';
  const memory = '(memory (export "memory") 1)';
  test.each([
    [
      'an import of another module',
      `(module (import "env" "system" (func)) ${memory} ${start})`,
      'imports the function "system" of "env"',
    ],
    [
      'an unknown function of WASI',
      `(module (import "wasi_snapshot_preview1" "spawn" (func)) ${memory} ${start})`,
      '"spawn"',
    ],
    ['an imported memory', `(module (import "env" "memory" (memory 1)) ${start})`, 'imports the memory'],
    ['an imported table', `(module (import "env" "t" (table 1 funcref)) ${memory} ${start})`, 'imports a table'],
    ['no _start', `(module ${memory} (func))`, 'exports no function _start'],
    ['no memory', `(module ${start})`, 'exports no memory'],
    ['60,000 pages of memory', `(module (memory (export "memory") 60000) ${start})`, '60000 pages'],
    ['shared memory', `(module (memory (export "memory") 1 2 shared) ${start})`, 'shared between threads'],
    ['64-bit memory', `(module (memory (export "memory") i64 1) ${start})`, '64-bit addresses'],
    ['a huge table', `(module ${memory} (table 9000000 funcref) ${start})`, '9000000 elements'],
  ])('%s is refused in a sentence', (_, text, sentence) => {
    expect(refusal(assemble(text))).toContain(sentence);
  });

  test('what is no module, cut off at any byte, or too large, is refused; nothing is thrown [7.2.4-b]', () => {
    const whole = command(write(1, 0, 1));
    for (let length = 0; length < whole.length; length += 1) {
      const part = whole.slice(0, length);
      // A module may end behind any section: then what it lacks is named.
      expect(refusal(part), `${length} bytes`).not.toBe('');
    }
    expect(refusal(new TextEncoder().encode('#!/bin/sh\nrm -rf /'))).toContain('no WebAssembly module');
    expect(refusal(new Uint8Array(MODULE_BYTES_MAX + 1))).toContain(`at most ${MODULE_BYTES_MAX}`);
  });
});

describe.each(isolations.map((isolation) => [isolation.name, isolation] as const))(
  'kept apart by %s',
  (_, isolation) => {
    test('a program reads its input and writes its answer, the same each time, each time afresh', async () => {
      const more = '(global $runs (mut i32) (i32.const 48))';
      // Counts its runs in a global, then writes the count, 4 bytes of chance and the low byte of the clock.
      const body = `(global.set $runs (i32.add (global.get $runs) (i32.const 1)))
      (i32.store8 (i32.const 100) (global.get $runs))
      (drop (call $random_get (i32.const 101) (i32.const 4)))
      (drop (call $clock_time_get (i32.const 0) (i64.const 1) (i32.const 105)))
      ${write(1, 100, 13)}`;
      const sandbox = sandboxOf(command(body, more), isolation);
      const [first, second, other] = [
        await sandbox.run(RUN),
        await sandbox.run(RUN),
        await sandbox.run({ ...RUN, seed: [5, 6, 7, 8] }),
      ];
      expect(first).toMatchObject({ outcome: 'done', exitCode: 0, sentence: '' });
      expect(first.output).toHaveLength(13);
      expect(second.output).toEqual(first.output);
      expect(other.output).not.toEqual(first.output);
    });

    test('an exit code and the error stream are kept, also of a program that fails', async () => {
      const body = `(i32.store (i32.const 100) (i32.const 0x73706f6f)) ${write(2, 100, 4)} (call $proc_exit (i32.const 7))`;
      const result = await sandboxOf(command(body), isolation).run(RUN);
      expect(result).toMatchObject({ outcome: 'failed', exitCode: 7, sentence: 'The program exited with 7.' });
      expect(Buffer.from(result.errors).toString()).toBe('oops');
    });

    test.each([
      ['an endless loop', '(loop $again (br $again))', '', 'timed-out', 'did not end within 300 ms'],
      ['endless recursion', '(call $deeper)', '(func $deeper (call $deeper) (call $deeper))', 'failed', 'call stack'],
      [
        'an output flood',
        `(loop $again ${write(1, 0, 60_000)} (br $again))`,
        '',
        'flooded',
        'more than the 1000 bytes',
      ],
      ['a division by zero', '(drop (i32.div_u (i32.const 1) (i32.const 0)))', '', 'failed', 'divide by zero'],
      [
        'a socket',
        '(drop (call $sock_send (i32.const 3) (i32.const 0) (i32.const 0) (i32.const 0) (i32.const 0)))',
        '',
        'failed',
        'sockets',
      ],
    ])('%s ends with its sentence, and the next run is unharmed', async (_, body, more, outcome, sentence) => {
      const hostile = sandboxOf(command(body, more), isolation);
      const neighbour = sandboxOf(command(write(1, 0, 1)), isolation);
      const [result, beside] = await Promise.all([hostile.run(RUN), neighbour.run(RUN)]);
      expect(result.outcome).toBe(outcome);
      expect(result.sentence).toContain(sentence);
      expect(beside.outcome).toBe('done');
      expect((await hostile.run(RUN)).outcome).toBe(outcome);
    });

    test('a start section that loops is ended like any other', async () => {
      const looping = assemble(
        `(module (memory (export "memory") 1) (func $l (loop $a (br $a))) (start $l) (func (export "_start")))`,
      );
      expect((await sandboxOf(looping, isolation).run(RUN)).outcome).toBe('timed-out');
    });

    test('memory grows to what was agreed and not a page further; a table likewise', async () => {
      // Writes the pages that it got, then the elements of its table.
      const body = `(loop $more (br_if $more (i32.ne (memory.grow (i32.const 1)) (i32.const -1))))
      (i32.store (i32.const 100) (memory.size))
      (drop (table.grow $t (ref.null func) (i32.const 900000)))
      (drop (table.grow $t (ref.null func) (i32.const 900000)))
      (i32.store (i32.const 104) (table.size $t))
      ${write(1, 100, 8)}`;
      const result = await sandboxOf(command(body, '(table $t 1 funcref)'), isolation).run({ ...RUN, cpuMsMax: 5_000 });
      const view = new DataView(result.output.buffer);
      expect([view.getUint32(0, true), view.getUint32(4, true)]).toEqual([256, 900_001]);
    });

    test('no file can be opened: there is no folder to begin from', async () => {
      const body = `(i32.store8 (i32.const 100) (i32.add (i32.const 48) (call $path_open
      (i32.const 3) (i32.const 0) (i32.const 200) (i32.const 1) (i32.const 0) (i64.const 0) (i64.const 0) (i32.const 0) (i32.const 300))))
      ${write(1, 100, 1)}`;
      // 8: bad file descriptor.
      expect(shown(await sandboxOf(command(body), isolation).run(RUN))).toEqual({
        outcome: 'done',
        sentence: '',
        output: '8',
      });
    });

    test('a module that the engine refuses says so once, and is not run', async () => {
      const invalid = command('(drop (i32.const 1))');
      // The last byte of the last function's body is its end; without it the code is not valid.
      invalid[invalid.length - 1] = 0x00;
      const result = await sandboxOf(invalid, isolation).run(RUN);
      expect(result).toMatchObject({ outcome: 'crashed', cpuMs: 0 });
      expect(result.sentence).toContain('The module cannot be loaded');
    });

    test('a program that loops does not outlive an agent that is killed', async () => {
      const checked = checkAlgorithm(command('(loop $again (br $again))'), { memoryBytes: 16 * MIB });
      if (!checked.ok) throw new Error(checked.sentence);
      const modulePath = join(folder, `${isolation.name}.wasm`);
      writeFileSync(modulePath, checked.value.module);
      const agent = spawn(process.execPath, [ENDLESS, isolation.name, host, modulePath], {
        stdio: ['ignore', 'pipe', 'inherit'],
      });
      const [pid] = await once(agent.stdout, 'data').then(([chunk]) => String(chunk).trim().split(' ').map(Number));
      await expect.poll(() => isAlive(pid)).toBe(true);
      agent.kill('SIGKILL');
      await expect.poll(() => isAlive(pid), { timeout: 5_000 }).toBe(false);
    });

    test('closing ends what runs, at once', async () => {
      const sandbox = sandboxOf(command('(loop $again (br $again))'), isolation);
      const running = sandbox.run({ ...RUN, cpuMsMax: 60_000 });
      setTimeout(() => sandbox.close(), 500);
      await expect(running).rejects.toThrow('closed');
    });
  },
);
