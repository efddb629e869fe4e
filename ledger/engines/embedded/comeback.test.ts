import { describe, expect, test } from 'vitest';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { Cluster } from '#ledger/sim/cluster.ts';
import { TIMEOUTS } from './validator.ts';

const ALL = [0, 1, 2, 3];
const LAGGARD = 2;
const SEEDS = 40;
const HEIGHTS = 12n;

describe('a validator that comes back from behind', () => {
  test('costs nobody a propose timeout, also when it is the next to propose [8.2.1-a]', () => {
    for (let seed = 1; seed <= SEEDS; seed += 1) {
      let isCutOff = false;
      const cluster = new Cluster({
        crypto: nativeCrypto,
        seed,
        tamper: (_from, to, _message, bytes) => (isCutOff && to === LAGGARD ? [] : [bytes]),
      });
      for (const index of ALL) cluster.start(index);
      let sent = 0;
      const height = (): bigint => cluster.height(0);
      /** Decides heights one after the other; the longest that one took. */
      const decide = (until: bigint): number => {
        let longestMs = 0;
        while (height() < until) {
          const [from, begunMs] = [height(), cluster.nowMs()];
          for (let turn = 0; turn < 3; turn += 1) cluster.submit(`transaction ${seed} ${sent++}`);
          expect(cluster.run(() => height() > from, 30_000)).toBe(true);
          longestMs = Math.max(longestMs, cluster.nowMs() - begunMs);
        }
        return longestMs;
      };
      decide(HEIGHTS);
      isCutOff = true;
      // Its own turns as proposer cost a timeout while it hears nothing; nobody else's do.
      decide(HEIGHTS + BigInt(3 + (seed % 5)));
      isCutOff = false;
      const begun = height();
      expect(decide(begun + HEIGHTS), `seed ${seed}`).toBeLessThan(TIMEOUTS.propose.initialMs);
    }
  });
});
