import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ShareName } from '#ledger/contracts/node/definition.ts';
import { broughtBy, type ShareChange } from './brought-cores.ts';

const OWN = { by: 17, key: 2 };
const OTHER = { by: 18, key: 1 };
const PERSON = { by: 17, key: 0 };
const DECLARED: ShareChange = { from: '', to: '', millicores: 0, by: 3, key: 0 };
type Signer = Pick<ShareChange, 'by' | 'key'>;
const shift = (who: Signer, from: ShareName, to: ShareName, millicores: number): ShareChange => ({
  ...who,
  from,
  to,
  millicores,
});
const bring = (who: Signer, millicores: number): ShareChange => shift(who, 'reserve', 'service', millicores);
const back = (who: Signer, millicores: number): ShareChange => shift(who, 'service', 'reserve', millicores);
const left = (...changes: ShareChange[]): number => {
  const [only, ...others] = broughtBy([DECLARED, ...changes], OWN);
  expect(others).toEqual([]);
  return only?.millicores ?? 0;
};

describe('what a program may take back', () => {
  test('is what it brought, in one piece or several, less what it took back already', () => {
    expect(left()).toBe(0);
    expect(left(bring(OWN, 1_000), bring(OWN, 2_000))).toBe(3_000);
    expect(left(bring(OWN, 1_000), bring(OWN, 2_000), back(OWN, 2_000))).toBe(1_000);
    expect(left(bring(OWN, 1_000), back(OWN, 1_000))).toBe(0);
  });

  test('is not what others brought; and what another program takes back is that one’s own', () => {
    expect(left(bring(OTHER, 4_000), bring(PERSON, 4_000))).toBe(0);
    expect(left(bring(OWN, 1_000), bring(OTHER, 1_000), back(OTHER, 1_000))).toBe(1_000);
  });

  test('is less by what a person shifted back, whosesoever it was', () => {
    expect(left(bring(OWN, 2_000), back(PERSON, 1_500))).toBe(500);
    expect(left(bring(OWN, 2_000), bring(OTHER, 1_000), back(PERSON, 1_000))).toBe(2_000);
    expect(left(bring(OWN, 1_000), back(PERSON, 9_000))).toBe(0);
  });

  test('is nothing once the operator has declared its shares anew', () => {
    expect(left(bring(OWN, 1_000), DECLARED)).toBe(0);
    expect(left(bring(OWN, 1_000), DECLARED, bring(OWN, 500))).toBe(500);
  });

  test('is kept apart by where it came from and where it went', () => {
    const changes = [bring(OWN, 1_000), shift(OWN, 'reserve', 'consensus', 2_000)];
    expect(broughtBy(changes, OWN)).toEqual([
      { from: 'reserve', to: 'service', millicores: 1_000 },
      { from: 'reserve', to: 'consensus', millicores: 2_000 },
    ]);
  });

  test('is never more than it brought, whatever is shifted by whom', () => {
    const share = fc.constantFrom<ShareName>('consensus', 'service', 'reserve');
    const change = fc.record({
      from: share,
      to: share,
      millicores: fc.integer({ min: 1, max: 4_000 }),
      by: fc.constantFrom(17, 18),
      key: fc.constantFrom(0, 1, 2),
    });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), (changes) => {
        for (const { from, to, millicores } of broughtBy(changes, OWN)) {
          const own = changes.filter(
            (each) => each.by === OWN.by && each.key === OWN.key && each.from === from && each.to === to,
          );
          expect(millicores).toBeLessThanOrEqual(own.reduce((sum, each) => sum + each.millicores, 0));
        }
      }),
    );
  });
});
