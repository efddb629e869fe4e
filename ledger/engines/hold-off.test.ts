import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createHoldOff } from './hold-off.ts';

const UNAVAILABLE = 18;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['performance'] });
});
afterEach(() => {
  vi.useRealTimers();
});

test('once there was no room, everybody is told how long to stay away, and asked again afterwards [8.2.1-a]', () => {
  const holdOff = createHoldOff(UNAVAILABLE);
  expect(holdOff.answer()).toBeUndefined();
  expect(holdOff.begin()).toEqual({ ok: false, code: UNAVAILABLE, retryAfterMs: 250 });
  vi.advanceTimersByTime(100);
  expect(holdOff.answer()).toEqual({ ok: false, code: UNAVAILABLE, retryAfterMs: 150 });
  vi.advanceTimersByTime(150);
  expect(holdOff.answer()).toBeUndefined();
});
