import type { Parameter } from './record.ts';

const DAY_MS = 86_400_000n;

/** Lowest and highest value that genesis or a vote may set. */
const BOUNDS: Readonly<Record<Parameter, readonly [min: bigint, max: bigint]>> = {
  contestMs: [1n, 30n * DAY_MS],
  deliveryMs: [1n, DAY_MS],
  intervalMs: [100n, 3_600_000n],
  votingMs: [1n, 90n * DAY_MS],
  epochMs: [1_000n, DAY_MS],
  validityMsMax: [1_000n, 3_600_000n],
  newAccountGrantMicro: [0n, 1_000_000_000_000_000n],
  feePerMille: [0n, 1_000n],
  openAgreementsMax: [1n, 10_000n],
  createPerEpochMax: [1n, 1_000_000n],
  transactionsPerEpochMax: [1n, 10_000_000n],
  bytesPerEpochMax: [16_384n, 1n << 40n],
  testAgeMsMax: [1_000n, 365n * DAY_MS],
};

export function isWithinBounds(parameter: Parameter, value: bigint): boolean {
  const [min, max] = BOUNDS[parameter];
  return value >= min && value <= max;
}
