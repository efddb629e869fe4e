import { expect, test } from 'vitest';
import { barsOf } from '#components/chart/bars.tsx';
import type { PlanDto, PlanPartDto } from '#lib/shared/demand-dto.ts';
import type { MatchingDto } from '#lib/shared/match-dto.ts';
import { matchingInWords } from './match-pane.tsx';
import { plansInOrder } from './plans-pane.tsx';
import { backupInWords, planInWords, providersOf } from './words.ts';

const BROKER = { id: 7, address: '', name: null };
const plan = (part: Partial<PlanDto>): PlanDto => ({
  plan: 1,
  aim: 'cheapest',
  broker: null,
  feeMicro: '0',
  holdMicro: '0',
  totalMicro: '0',
  estimateMicro: '0',
  workMs: 0,
  madeAtMs: 0,
  expiresAtMs: 0,
  parts: [],
  ...part,
});

test('plans stand by what they are expected to cost, the contract’s own before brokers’; large amounts are compared exactly [8.3.2-a]', () => {
  const plans = [
    plan({ plan: 1, estimateMicro: '9007199254740993' }),
    plan({ plan: 2, estimateMicro: '9007199254740992' }),
    plan({ plan: 3, estimateMicro: '1', broker: BROKER, aim: 'proposed' }),
    plan({ plan: 4, estimateMicro: '2404000' }),
  ];
  expect(plansInOrder(plans).map((one) => one.plan)).toEqual([4, 2, 1, 3]);
});

test('a plan is told from the others by its aim, and plans of brokers by what they cost', () => {
  expect(planInWords(plan({ aim: 'soonest' }))).toBe('soonest');
  const [one, other] = ['5600000', '5700000'].map((totalMicro) => planInWords(plan({ aim: 'proposed', totalMicro })));
  expect(one).toContain('5.60');
  expect(one).not.toBe(other);
});

test('providers are counted once each, and backups by part', () => {
  const part = (provider: number, hasBackup: boolean) =>
    ({ offer: { provider: { id: provider } }, backup: hasBackup ? {} : null }) as unknown as PlanPartDto;
  const parts = [part(1, true), part(1, false), part(2, true)];
  expect(providersOf({ parts })).toBe(2);
  expect(backupInWords({ parts })).toBe('for 2 of 3 parts');
  expect(backupInWords({ parts: parts.filter(({ backup }) => backup !== null) })).toBe('for every part');
  expect(backupInWords({ parts: [part(1, false)] })).toBe('none');
});

const matching = (part: Partial<MatchingDto>): MatchingDto => ({
  matching: 1,
  asked: 3,
  matched: 2,
  served: 1,
  costMicro: '0',
  broker: null,
  matchedAtMs: 0,
  ...part,
});

test('what came of a match is said in words [8.3.2-b]', () => {
  expect(matchingInWords(matching({}))).toBe('3 requests waited, 2 were matched, 1 bought');
  expect(matchingInWords(matching({ asked: 1, matched: 0, served: 0 }))).toBe(
    '1 request waited, and no offer was found for it',
  );
});

test('bars stand in their order, the highest as high as the drawing, a part never above its whole', () => {
  const bars = barsOf([
    { key: 1, whole: 3, part: 1 },
    { key: 2, whole: 6, part: 6 },
  ]);
  expect(bars.map(({ key }) => key)).toEqual([1, 2]);
  expect(bars[0]?.x).toBeLessThan(bars[1]?.x ?? 0);
  expect(bars.map(({ wholeHeight }) => wholeHeight)).toEqual([50, 100]);
  for (const { wholeHeight, partHeight } of bars) expect(partHeight).toBeLessThanOrEqual(wholeHeight);
  expect(barsOf([{ key: 1, whole: 0, part: 0 }])).toMatchObject([{ wholeHeight: 0, partHeight: 0 }]);
});
