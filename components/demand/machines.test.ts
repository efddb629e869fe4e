import { expect, test } from 'vitest';
import { computerTerms, type Computer } from '#ledger/contracts/kinds/computing.ts';
import type { OfferDto, PlanDto, PlanPartDto } from '#lib/shared/demand-dto.ts';
import { machinesOf, markedPlaces, planKey, sharedRegion } from './machines.ts';

const computer: Computer = {
  architecture: 'x64',
  cores: 8n,
  isolation: 'bubblewrap',
  memoryMiB: 1_024n,
  place: '47.6,-122.3',
  region: 'US-WA',
  roundTripMs: 12n,
  score: 500n,
  sealingKey: 'ab'.repeat(32),
  slots: 4n,
  zone: 'Seattle 1',
};
const offer = (id: number, of: { kind?: string; computer?: Partial<Computer> } = {}): OfferDto =>
  ({
    resource: { id, title: `R${id}`, kind: of.kind ?? 'computing', status: 'published' },
    region: 'US-WA',
    zone: `Zone ${id}`,
    attributes: of.kind === 'storage' ? [] : computerTerms({ ...computer, ...of.computer }),
  }) as unknown as OfferDto;
const part = (main: OfferDto, backup?: OfferDto) =>
  ({ offer: main, backup: backup === undefined ? null : { offer: backup } }) as unknown as PlanPartDto;
const planOf = (plan: number, parts: PlanPartDto[], broker: PlanDto['broker'] = null) =>
  ({ plan, broker, parts }) as unknown as PlanDto;

const first = planOf(1, [part(offer(5), offer(6)), part(offer(9, { kind: 'storage' }))]);
const second = planOf(2, [part(offer(7)), part(offer(5), offer(7))]);

test('machines keep their numbers whichever plan is shown; what they are to that plan is said apart from colour [8.3.2-a]', () => {
  const shown = (plan: PlanDto) =>
    machinesOf([first, second], plan).map(({ number, use, offer: of }) => [number, of.resource.id, use]);
  expect(shown(first)).toEqual([
    [1, 5, 'part'],
    [2, 6, 'backup'],
    [3, 7, 'other'],
  ]);
  expect(shown(second)).toEqual([
    [1, 5, 'part'],
    [2, 6, 'other'],
    // It runs a part and backs another: it runs.
    [3, 7, 'part'],
  ]);
  const marks = markedPlaces(machinesOf([first, second], first));
  expect(marks.map(({ kind, isEmphasised }) => [kind, isEmphasised])).toEqual([
    ['circle', true],
    ['square', true],
    ['diamond', false],
  ]);
  expect(marks[0]).toMatchObject({ mark: '1', label: 'Zone 5', latitude: 47.6, longitude: -122.3 });
});

test('a region is said beside each place where there are several, and else once above the map', () => {
  const elsewhere = { ...offer(8), region: 'EU-DE' };
  const apart = planOf(3, [part(offer(5)), part(elsewhere)]);
  const machines = machinesOf([apart], apart);
  expect(sharedRegion(machines)).toBeUndefined();
  expect(markedPlaces(machines).map(({ label }) => label)).toEqual(['Zone 5, US-WA', 'Zone 8, EU-DE']);
  expect(sharedRegion(machinesOf([first], first))).toBe('US-WA');
});

test('what states no place, or no sound one, is on no map', () => {
  const strange = planOf(1, [part(offer(1, { computer: { place: '91.0,0.0' } })), part(offer(2, { kind: 'storage' }))]);
  expect(machinesOf([strange], strange)).toEqual([]);
});

test('plans of a broker and of the contract with one number are told apart in an address', () => {
  const own = planOf(1, []);
  const broker = planOf(1, [], { id: 7, address: '', name: null });
  expect([planKey(own), planKey(broker)]).toEqual(['0-1', '7-1']);
});
