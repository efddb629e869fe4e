import { expect, test } from 'vitest';
import type { StrategyDto } from '#lib/shared/dto.ts';
import { aboutUse } from './about-use.tsx';

const strategy: StrategyDto = {
  version: 1,
  accessClass: 'public',
  conditions: [],
  ways: [],
  opensAtMs: 0,
  closesAtMs: 0,
  useMsMax: 3_600_000,
  limits: [],
  prices: [],
  promise: [],
  degradedPerMille: 0,
  recordedAtMs: 0,
};
const about = (isRefusalForeseen: boolean) =>
  aboutUse(
    { resource: { id: 4, title: 'Wind', kind: 'data', strategy }, deliveryMs: 60_000, contestMs: 60_000 },
    { purpose: 'research', fieldOfBusiness: 'weather', durationMs: 3_600_000, choices: [], amounts: [] },
    { continued: undefined, nowMs: 0, isRefusalForeseen },
  );

test('what is confirmed begins with the refusal that is foreseen, and says nothing of one that is not', () => {
  const refusal = { name: 'As it stands', value: 'the contract would refuse it: nothing would be held' };
  expect(about(true)[0]).toEqual(refusal);
  expect(
    about(true)
      .slice(1)
      .map(({ name }) => name),
  ).toEqual(about(false).map(({ name }) => name));
});
