import { describe, expect, test } from 'vitest';
import { data } from '#ledger/contracts/kinds/data.ts';
import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import { quantities, runs } from '#ledger/contracts/testing/samples.ts';
import { claimedTime, type ClaimTerms } from './claim.ts';

/** A kind with a promise of each sort: a connection that answers in time and is wide enough. */
const kind: Kind = {
  ...data,
  promises: {
    latencyMs: { unit: 'ms', title: 'Latency', kept: 'atMost', max: 1_000n },
    rateKbit: { unit: 'kbit', title: 'Rate', kept: 'atLeast', max: 1_000_000n },
  },
};
const terms: ClaimTerms = {
  kind,
  promise: quantities({ latencyMs: 50n, rateKbit: 1_000n }),
  amounts: [],
  startsAtMs: 7n,
  endsAtMs: 7n + 10_500n,
  endedAtMs: 0n,
  intervalMs: 1_000n,
};
const NONE = { used: [], untilMs: 0n, keptMs: 0n, degradedMs: 0n, downMs: 0n, contested: '' };
const claimed = (bytes: Uint8Array, untilMs: bigint, nowMs = untilMs) =>
  claimedTime({ runs: bytes, untilMs }, NONE, terms, nowMs);

describe('claimed time', () => {
  test.each([
    ['kept', 50, 1_000, true],
    ['kept', 0, 0xffff_ffff, true],
    ['kept', 51, 1_000, false],
    ['kept', 50, 999, false],
    ['degraded', 51, 1_000, true],
    ['degraded', 50, 999, true],
    ['degraded', 51, 999, true],
    ['degraded', 50, 1_000, false],
    ['down', 0, 0, true],
    ['down', 0, 1_000, false],
    ['down', 1, 0, false],
  ] as const)(
    '%s with a latency of %i against at most 50 and a rate of %i against at least 1,000: %s',
    (state, latency, rate, isTrue) => {
      expect(claimed(runs([state, 1, latency, rate]), 1_007n) !== undefined).toBe(isTrue);
    },
  );

  test('one untrue run spoils the claim', () => {
    expect(claimed(runs(['kept', 1, 50, 1_000], ['kept', 1, 50, 999]), 2_007n)).toBeUndefined();
  });

  test('reaches the end of the window within its last interval, and stops nowhere else within one', () => {
    const all = runs(['kept', 11, 50, 1_000]);
    expect(claimed(all, 10_507n)).toEqual({ kept: 10_500n, degraded: 0n, down: 0n });
    expect(claimed(all, 10_506n)).toBeUndefined();
    expect(claimed(all, 10_507n, 10_506n)).toBeUndefined();
    expect(claimed(all, 11_007n)).toBeUndefined();
  });

  test('goes on where the last claim ended, and not after a claim within an interval', () => {
    const one = runs(['down', 1, 0, 0]);
    const after = (untilMs: bigint, until: bigint) =>
      claimedTime({ runs: one, untilMs: until }, { ...NONE, untilMs }, terms, until);
    expect(after(1_007n, 2_007n)).toEqual({ kept: 0n, degraded: 0n, down: 1_000n });
    expect(after(1_007n, 3_007n)).toBeUndefined();
    expect(after(10_006n, 10_507n)).toBeUndefined();
  });
});
