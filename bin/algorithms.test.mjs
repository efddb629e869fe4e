// Modules that stand in the repository are what their sources compile to: a program that people are told to run can be read.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import wabt from 'wabt';
import { root } from './supervisor/runtime.mjs';

const COMPILE_MS_MAX = 60_000;
const folder = mkdtempSync(join(tmpdir(), 'algorithms-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test.each(['mandelbrot', 'group-by'])(
  'public/algorithms/%s.wasm is what AssemblyScript makes of its source',
  (name) => {
    const source = join('public/algorithms', `${name}.ts`);
    const made = join(folder, `${name}.wasm`);
    const flags = [
      '-O3',
      '--runtime',
      'stub',
      '--exportStart',
      '_start',
      '--use',
      'abort=public/algorithms/wasi/abort',
    ];
    const compiler = join(root, 'node_modules/assemblyscript/bin/asc.js');
    const { status, stderr } = spawnSync(
      process.execPath,
      [compiler, source, ...flags, '--baseDir', root, '-o', made],
      {
        cwd: root,
        encoding: 'utf8',
      },
    );
    expect(status, stderr).toBe(0);
    expect(readFileSync(made).equals(readFileSync(join(root, 'public/algorithms', `${name}.wasm`)))).toBe(true);
  },
  COMPILE_MS_MAX,
);

test('the standard program is what its text assembles to', async () => {
  const path = join(root, 'agent/resources/computing/standard-program');
  const tools = await wabt();
  const module = tools.parseWat('standard-program.wat', readFileSync(`${path}.wat`, 'utf8'));
  expect(Buffer.from(module.toBinary({}).buffer).equals(readFileSync(`${path}.wasm`))).toBe(true);
});
