import 'server-only';
import { parseArgs } from 'node:util';
import { simulate } from './simulation.ts';

const WEEK_HOURS = 168;

/** Watches nodes of a simulated network: `npm run simulate:monitor -- [--nodes N] [--hours H] [--seed S]`. Exits 1 when a node was given up wrongly, or late. */
function main(): number {
  const options = { nodes: { type: 'string' }, hours: { type: 'string' }, seed: { type: 'string' } } as const;
  const { values } = parseArgs({ options });
  const plan = {
    seed: Number(values.seed ?? 1),
    nodes: Number(values.nodes ?? 2_000),
    hours: Number(values.hours ?? WEEK_HOURS),
    lossShare: 0.01,
    jitterMs: 2_000,
  };
  const startedMs = performance.now();
  const { heartbeats, suspicions, falseFailures, detectedAfterMs } = simulate(plan);
  const sorted = detectedAfterMs.toSorted((a, b) => a - b);
  const slowestMs = sorted.at(-1) ?? Number.NaN;
  const figures = {
    ...plan,
    heartbeats,
    suspicions,
    falseFailures,
    detectedAfterMsMedian: sorted[sorted.length >> 1],
    detectedAfterMsMax: slowestMs,
    seconds: Math.round((performance.now() - startedMs) / 100) / 10,
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`);
  return falseFailures === 0 && slowestMs <= 35_000 ? 0 : 1;
}

process.exitCode = main();
