import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { checkAlgorithm } from './algorithm.ts';
import { installHost } from './host-program.ts';
import { findIsolation } from './isolation.ts';
import { Sandbox, type RunResult } from './sandbox.ts';

/** Programs that other people's compilers made, as customers bring them [8.4.3-a]. */

const MIB = 1024 ** 2;
const folder = mkdtempSync(join(tmpdir(), 'foreign-'));
const host = installHost(folder);
const isolation = findIsolation(host);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

async function run(bytes: Uint8Array, of: { input: string; args: string[] }, memoryMiB: number): Promise<RunResult> {
  const checked = checkAlgorithm(bytes, { memoryBytes: memoryMiB * MIB });
  if (!checked.ok) throw new Error(checked.sentence);
  if (!isolation.ok) throw new Error(isolation.sentence);
  const sandbox = new Sandbox(checked.value, { isolation: isolation.value, host, memoryBytes: memoryMiB * MIB });
  try {
    return await sandbox.run({
      input: new TextEncoder().encode(of.input),
      args: ['program', ...of.args],
      seed: [1, 2, 3, 4],
      cpuMsMax: 20_000,
      outputBytesMax: 10_000,
    });
  } finally {
    sandbox.close();
  }
}

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString('utf8');

describe('a module of C, with the C library of wasi-libc', () => {
  const module = readFileSync(new URL('./testing/word-lengths.wasm', import.meta.url));

  test('reads, allocates, sorts and writes as it does anywhere', async () => {
    const { outcome, output } = await run(
      module,
      { input: 'the quick fox, the lazy dog and the fox', args: ['3'] },
      32,
    );
    expect({ outcome, output: text(output) }).toEqual({ outcome: 'done', output: '5 1 quick\n4 1 lazy\n3 1 and\n' });
  });

  test('that fails says so by its exit code and its error stream', async () => {
    const { outcome, exitCode, errors } = await run(module, { input: '1 2 3', args: [] }, 32);
    expect({ outcome, exitCode, errors: text(errors) }).toEqual({
      outcome: 'failed',
      exitCode: 1,
      errors: 'there are no words\n',
    });
  });
});

const GO = `package main

import (
	"bufio"
	"fmt"
	"os"
)

func main() {
	lines := 0
	for scanner := bufio.NewScanner(os.Stdin); scanner.Scan(); {
		lines++
	}
	fmt.Println(lines, os.Args[1])
}
`;

function findGo(): boolean {
  try {
    return execFileSync('go', ['version'], { encoding: 'utf8' }).length > 0;
  } catch {
    return false;
  }
}

describe.skipIf(!findGo())('a module of Go, where Go is there', () => {
  test('brings its own memory and collector, two megabytes of it, and runs', async () => {
    writeFileSync(join(folder, 'main.go'), GO);
    const built = join(folder, 'lines.wasm');
    const env = {
      ...process.env,
      GOOS: 'wasip1',
      GOARCH: 'wasm',
      GO111MODULE: 'off',
      GOFLAGS: '',
      GOCACHE: join(folder, 'cache'),
    };
    execFileSync('go', ['build', '-ldflags=-s -w', '-o', built, 'main.go'], { cwd: folder, env });
    const { outcome, sentence, output } = await run(readFileSync(built), { input: 'a\nb\nc\n', args: ['lines'] }, 64);
    expect({ outcome, sentence, output: text(output) }).toMatchObject({ outcome: 'done', output: '3 lines\n' });
  }, 180_000);
});
