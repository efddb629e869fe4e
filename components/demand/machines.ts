import { findKind } from '#components/kinds/kinds.ts';
import type { MapPlace, MarkKind } from '#components/map/layout.ts';
import type { OfferDto, PlanDto } from '#lib/shared/demand-dto.ts';

/** What a machine is to the plan that is shown: it runs a part, takes a part over when its provider fails, or only stands in other plans. */
export type MachineUse = 'part' | 'backup' | 'other';

/** A resource of the plans that states its place. */
export interface Machine {
  /** From 1, the same whichever plan is shown. */
  readonly number: number;
  readonly use: MachineUse;
  readonly offer: OfferDto;
  readonly latitude: number;
  readonly longitude: number;
}

export const USE_MARKS: Readonly<Record<MachineUse, MarkKind>> = { part: 'circle', backup: 'square', other: 'diamond' };

/** Names a plan in an address: the numbers of the contract's plans and of brokers' overlap. */
export function planKey({ broker, plan }: Pick<PlanDto, 'broker' | 'plan'>): string {
  return `${broker?.id ?? 0}-${plan}`;
}

function offersOf({ parts }: PlanDto): { parts: OfferDto[]; backups: OfferDto[] } {
  return {
    parts: parts.map(({ offer }) => offer),
    backups: parts.flatMap(({ backup }) => (backup === null ? [] : [backup.offer])),
  };
}

/** Every machine of the plans once, numbered in the order of the plans; its use is that in the plan that is shown. Pure. */
export function machinesOf(plans: readonly PlanDto[], shown: PlanDto): Machine[] {
  const all = plans.map(offersOf).flatMap(({ parts, backups }) => [...parts, ...backups]);
  const own = offersOf(shown);
  const [runs, backs] = [own.parts, own.backups].map((offers) => new Set(offers.map(({ resource }) => resource.id)));
  const machines = new Map<number, Machine>();
  for (const offer of all) {
    const { id, kind } = offer.resource;
    const place = findKind(kind)?.screen.place(offer.attributes);
    if (place === undefined || machines.has(id)) continue;
    const use = runs?.has(id) ? 'part' : backs?.has(id) ? 'backup' : 'other';
    machines.set(id, { number: machines.size + 1, use, offer, ...place });
  }
  return [...machines.values()];
}

/** The region of all machines; undefined where they stand in several. */
export function sharedRegion(machines: readonly Machine[]): string | undefined {
  const regions = new Set(machines.map(({ offer }) => offer.region));
  return regions.size === 1 ? [...regions][0] : undefined;
}

/** Machines as the map takes them. A region that all share is said above the map: labels are short then. */
export function markedPlaces(machines: readonly Machine[]): MapPlace[] {
  const shared = sharedRegion(machines);
  return machines.map(({ number, use, offer: { region, zone }, latitude, longitude }) => ({
    key: number,
    latitude,
    longitude,
    mark: String(number),
    label: zone === null ? region : shared === undefined ? `${zone}, ${region}` : zone,
    kind: USE_MARKS[use],
    isEmphasised: use !== 'other',
  }));
}
