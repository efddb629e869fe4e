import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ServerClock } from './clock.ts';
import { formatDuration } from './format.ts';

const SERVER_MS = Date.UTC(2026, 10, 28, 12);

let steadyMs: number;
let clock: ServerClock;
beforeEach(() => {
  vi.useFakeTimers();
  steadyMs = 5_000;
  clock = new ServerClock(() => steadyMs);
});
afterEach(() => vi.useRealTimers());

function pass(ms: number): void {
  steadyMs += ms;
  vi.advanceTimersByTime(ms);
}

test('a countdown that is mounted late goes on where the one that stands there is', () => {
  const untilMs = SERVER_MS + 120_000;
  clock.observe(SERVER_MS);
  const stop = clock.subscribe(() => undefined);
  pass(77_000);
  const header = formatDuration(untilMs - clock.shownMs());
  // The card is opened now, with the time of the page’s rendering.
  clock.observe(SERVER_MS);
  expect([header, formatDuration(untilMs - clock.shownMs())]).toEqual(['43 s', '43 s']);
  stop();
});

test('everyone who reads the clock is told of the same moment, again and again, until nobody is left', () => {
  clock.observe(SERVER_MS);
  const read: number[][] = [[], []];
  const stops = read.map((times) => clock.subscribe(() => times.push(clock.shownMs())));
  read.forEach((times) => times.splice(0));
  pass(3_000);
  expect(read[0]?.length).toBeGreaterThan(2);
  expect(read[1]).toEqual(read[0]);
  stops.forEach((stop) => stop());
  expect(vi.getTimerCount()).toBe(0);
});

test('the latest time that the server told is taken, and the device’s own date never', () => {
  clock.observe(SERVER_MS);
  vi.setSystemTime(SERVER_MS + 90_000);
  expect(clock.nowMs()).toBe(SERVER_MS);
  pass(1_000);
  // Another rendering came quicker than the first one did.
  clock.observe(SERVER_MS + 1_250);
  expect(clock.nowMs()).toBe(SERVER_MS + 1_250);
});
