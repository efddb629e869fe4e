import { setTimeout as delay } from 'node:timers/promises';
import { decideAll, signTransfers } from '#ledger/engines/testing/load.ts';
import { startCometbft, startEmbedded, startKeyValueStore, type Contestant } from './contestants.ts';
import { refusals, tookMs } from './decide.ts';
import { median, percentiles, print, quantile, rounded } from './statistics.ts';
import { loadWith } from './under-load.ts';

const PAIRS = 5;
const TRANSACTIONS = 5_000;
/** Before the first pair: V8 compiles, CometBFT's peers find their pace. */
const WARM_UP = 2_000;
const MEMBERS = 64;
const LOAD_PER_SECOND = 1_000;
const LOAD_SECONDS = 8;
/** After each run: an outcome is told by the first node that has it, and what the others still do must not be paid by the other engine. */
const SETTLE_MS = 4_000;

/** Committed transactions a second, closed loop: 12 of each member wait at a time. Signed beforehand. */
async function throughput(
  contestant: Contestant,
  count: number,
): Promise<{ perSecond: number; generatorShare: number }> {
  const queues = signTransfers(contestant.ledger, count);
  const cpu = process.cpuUsage();
  const begunAt = performance.now();
  await decideAll(contestant.doors, contestant.ledger, queues);
  const seconds = (performance.now() - begunAt) / 1_000;
  const { user, system } = process.cpuUsage(cpu);
  await delay(SETTLE_MS);
  return { perSecond: count / seconds, generatorShare: (user + system) / 1e6 / seconds };
}

async function latency(contestant: Contestant): Promise<number> {
  const fates = await loadWith(contestant, LOAD_PER_SECOND, LOAD_SECONDS);
  const sample = tookMs(fates, 'decided');
  await delay(SETTLE_MS);
  print({
    figure: 'load',
    engine: contestant.name,
    perSecond: LOAD_PER_SECOND,
    refused: refusals(fates),
    ...percentiles(sample),
  });
  return quantile(sample, 0.99);
}

/** P3 and P3b of the bar: the embedded engine against CometBFT, four validators each, the same application and load, on this machine. */
export async function benchEngines(): Promise<void> {
  const contestants = [await startEmbedded(MEMBERS), await startCometbft(MEMBERS)] as const;
  const [embedded, cometbft] = contestants;
  try {
    for (const contestant of contestants) await throughput(contestant, WARM_UP);
    const ratios: number[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) {
      const own = await throughput(embedded, TRANSACTIONS);
      const peer = await throughput(cometbft, TRANSACTIONS);
      ratios.push(own.perSecond / peer.perSecond);
      for (const [name, { perSecond, generatorShare }] of [
        ['embedded', own],
        ['cometbft', peer],
      ] as const) {
        print({
          figure: 'throughput',
          engine: name,
          perSecond: Math.round(perSecond),
          generatorCores: rounded(generatorShare),
        });
      }
    }
    print({ figure: 'P3', ratio: rounded(median(ratios)), mustHold: 1, aim: 1.5 });
    const latencies: number[] = [];
    for (let pair = 0; pair < PAIRS; pair += 1) latencies.push((await latency(embedded)) / (await latency(cometbft)));
    print({ figure: 'P3b', ratio: rounded(median(latencies)), mustHold: 1, aim: 0.2 });
  } finally {
    for (const contestant of contestants) await contestant.stop();
  }
  const store = await startKeyValueStore();
  try {
    await store.commit(WARM_UP);
    for (let run = 0; run < PAIRS; run += 1) {
      print({
        figure: 'throughput',
        engine: 'cometbft-kvstore',
        perSecond: Math.round(TRANSACTIONS / (await store.commit(TRANSACTIONS))),
      });
    }
  } finally {
    await store.stop();
  }
}
