import { parseArgs } from 'node:util';
import { economyInWords } from '#ledger/sim/economy/report.ts';
import { runSeed } from '#ledger/sim/run.ts';

const SEEDS_DEFAULT = 50;
const SEEDS_MAX = 1_000_000;
const PROGRESS_EVERY = 100;
const EPOCHS_DEFAULT = 365;
const EPOCHS_MAX = 10_000;

interface Plan {
  readonly first: number;
  readonly count: number;
}

/** `--seeds N` runs N seeds from `--seed S` on; `--seed S` alone runs that one. Without `--seed` the first is drawn and printed. */
function planOf(args: readonly string[]): Plan | string {
  try {
    const { values } = parseArgs({ args: [...args], options: { seeds: { type: 'string' }, seed: { type: 'string' } } });
    const count = Number(values.seeds ?? (values.seed === undefined ? SEEDS_DEFAULT : 1));
    const first = Number(values.seed ?? Date.now() % 1_000_000_000);
    if (!Number.isInteger(count) || count < 1 || count > SEEDS_MAX) return `--seeds is a number from 1 to ${SEEDS_MAX}`;
    if (!Number.isSafeInteger(first + count) || first < 0) return '--seed is a whole number from 0 to 2^53';
    return { first, count };
  } catch (error) {
    return error instanceof Error ? error.message : 'unreadable arguments';
  }
}

/** `--economy [--epochs N] [--seed S]`: what rewards bring who takes part and who farms them, a day an epoch. */
function simulateEconomy(args: readonly string[]): number {
  const options = { economy: { type: 'boolean' }, epochs: { type: 'string' }, seed: { type: 'string' } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const [epochs, seed] = [Number(values.epochs ?? EPOCHS_DEFAULT), Number(values.seed ?? Date.now() % 1_000_000_000)];
  const isSound =
    Number.isInteger(epochs) && epochs >= 1 && epochs <= EPOCHS_MAX && Number.isSafeInteger(seed) && seed >= 0;
  if (!isSound) {
    console.error(`usage: npm run simulate -- --economy [--epochs 1 to ${EPOCHS_MAX}] [--seed S]`);
    return 2;
  }
  const { lines, isSafe } = economyInWords({ seed, epochs });
  for (const line of lines) console.log(line);
  return isSafe ? 0 : 1;
}

function main(): number {
  if (process.argv.includes('--economy')) return simulateEconomy(process.argv.slice(2));
  const plan = planOf(process.argv.slice(2));
  if (typeof plan === 'string') {
    console.error(`${plan}\nusage: npm run simulate -- [--seeds N] [--seed S], or --economy [--epochs N] [--seed S]`);
    return 2;
  }
  const { first, count } = plan;
  console.log(`seed ${first}${count > 1 ? `, then on to ${first + count - 1}` : ''}`);
  const startMs = performance.now();
  const sums = { heights: 0n, crashes: 0, evidences: 0, broken: 0 };
  for (let seed = first; seed < first + count; seed += 1) {
    const outcome = runSeed(seed);
    if (!outcome.ok) {
      for (const line of outcome.trace) console.error(line);
      console.error(`seed ${seed} failed: ${outcome.violation ?? ''}`);
      console.error(`run it again: npm run simulate -- --seed ${seed}`);
      return 1;
    }
    sums.heights += outcome.heights;
    sums.crashes += outcome.crashes;
    sums.evidences += outcome.evidences;
    sums.broken += outcome.isBroken ? 1 : 0;
    const done = seed - first + 1;
    if (done % PROGRESS_EVERY === 0 && done < count) console.log(`${done} of ${count} seeds passed`);
  }
  const seconds = (performance.now() - startMs) / 1_000;
  console.log(
    `${count} seeds passed in ${seconds.toFixed(1)} s: ${sums.heights} heights, ${sums.crashes} crashes, ` +
      `${sums.evidences} pieces of evidence, ${sums.broken} broken by more faulty validators than tolerated, culprits named`,
  );
  return 0;
}

process.exitCode = main();
