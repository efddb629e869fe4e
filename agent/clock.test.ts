import { describe, expect, test } from 'vitest';
import { WatchfulClock } from './clock.ts';

describe('the clock', () => {
  test('knows that it went back, also across a restart, and forgives small corrections [I.2-6]', () => {
    let now = 10_000;
    const clock = new WatchfulClock(() => now, 5_000);
    expect(clock.isBehindItself()).toBe(false);
    now = 8_000;
    expect(clock.isBehindItself()).toBe(false);
    now = 7_999;
    expect(clock.isBehindItself()).toBe(true);
    now = 10_001;
    expect(clock.isBehindItself()).toBe(false);
    expect(new WatchfulClock(() => now, 20_000).isBehindItself()).toBe(true);
  });
});
