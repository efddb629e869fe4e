import { signTransfers, decideAll } from '#ledger/engines/testing/load.ts';
import { startCometbft, type Contestant } from './contestants.ts';
import { median, quantile, rounded } from './statistics.ts';

/** Networks from the smallest to four times that; all on one machine, so what is measured is what each member costs all the others. */
const VALIDATORS = [4, 7, 10, 13, 16];
const MEMBERS = 32;
const WARM_UP = 500;
const TRANSACTIONS = 1_500;
const SINGLES = 20;
const OUTCOME_MS = 60_000;

async function single({ doors, ledger }: Contestant): Promise<number> {
  const [queue] = signTransfers(ledger, 1);
  const [door] = doors;
  const begunAt = performance.now();
  const admitted = await door!.submit(queue![0]!);
  const outcome = admitted.ok ? await door!.outcome(admitted.txId, OUTCOME_MS) : undefined;
  if (outcome?.code !== 0) throw new Error('A transfer was not decided in time.');
  return performance.now() - begunAt;
}

/** Throughput and latency of CometBFT networks of growing size, and the slopes per validator. */
export async function benchScale(): Promise<void> {
  const points: { validators: number; perSecond: number; p50Ms: number }[] = [];
  for (const validators of VALIDATORS) {
    const contestant = await startCometbft(MEMBERS, validators);
    try {
      await decideAll(contestant.doors, contestant.ledger, signTransfers(contestant.ledger, WARM_UP));
      const begunAt = performance.now();
      await decideAll(contestant.doors, contestant.ledger, signTransfers(contestant.ledger, TRANSACTIONS));
      const perSecond = Math.round((TRANSACTIONS * 1_000) / (performance.now() - begunAt));
      const sample: number[] = [];
      for (let turn = 0; turn < SINGLES; turn += 1) sample.push(await single(contestant));
      const point = { validators, perSecond, p50Ms: rounded(median(sample)), p90Ms: rounded(quantile(sample, 0.9)) };
      points.push(point);
      console.log(JSON.stringify({ figure: 'validators', ...point }));
    } finally {
      await contestant.stop();
    }
  }
  const [first, last] = [points[0]!, points.at(-1)!];
  const factor = last.validators / first.validators;
  console.log(
    JSON.stringify({
      figure: 'slope',
      validators: factor,
      throughputFalls: rounded(first.perSecond / last.perSecond),
      latencyGrows: rounded(last.p50Ms / first.p50Ms),
    }),
  );
}
