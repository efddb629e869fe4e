import { setTimeout as delay } from 'node:timers/promises';
import type { Network } from '../fixtures/network.ts';

const PAUSE_MS = 50;
const ANSWER_MS_MAX = 30_000;

export interface Refusal {
  readonly status: number;
  readonly text: string;
}

/** Asks for a page again and again while `work` goes on, as many visitors would; what was not answered with the page. */
export async function refusalsWhile(network: Network, page: string, work: () => Promise<void>): Promise<Refusal[]> {
  const refusals: Refusal[] = [];
  let isOver = false;
  const ask = async (): Promise<void> => {
    while (!isOver) {
      const answer = await fetch(`${network.origin}${page}`, { signal: AbortSignal.timeout(ANSWER_MS_MAX) });
      const text = await answer.text();
      if (answer.status !== 200) refusals.push({ status: answer.status, text });
      await delay(PAUSE_MS);
    }
  };
  const asking = ask();
  try {
    await work();
  } finally {
    isOver = true;
    await asking;
  }
  return refusals;
}
