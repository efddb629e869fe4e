import { expect, test } from 'vitest';
import type { DemandSummary } from '#lib/shared/demand-dto.ts';
import { firstStepOf, SAMPLE_TASK } from './first-step.ts';

const demand = (part: Partial<DemandSummary>): DemandSummary =>
  ({ id: 1, status: 'open', batch: false, planCount: 0, analysedAtMs: 1, openUntilMs: 10, ...part }) as DemandSummary;

test('the first thing to do is what expires first, then what nothing meets, then what runs, then a first try', () => {
  const orders = [{ id: 4 }];
  const unmet = demand({ id: 1 });
  const later = demand({ id: 2, planCount: 3, openUntilMs: 9 });
  const sooner = demand({ id: 3, planCount: 1, openUntilMs: 5 });
  const href = (demands: DemandSummary[], running = orders) => firstStepOf({ orders, running, demands }).href;
  expect(href([unmet, later, sooner])).toBe('/customer/requests/3');
  expect(href([unmet])).toBe('/customer/requests/1');
  // What is bought by itself, or not looked through yet, waits for nobody.
  expect(href([demand({ batch: true }), demand({ analysedAtMs: null })])).toBe('/customer/orders/4');
  expect(href([], [])).toBe('/customer/requests/new');
  expect(firstStepOf({ orders: [], running: [], demands: [] }).href).toBe(SAMPLE_TASK);
});
