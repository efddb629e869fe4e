import { expect, test } from 'vitest';
import { kindOf } from '#components/kinds/kinds.ts';
import { lineFormula } from './bill-formula.ts';

test('parts of a second stand on the bill, so that what was kept and degraded adds up to what was served', () => {
  const line = { price: { meter: 'calls', per: 1, perMs: 0, amountMicro: '1000000' }, amount: 2, amountMicro: '0' };
  const service = { keptMs: 451, degradedMs: 9_549, wholeMs: 10_000, degradedPerMille: 500 };
  expect(lineFormula(line, service, kindOf('data'))).toContain('(451 ms kept + 9 s 549 ms degraded at 50 %) ÷ 10 s');
});
