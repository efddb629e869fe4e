import { readFileSync } from 'node:fs';
import { checkAlgorithm } from '#agent/sandbox/algorithm.ts';
import type { Isolation } from '#agent/sandbox/isolation.ts';
import { Sandbox } from '#agent/sandbox/sandbox.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';

const STANDARD = new URL('./standard-program.wasm', import.meta.url);
const MEMORY_BYTES = 4 * 1024 ** 2;
const RUN_MS_MAX = 10_000;
/** The shortest of so many runs counts, after one that warms up: what else the machine does only makes a run longer. */
const RUNS = 15;

/** Runs of the standard program in a second of processor time, in a sandbox like a customer's; at least 1. */
export async function measureScore(isolation: Isolation, host: string): Promise<Outcome<number>> {
  const checked = checkAlgorithm(readFileSync(STANDARD), { memoryBytes: MEMORY_BYTES });
  if (!checked.ok) return failed(checked.sentence);
  const sandbox = new Sandbox(checked.value, { isolation, host, memoryBytes: MEMORY_BYTES });
  try {
    const times: number[] = [];
    for (let index = 0; index <= RUNS; index += 1) {
      const run = {
        input: new Uint8Array(),
        args: ['standard'],
        seed: [1, 2, 3, 4],
        cpuMsMax: RUN_MS_MAX,
        outputBytesMax: 64,
      };
      const result = await sandbox.run(run);
      if (result.outcome !== 'done') return failed(`The standard program failed: ${result.sentence}`);
      if (index > 0) times.push(result.cpuMs);
    }
    return done(Math.max(1, Math.floor(1_000 / Math.min(...times))));
  } finally {
    sandbox.close();
  }
}
