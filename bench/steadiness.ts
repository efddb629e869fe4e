import { signTransfers } from '#ledger/engines/testing/load.ts';
import { startEmbedded, type Contestant } from './contestants.ts';
import { msToDecide } from './decide.ts';
import { startEtcd, type Etcd } from './etcd.ts';
import { LOADED_MEMBERS, maximumOf } from './maximum.ts';
import { openLoop } from './open-loop.ts';
import { median, quantile, rounded } from './statistics.ts';

const ETCD_PUTS = 10_000;
const LATENCY_SECONDS = 20;
const STEADY_SECONDS = 60;
const PAIRS = 5;
const OUTCOME_MS = 60_000;
/** As long as a transfer. */
const VALUE_BYTES = 300;
const ETCD_IN_FLIGHT = 256;

interface Percentiles {
  readonly p50Ms: number;
  readonly p99Ms: number;
}

function percentiles(sample: readonly number[]): Percentiles {
  return { p50Ms: rounded(median(sample)), p99Ms: rounded(quantile(sample, 0.99)) };
}

function print(line: Readonly<Record<string, unknown>>): void {
  console.log(JSON.stringify(line));
}

/** When each was decided, and how long after it was due. */
async function decideAt(
  { doors, ledger }: Contestant,
  perSecond: number,
  seconds: number,
): Promise<{ decidedAtMs: number; tookMs: number }[]> {
  const count = Math.floor(perSecond * seconds);
  const queues = signTransfers(ledger, count);
  return openLoop(perSecond, count, async (index, dueAtMs) => {
    const bytes = queues[index % queues.length]![Math.floor(index / queues.length)]!;
    await msToDecide(doors[index % doors.length]!, bytes, OUTCOME_MS);
    const decidedAtMs = performance.now();
    return { decidedAtMs, tookMs: decidedAtMs - dueAtMs };
  });
}

async function etcdMaximum(etcd: Etcd, value: Uint8Array, count: number): Promise<number> {
  let next = 0;
  const begunAt = performance.now();
  await Promise.all(
    Array.from({ length: ETCD_IN_FLIGHT }, async () => {
      while (next < count) await etcd.put(`key-${next++ % 1_000}`, value);
    }),
  );
  return (count * 1_000) / (performance.now() - begunAt);
}

async function etcdLatency(etcd: Etcd, value: Uint8Array, perSecond: number): Promise<number[]> {
  return openLoop(perSecond, Math.floor(perSecond * LATENCY_SECONDS), async (index, dueAtMs) => {
    await etcd.put(`key-${index % 1_000}`, value);
    return performance.now() - dueAtMs;
  });
}

/** P2 of the bar: both at half of their own maximum, in turn. */
async function benchHalf(contestant: Contestant, maximum: number): Promise<void> {
  const etcd = await startEtcd();
  const value = new Uint8Array(VALUE_BYTES).fill(7);
  const ratios: number[] = [];
  try {
    await etcdMaximum(etcd, value, ETCD_PUTS);
    const peer = await etcdMaximum(etcd, value, ETCD_PUTS);
    print({ figure: 'maximum', of: 'etcd', perSecond: Math.round(peer) });
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const own = (await decideAt(contestant, maximum / 2, LATENCY_SECONDS)).map(({ tookMs }) => tookMs);
      const other = await etcdLatency(etcd, value, peer / 2);
      print({ figure: 'at half of the maximum', of: 'ledger', ...percentiles(own) });
      print({ figure: 'at half of the maximum', of: 'etcd', ...percentiles(other) });
      ratios.push(quantile(own, 0.99) / quantile(other, 0.99));
    }
  } finally {
    await etcd.stop();
  }
  print({ figure: 'P2', ratio: rounded(median(ratios)), mustHold: 1, aim: 0.33 });
}

/** The slowest second of a minute at 0.9 of the maximum, the first two and the last left out, divided by the median second. */
async function benchSteady(contestant: Contestant, maximum: number): Promise<void> {
  const decided = await decideAt(contestant, maximum * 0.9, STEADY_SECONDS);
  const seconds = new Array<number>(STEADY_SECONDS).fill(0);
  const from = decided.reduce((first, { decidedAtMs }) => Math.min(first, decidedAtMs), Infinity);
  for (const { decidedAtMs } of decided) {
    const second = Math.floor((decidedAtMs - from) / 1_000);
    if (second < STEADY_SECONDS) seconds[second]! += 1;
  }
  const middle = seconds.slice(2, -1);
  print({ figure: 'seconds of a minute at 0.9 of the maximum', decided: seconds });
  print({
    figure: 'steadiness',
    slowestOverMedian: rounded(Math.min(...middle) / median(middle)),
    mustHold: 0.7,
    ...percentiles(decided.map(({ tookMs }) => tookMs)),
  });
}

/** The ledger process with four validators: its maximum, latency at half of it beside etcd's (P2), and whether a minute near it is steady. */
export async function benchSteadiness(): Promise<void> {
  const contestant = await startEmbedded(LOADED_MEMBERS);
  try {
    const maximum = await maximumOf(contestant);
    print({ figure: 'maximum', of: 'ledger', perSecond: Math.round(maximum) });
    await benchHalf(contestant, maximum);
    await benchSteady(contestant, maximum);
  } finally {
    await contestant.stop();
  }
}
