import { describe, expect, test } from 'vitest';
import fc from 'fast-check';
import { PRICE_MICRO_MAX, holdMicroOf, lineChargeMicro, lineHoldMicro, type Price, type Service } from './price.ts';

const AMOUNT_MAX = (1n << 53n) - 1n;
const DURATION_MS_MAX = 31n * 24n * 3_600_000n;
const METER = 'meter';

/** A number as exact quotient, a second way to the rule: products of quotients, rounded by comparing, never by dividing. */
interface Ratio {
  readonly above: bigint;
  readonly below: bigint;
}

function product(...ratios: readonly Ratio[]): Ratio {
  return ratios.reduce((left, right) => ({ above: left.above * right.above, below: left.below * right.below }));
}

function ratio(above: bigint, below = 1n): Ratio {
  return { above, below };
}

function sum(left: Ratio, right: Ratio): Ratio {
  return { above: left.above * right.below + right.above * left.below, below: left.below * right.below };
}

/** True when `whole` is the least integer that is not below the number. */
function isRoundedUp(whole: bigint, { above, below }: Ratio): boolean {
  return whole * below >= above && (whole - 1n) * below < above;
}

/** True when `whole` is the largest integer that is not above the number. */
function isRoundedDown(whole: bigint, { above, below }: Ratio): boolean {
  return whole * below <= above && (whole + 1n) * below > above;
}

/** Mostly the bounds and what stands beside them, because that is where rounding goes wrong. */
function edgy(min: bigint, max: bigint): fc.Arbitrary<bigint> {
  const edges = [min, min + 1n, max - 1n, max].filter((edge) => edge >= min && edge <= max);
  return fc.oneof(
    fc.bigInt(min, max),
    fc.constantFrom(...edges),
    fc.bigInt(min, min + 1_000n < max ? min + 1_000n : max),
  );
}

interface Line {
  readonly price: Price;
  readonly isHeld: boolean;
  readonly asked: bigint;
  readonly used: bigint;
  readonly durationMs: bigint;
  readonly service: Service;
}

/** A line, a use within what was asked for, and served time within the time that passed, at most the agreed use. */
const anyLine: fc.Arbitrary<Line> = fc
  .record({
    isHeld: fc.boolean(),
    isTimed: fc.boolean(),
    per: edgy(1n, AMOUNT_MAX),
    perMs: edgy(1n, DURATION_MS_MAX),
    amountMicro: edgy(0n, PRICE_MICRO_MAX),
    asked: edgy(1n, AMOUNT_MAX),
    usedShare: edgy(0n, 1_000n),
    durationMs: edgy(1_000n, DURATION_MS_MAX),
    passedShare: edgy(0n, 1_000n),
    keptShare: edgy(0n, 1_000n),
    degradedShare: edgy(0n, 1_000n),
    degradedPerMille: edgy(0n, 1_000n),
    isWholeAgreed: fc.boolean(),
  })
  .map((of) => {
    const passedMs = (of.durationMs * of.passedShare) / 1_000n;
    const keptMs = (passedMs * of.keptShare) / 1_000n;
    const degradedMs = ((passedMs - keptMs) * of.degradedShare) / 1_000n;
    // Time is a matter of held meters only: no other line is recorded.
    const perMs = of.isHeld && of.isTimed ? of.perMs : 0n;
    return {
      price: { meter: METER, per: of.per, perMs, amountMicro: of.amountMicro },
      isHeld: of.isHeld,
      asked: of.asked,
      used: (of.asked * of.usedShare) / 1_000n,
      durationMs: of.durationMs,
      service: {
        keptMs,
        degradedMs,
        degradedPerMille: of.degradedPerMille,
        wholeMs: of.isWholeAgreed ? of.durationMs : passedMs,
      },
    };
  });

function holdOf({ price, asked, durationMs }: Line): bigint {
  return lineHoldMicro(price, { amounts: [{ meter: METER, amount: asked }], durationMs });
}

function chargeOf({ price, isHeld, asked, used, service }: Line): bigint {
  const [reserved, counted] = [asked, used].map((amount) => [{ meter: METER, amount }]);
  return lineChargeMicro(price, { isHeld, reserved: reserved!, used: counted!, service });
}

/** Kept time whole, degraded time by its part. */
function served({ keptMs, degradedMs, degradedPerMille }: Service): Ratio {
  return sum(ratio(keptMs), product(ratio(degradedMs), ratio(degradedPerMille, 1_000n)));
}

