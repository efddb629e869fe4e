import { expect, test } from 'vitest';
import { namingTheClock, type Reply } from './portal-client.ts';

const NOW_MS = Date.UTC(2026, 10, 28, 12);
const refused: Reply = { kind: 'refused', status: 401, code: 9013, sentence: 'The portal answered 401.' };
const date = (awayMs: number) => new Date(NOW_MS + awayMs).toUTCString();

test('a signature that is refused while the two clocks are apart names the clock, by how much and which way', () => {
  const said = (awayMs: number) => namingTheClock(refused, date(awayMs), NOW_MS);
  expect(said(-90_000)).toMatchObject({ sentence: expect.stringContaining('clock is 90 s ahead of') as unknown });
  expect(said(360_000)).toMatchObject({ sentence: expect.stringContaining('clock is 360 s behind') as unknown });
  expect(said(30_000)).toEqual(refused);
  expect(namingTheClock(refused, null, NOW_MS)).toEqual(refused);
  const conflict: Reply = { ...refused, status: 409 };
  expect(namingTheClock(conflict, date(360_000), NOW_MS)).toEqual(conflict);
});
