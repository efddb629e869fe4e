import type { Parameter } from '#ledger/contracts/definitions.ts';

/** Values of governance that no network of the tests needs otherwise; each names the rest itself. */
export const USUAL_PARAMETERS = {
  creditEpochMs: 60_000n,
  creditOnlineWeight: 400n,
  creditProbesWeight: 200n,
  creditActivityWeight: 100n,
  creditHistoryWeight: 300n,
  creditActivityFull: 10n,
  equivocationCost: 500n,
  consensusCreditMin: 600n,
  publishCreditMin: 300n,
  ordersCreditMin: 200n,
  automaticShiftMilli: 1_000n,
  proximityQualityWeight: 300n,
  proximityWaitingWeight: 200n,
  proximityHistoryWeight: 200n,
  proximityDistanceWeight: 300n,
  incentiveCapPerMille: 200n,
  incentiveOnlineMicro: 10_000n,
  incentiveServedMicro: 50_000n,
  incentiveFeePerMille: 500n,
  incentiveVoteMicro: 5_000n,
  incentiveVotesMax: 8n,
  incentiveValidatorMicro: 20_000n,
} as const satisfies Partial<Record<Parameter, bigint>>;

/** The same as a genesis file writes them. */
export const USUAL_PARAMETERS_AS_TEXT: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(USUAL_PARAMETERS).map(([name, value]) => [name, value.toString()]),
);
