import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { checkAlgorithm } from '#agent/sandbox/algorithm.ts';
import { WASI_FUNCTIONS } from '#agent/sandbox/module-rules.ts';
import { checkModule, EXPLAINED_FUNCTIONS } from './module-check.ts';
import { MANDELBROT, SAMPLES } from './samples.ts';

function sampleBytes({ file }: { file: string }): Uint8Array {
  return new Uint8Array(readFileSync(join(resolve(import.meta.dirname, '../../public'), file)));
}

test('every function that a run answers is explained, and the samples may run [8.4.2-a]', () => {
  expect([...EXPLAINED_FUNCTIONS].toSorted()).toEqual([...WASI_FUNCTIONS].toSorted());
  for (const sample of SAMPLES) expect(checkModule(sampleBytes(sample)).ok).toBe(true);
});

test('whatever byte of a module is another, the browser answers as an agent with memory enough: by the module or by a sentence [8.4.2-a]', () => {
  const bytes = sampleBytes(MANDELBROT);
  fc.assert(
    fc.property(fc.nat({ max: 600 }), fc.nat({ max: 255 }), (at, value) => {
      const changed = bytes.with(at, value);
      const there = checkAlgorithm(changed, { memoryBytes: 2 ** 48 });
      const here = checkModule(changed);
      expect(here.ok).toBe(there.ok);
      if (!here.ok && !there.ok) expect(here.sentence).toBe(there.sentence);
    }),
    { numRuns: 300 },
  );
});

test('a refusal says what is wrong and how to put it right', () => {
  const bytes = sampleBytes(MANDELBROT);
  const refused = (changed: Uint8Array): string => {
    const checked = checkModule(changed);
    return checked.ok ? 'taken' : checked.sentence;
  };
  expect(refused(new TextEncoder().encode('<html>'))).toContain('no WebAssembly module');
  expect(refused(bytes.subarray(0, 200))).toContain('cut off');
  expect(refused(new Uint8Array(4 * 1024 ** 2 + 1))).toContain('at most');
  const text = Buffer.from(bytes).toString('latin1');
  const renamed = (from: string, to: string): Uint8Array => Buffer.from(text.replace(from, to), 'latin1');
  expect(refused(renamed('_start', '_begin'))).toContain('exports no function _start');
  expect(refused(renamed('wasi_snapshot_preview1', 'wasi_snapshot_preview0'))).toContain('preview0');
});

test('what a module asks for is said in plain words, with what it gets', () => {
  const checked = checkModule(sampleBytes(MANDELBROT));
  const asks = checked.ok ? checked.facts.abilities.map((ability) => ability.asks) : [];
  expect(asks).toContain('reads its input and writes its output');
  expect(asks).not.toContain('speaks to a network');
});