describe('the price rule', () => {
  test('a charge is never below nothing and never exceeds the hold, whatever is used of what was asked', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const charge = chargeOf(line);
        expect(charge >= 0n && charge <= holdOf(line)).toBe(true);
      }),
      { numRuns: 2_000 },
    );
  });

  test('no time served costs nothing', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const isNothing = { ...line.service, keptMs: 0n, degradedMs: 0n };
        expect(chargeOf({ ...line, service: isNothing })).toBe(0n);
        expect(chargeOf({ ...line, service: { ...line.service, keptMs: 0n, degradedPerMille: 0n } })).toBe(0n);
      }),
    );
  });

  test('more kept time never costs less: taken from down time, or from degraded time', () => {
    fc.assert(
      fc.property(anyLine, edgy(0n, 1_000n), (line, share) => {
        const { keptMs, degradedMs, wholeMs } = line.service;
        const fromDown = ((wholeMs - keptMs - degradedMs) * share) / 1_000n;
        const fromDegraded = (degradedMs * share) / 1_000n;
        const longer = { ...line.service, keptMs: keptMs + fromDown };
        const better = { ...line.service, keptMs: keptMs + fromDegraded, degradedMs: degradedMs - fromDegraded };
        for (const service of [longer, better]) expect(chargeOf({ ...line, service }) >= chargeOf(line)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('more degraded time never costs less of a held meter; of a counted one it never costs more than kept time alone', () => {
    fc.assert(
      fc.property(anyLine, edgy(0n, 1_000n), (line, share) => {
        const { keptMs, degradedMs, wholeMs } = line.service;
        const degradedMore = degradedMs + ((wholeMs - keptMs - degradedMs) * share) / 1_000n;
        const charge = chargeOf({ ...line, service: { ...line.service, degradedMs: degradedMore } });
        if (line.isHeld) expect(charge >= chargeOf(line)).toBe(true);
        else if (keptMs > 0n)
          expect(charge <= chargeOf({ ...line, service: { ...line.service, degradedMs: 0n } })).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a hold is amount · price · time / per as an exact quotient, rounded up once', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const { price, asked, durationMs } = line;
        const time = price.perMs === 0n ? ratio(1n) : ratio(durationMs, price.perMs);
        const exact = product(ratio(asked), ratio(price.amountMicro), time, ratio(1n, price.per));
        expect(isRoundedUp(holdOf(line), exact)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('a charge is amount · price · served time, or its share, / per as an exact quotient, rounded down once', () => {
    fc.assert(
      fc.property(anyLine, (line) => {
        const { price, isHeld, asked, used, service } = line;
        const openMs = service.keptMs + service.degradedMs;
        fc.pre(openMs > 0n);
        const overMs = isHeld ? (price.perMs === 0n ? service.wholeMs : price.perMs) : openMs;
        const exact = product(
          ratio(isHeld ? asked : used, price.per),
          ratio(price.amountMicro),
          served(service),
          ratio(1n, overMs),
        );
        expect(isRoundedDown(chargeOf(line), exact)).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  test('at the bounds of amounts, prices and time nothing is lost', () => {
    const price = { meter: METER, per: 1n, perMs: 1n, amountMicro: PRICE_MICRO_MAX };
    const use = { amounts: [{ meter: METER, amount: AMOUNT_MAX }], durationMs: DURATION_MS_MAX };
    expect(lineHoldMicro(price, use)).toBe(9_007_199_254_740_991n * 1_000_000_000_000n * 2_678_400_000n);
    expect(lineHoldMicro({ ...price, per: AMOUNT_MAX }, use)).toBe(1_000_000_000_000n * 2_678_400_000n);
    expect(lineHoldMicro({ ...price, amountMicro: 1n, per: AMOUNT_MAX, perMs: DURATION_MS_MAX + 1n }, use)).toBe(1n);
    const service = { keptMs: DURATION_MS_MAX, degradedMs: 0n, degradedPerMille: 0n, wholeMs: DURATION_MS_MAX };
    const all = { isHeld: true, reserved: use.amounts, used: [], service };
    expect(lineChargeMicro(price, all)).toBe(lineHoldMicro(price, use));
    expect(lineChargeMicro({ ...price, per: AMOUNT_MAX }, all)).toBe(lineHoldMicro({ ...price, per: AMOUNT_MAX }, use));
  });

  test('a hold is the sum of its lines, and nothing without lines', () => {
    const amounts = [
      { meter: 'calls', amount: 10n },
      { meter: 'places', amount: 1n },
    ];
    const prices = [
      { meter: 'calls', per: 3n, perMs: 0n, amountMicro: 1n },
      { meter: 'places', per: 1n, perMs: 3_600_000n, amountMicro: 100n },
    ];
    // 10 / 3 and 100 · 0.5, each rounded up for itself.
    expect(holdMicroOf(prices, { amounts, durationMs: 1_800_000n })).toBe(54n);
    expect(holdMicroOf([], { amounts, durationMs: 1_800_000n })).toBe(0n);
    expect(holdMicroOf([{ ...prices[0]!, meter: 'bytes' }], { amounts, durationMs: 1n })).toBe(0n);
  });

  test.each([
    ['of the agreed hour, served for a quarter', 3_600_000n, 900_000n, 0n, 250n],
    ['of the agreed hour, half of that degraded at a half', 3_600_000n, 450_000n, 450_000n, 187n],
    ['of the quarter that passed, served all along', 900_000n, 900_000n, 0n, 1_000n],
    ['of the quarter that passed, half of it down', 900_000n, 450_000n, 0n, 500n],
    ['of no time', 0n, 0n, 0n, 0n],
  ])('a held price for the whole use is paid by the served share %s', (_of, wholeMs, keptMs, degradedMs, charge) => {
    const price = { meter: METER, per: 1n, perMs: 0n, amountMicro: 1_000n };
    const service = { keptMs, degradedMs, degradedPerMille: 500n, wholeMs };
    const reserved = [{ meter: METER, amount: 1n }];
    expect(lineChargeMicro(price, { isHeld: true, reserved, used: [], service })).toBe(charge);
  });

  test('a held meter is charged as reserved, a counted one as used', () => {
    const price = { meter: METER, per: 1n, perMs: 0n, amountMicro: 10n };
    const service = { keptMs: 60n, degradedMs: 0n, degradedPerMille: 0n, wholeMs: 60n };
    const of = { reserved: [{ meter: METER, amount: 7n }], used: [{ meter: METER, amount: 2n }], service };
    expect(lineChargeMicro(price, { ...of, isHeld: true })).toBe(70n);
    expect(lineChargeMicro(price, { ...of, isHeld: false })).toBe(20n);
    expect(lineChargeMicro(price, { ...of, used: [], isHeld: false })).toBe(0n);
  });
});
