import { typedAmountInWords } from '#components/ledger/amounts.ts';
import { typedDurationInWords } from '#components/ui/duration.ts';
import { isolatedText } from '#ledger/contracts/shared/foreign-text.ts';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import type { PlaceDto } from '#lib/shared/demand-dto.ts';
import { isMatched, LIMIT_METERS, parseLimit, type LimitName, type RequestDraft } from './draft.ts';

/** What the rarely changed parts of a request come to, a line of words each. */

const NOT_READ = 'not readable yet';

function limitInWords(draft: RequestDraft, name: LimitName): string {
  const amount = parseLimit(draft, name);
  return (amount === undefined ? undefined : typedAmountInWords(amount, LIMIT_METERS[name])) ?? NOT_READ;
}

/** `at most 10 seconds of processor time, 64 MiB of memory, 1 megabyte written`. */
export function limitsInWords(draft: RequestDraft): string {
  const [cpu, memory, output] = (['cpu', 'memory', 'output'] as const).map((name) => limitInWords(draft, name));
  return `at most ${cpu} of processor time, ${memory} of memory, ${output} written`;
}

/** `each sub-task on one provider; no backup`. */
export function copiesInWords({
  hasWork,
  copies,
  backup,
}: Pick<RequestDraft, 'hasWork' | 'copies' | 'backup'>): string {
  const backed = backup ? 'a backup for each part' : 'no backup';
  if (!hasWork) return backed;
  return `${copies === '2' ? 'each sub-task on two providers, compared' : 'each sub-task on one provider'}; ${backed}`;
}

export function whereInWords({ region, zone }: Pick<RequestDraft, 'region' | 'zone'>): string {
  const [typedRegion, typedZone] = [region.trim(), zone.trim()];
  if (typedRegion === '' && typedZone === '') return 'anywhere';
  if (typedZone === '') return isolatedText(typedRegion);
  return `${typedRegion === '' ? 'any region' : isolatedText(typedRegion)}, zone ${isolatedText(typedZone)}`;
}

/** How long it waits, and for what. */
export function openInWords(draft: RequestDraft): string {
  const count = /^\d{1,9}$/.test(draft.open.trim()) ? BigInt(draft.open.trim()) : undefined;
  const time = (count === undefined ? undefined : typedDurationInWords(count, draft.openUnit)) ?? NOT_READ;
  return isMatched(draft) ? `${time}, for a match` : `${time}, for plans`;
}

/** Regions that offers of the kind name. */
export function regionsOf(places: readonly PlaceDto[], kind: KindName): string[] {
  return [...new Set(places.filter((place) => place.kind === kind).map(({ region }) => region))].toSorted();
}

/** Zones of the region that is typed; of all while it is empty or not one of them. */
export function zonesOf(places: readonly PlaceDto[], kind: KindName, region: string): string[] {
  const typed = region.trim();
  const all = places.filter((place) => place.kind === kind);
  const own = all.filter((place) => place.region === typed);
  const zones = (own.length === 0 ? all : own).flatMap(({ zone }) => zone ?? []);
  return [...new Set(zones)].toSorted();
}
