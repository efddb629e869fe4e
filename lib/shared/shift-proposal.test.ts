import { describe, expect, test } from 'vitest';
import type { HostDto } from './allocation.ts';
import { proposedShift } from './shift-proposal.ts';

function host(
  [consensus, service, reserve]: [number, number, number],
  runs: HostDto['runs'] = { slots: 1, busy: 1, waiting: 3 },
): HostDto {
  const now = { consensus, service, reserve };
  const operator = { id: 1, address: '', name: null };
  return { node: 5, name: 'A', operator, watched: 1, shares: { now, movable: now, atMs: 1 }, runs };
}

describe('a proposed shift [6.2.2-c, I.2-8]', () => {
  test('takes whole cores of the reserve to service, no more than runs wait', () => {
    expect(proposedShift(host([0, 1_000, 2_500]), false)).toMatchObject({
      from: 'reserve',
      to: 'service',
      millicores: 2_000,
      reason: 'All slots are busy and 3 runs wait',
    });
    const one = { slots: 1, busy: 1, waiting: 1 };
    expect(proposedShift(host([0, 1_000, 2_500], one), false)).toMatchObject({ millicores: 1_000 });
  });

  test.each([
    ['while a slot is free', host([0, 2_000, 2_000], { slots: 2, busy: 1, waiting: 1 })],
    ['while nothing waits', host([0, 1_000, 2_000], { slots: 1, busy: 1, waiting: 0 })],
    ['of an agent that says nothing', host([0, 1_000, 2_000], null)],
    ['without a whole core in reserve', host([0, 1_000, 999])],
    ['of a host whose operator declared nothing', { ...host([0, 0, 0]), shares: null }],
  ])('is none %s', (_, of) => {
    expect(proposedShift(of, false)).toBeUndefined();
  });

  test('goes to consensus where blocks are slow, of the reserve first, and never takes the last core of service [8.1.1-d]', () => {
    expect(proposedShift(host([500, 2_000, 1_000]), true)).toMatchObject({ from: 'reserve', to: 'consensus' });
    expect(proposedShift(host([500, 2_000, 999]), true)).toMatchObject({ from: 'service', to: 'consensus' });
    expect(proposedShift(host([500, 1_999, 0]), true)).toBeUndefined();
    expect(proposedShift(host([0, 1_000, 1_000]), true)).toMatchObject({ to: 'service' });
  });
});
