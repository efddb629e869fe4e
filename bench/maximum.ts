import { decideAll, signTransfers } from '#ledger/engines/testing/load.ts';
import type { Contestant } from './contestants.ts';

/** Of one account at most 64 transactions wait, so load is spread over so many. */
export const LOADED_MEMBERS = 256;
const WARM_UP = 6_000;
const MEASURED = 10_000;
/** Of each account that wait: about a thousand in all. */
const AT_A_TIME = 4;

/** Committed transfers a second, closed loop, once the ledger is warm. */
export async function maximumOf({ doors, ledger }: Contestant): Promise<number> {
  await decideAll(doors, ledger, signTransfers(ledger, WARM_UP), AT_A_TIME);
  const queues = signTransfers(ledger, MEASURED);
  const begunAt = performance.now();
  await decideAll(doors, ledger, queues, AT_A_TIME);
  return (MEASURED * 1_000) / (performance.now() - begunAt);
}
