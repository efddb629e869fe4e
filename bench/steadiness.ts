import { startEmbedded, type Contestant } from './contestants.ts';
import { refusals, tookMs } from './decide.ts';
import { startEtcd, type Etcd } from './etcd.ts';
import { LOADED_MEMBERS, maximumOf } from './maximum.ts';
import { openLoop } from './open-loop.ts';
import { median, percentiles, print, quantile, rounded } from './statistics.ts';
import { loadWith } from './under-load.ts';

const ETCD_PUTS = 10_000;
const LATENCY_SECONDS = 20;
const STEADY_SECONDS = 60;
const PAIRS = 5;
/** As long as a transfer. */
const VALUE_BYTES = 300;
const ETCD_IN_FLIGHT = 256;

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
      const fates = await loadWith(contestant, maximum / 2, LATENCY_SECONDS);
      const own = tookMs(fates, 'decided');
      const other = await etcdLatency(etcd, value, peer / 2);
      print({
        figure: 'at half of the maximum',
        of: 'ledger',
        refused: refusals(fates),
        ...percentiles(own),
      });
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
  const fates = await loadWith(contestant, maximum * 0.9, STEADY_SECONDS);
  const decided = fates.filter(({ end }) => end === 'decided');
  const seconds = new Array<number>(STEADY_SECONDS).fill(0);
  const from = decided.reduce((first, { atMs }) => Math.min(first, atMs), Infinity);
  for (const { atMs } of decided) {
    const second = Math.floor((atMs - from) / 1_000);
    if (second < STEADY_SECONDS) seconds[second]! += 1;
  }
  const middle = seconds.slice(2, -1);
  print({ figure: 'seconds of a minute at 0.9 of the maximum', decided: seconds });
  print({
    figure: 'steadiness',
    slowestOverMedian: rounded(Math.min(...middle) / median(middle)),
    mustHold: 0.7,
    refused: refusals(fates),
    ...percentiles(tookMs(fates, 'decided')),
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
