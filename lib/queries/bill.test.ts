import { describe, expect, test } from 'vitest';
import { bill } from '#ledger/contracts/settlement/bill.ts';
import { toBill, type BillFacts } from './bill.ts';

const HOUR = 3_600_000n;

/** A settled order as the contract itself would have settled it. */
function settled(
  terms: { priceUnit: string; priceMicro: bigint; holdMicro: bigint; lengthMs: bigint; endedMs?: bigint },
  claim: { bytes: bigint; served: number[] },
): BillFacts {
  const startsAtMs = 1_000_000n;
  const endsAtMs = startsAtMs + terms.lengthMs;
  const endedAtMs = startsAtMs + (terms.endedMs ?? terms.lengthMs);
  const served = Uint8Array.from(claim.served);
  const amounts = bill(
    { ...terms, startsAtMs, endsAtMs, endedAtMs, intervalMs: 600_000n, feePerMille: 10n },
    { bytes: claim.bytes, served },
  );
  return {
    ...terms,
    ...amounts,
    served: Buffer.from(amounts.served).toString('hex'),
    bytes: claim.bytes,
    intervalMs: 600_000n,
    startsAtMs,
    untilMs: endedAtMs < endsAtMs ? endedAtMs : endsAtMs,
    contested: false,
    tx: null,
    settledAtMs: endedAtMs,
  };
}

const cases: [string, BillFacts, string][] = [
  [
    'an hour, served throughout',
    settled(
      { priceUnit: 'hour', priceMicro: 6_000_000n, holdMicro: 6_000_000n, lengthMs: HOUR },
      { bytes: 9n, served: [63] },
    ),
    '6000000',
  ],
  [
    'an hour with ten minutes down',
    settled(
      { priceUnit: 'hour', priceMicro: 6_000_000n, holdMicro: 6_000_000n, lengthMs: HOUR },
      { bytes: 9n, served: [61] },
    ),
    '5000000',
  ],
  [
    'a price that does not divide',
    settled(
      { priceUnit: 'hour', priceMicro: 1_000_001n, holdMicro: 1_000_001n, lengthMs: 1_700_000n },
      { bytes: 9n, served: [7] },
    ),
    '472222',
  ],
  [
    'ended early in the middle of an interval',
    settled(
      { priceUnit: 'hour', priceMicro: 6_000_000n, holdMicro: 6_000_000n, lengthMs: HOUR, endedMs: 900_000n },
      { bytes: 9n, served: [3] },
    ),
    '1500000',
  ],
  [
    'per use, half of it served',
    settled({ priceUnit: 'use', priceMicro: 5n, holdMicro: 5n, lengthMs: 1_200_000n }, { bytes: 0n, served: [1] }),
    '2',
  ],
  [
    'per megabyte',
    settled(
      { priceUnit: 'megabyte', priceMicro: 1_000n, holdMicro: 10_000n, lengthMs: HOUR },
      { bytes: 2_500_000n, served: [63] },
    ),
    '2500',
  ],
  [
    'more used than was held',
    settled(
      { priceUnit: 'megabyte', priceMicro: 1_000n, holdMicro: 2_000n, lengthMs: HOUR },
      { bytes: 2_500_000n, served: [63] },
    ),
    '2000',
  ],
  [
    'never served',
    settled({ priceUnit: 'use', priceMicro: 5n, holdMicro: 5n, lengthMs: HOUR }, { bytes: 0n, served: [] }),
    '0',
  ],
];

describe('bills', () => {
  test.each(cases)(
    '%s: lines add up to the contract’s charge, and nothing is unexplained',
    (_what, facts, chargeMicro) => {
      const shown = toBill(facts);
      const sum = shown.lines.reduce((total, line) => total + BigInt(line.amountMicro), 0n);
      expect([shown.chargeMicro, sum.toString(), shown.unexplainedMicro]).toEqual([chargeMicro, chargeMicro, '0']);
      expect(BigInt(shown.chargeMicro) + BigInt(shown.refundMicro)).toBe(BigInt(shown.holdMicro));
    },
  );

  test('an order that was never delivered has no intervals and costs nothing', () => {
    const facts = settled(
      { priceUnit: 'hour', priceMicro: 5n, holdMicro: 5n, lengthMs: HOUR },
      { bytes: 0n, served: [] },
    );
    const shown = toBill({ ...facts, startsAtMs: 0n, served: '', chargeMicro: 0n, feeMicro: 0n, refundMicro: 5n });
    expect([shown.intervals, shown.unexplainedMicro]).toEqual([[], '0']);
  });

  test('a charge that the rows do not bear out shows as unexplained', () => {
    const facts = settled(
      { priceUnit: 'use', priceMicro: 5n, holdMicro: 5n, lengthMs: HOUR },
      { bytes: 0n, served: [63] },
    );
    expect(toBill({ ...facts, chargeMicro: 4n, refundMicro: 1n }).unexplainedMicro).toBe('1');
    expect(toBill({ ...facts, refundMicro: 3n }).unexplainedMicro).toBe('3');
  });
});
