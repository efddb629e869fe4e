import { ascending } from '#ledger/core/integer.ts';
import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { holdMicroOf } from '#ledger/contracts/shared/price.ts';
import { amountOf, type Quantity } from '#ledger/contracts/shared/terms.ts';
import type { Admissions } from './admissions.ts';
import type { Market } from './candidates.ts';
import type { Cover, Piece } from './covers.ts';
import type { IndexedOffer } from './offers.ts';

type Part = Struct<'Part'>;
type Backup = Struct<'Backup'>;

/** Offers with room for a piece whose conditions are asked about, the cheapest ones, when a backup is looked for. */
const TRIED_MAX = 32;

/**
 * The parts of an order: the pieces of all covers in turn. Where the demand wants backups, each has the cheapest offer of another provider that
 * the plan does not use yet, would admit the same use, and leaves the whole within the budget; none where there is no such offer.
 */
export function partsOf(
  covers: readonly Cover[],
  of: { demand: DemandFacts; markets: readonly Market[]; admissions: Admissions },
): Part[] {
  const { demand, markets, admissions } = of;
  const pieces = covers.flatMap((cover, index) =>
    cover.pieces.map((piece) => ({ piece, cover, market: markets[index]! })),
  );
  const used = new Set(pieces.map(({ piece }) => piece.priced.offer.resource));
  let leftMicro = demand.budgetMicro - pieces.reduce((sum, { piece }) => sum + piece.holdMicro, 0n);
  return pieces.map(({ piece, cover, market }) => {
    const providers = new Set(cover.pieces.map(({ priced }) => priced.offer.provider));
    const isFree = (offer: IndexedOffer): boolean => !used.has(offer.resource) && !providers.has(offer.provider);
    const affordableMicro = piece.holdMicro + leftMicro;
    const found = demand.backup ? backupOf(piece, { market, admissions, isFree, affordableMicro }) : undefined;
    const part = partOf(piece, market, found);
    leftMicro -= part.holdMicro - piece.holdMicro;
    if (found !== undefined) used.add(found.resource);
    return part;
  });
}

function partOf({ priced, amounts, holdMicro }: Piece, { asked }: Market, backup: Backup | undefined): Part {
  const { resource, provider, strategyVersion } = priced.offer;
  const { durationMs } = asked.demand;
  const dearestMicro = backup !== undefined && backup.holdMicro > holdMicro ? backup.holdMicro : holdMicro;
  const use = { resource, provider, strategyVersion, durationMs, choices: asked.part.need.choices, amounts };
  return { ...use, holdMicro: dearestMicro, backup: backup === undefined ? [] : [backup] };
}

function backupOf(
  { amounts, units }: Piece,
  of: { market: Market; admissions: Admissions; isFree: (offer: IndexedOffer) => boolean; affordableMicro: bigint },
): Backup | undefined {
  const { market, admissions, isFree, affordableMicro } = of;
  const { part, demand } = market.asked;
  const fitting: { offer: IndexedOffer; holdMicro: bigint }[] = [];
  for (const { offer, room } of market.offers) {
    if (room < units || !isFree(offer) || !admits(offer.strategy.limits, amounts)) continue;
    const holdMicro = holdMicroOf(offer.strategy.prices, { amounts, durationMs: demand.durationMs });
    if (holdMicro <= affordableMicro) fitting.push({ offer, holdMicro });
    if (fitting.length === TRIED_MAX) break;
  }
  fitting.sort(
    (one, other) => ascending(one.holdMicro, other.holdMicro) || ascending(one.offer.resource, other.offer.resource),
  );
  const found = fitting.find(({ offer }) => admissions.ofUse(part, offer, amounts));
  if (found === undefined) return undefined;
  const { resource, provider, strategyVersion } = found.offer;
  return { resource, provider, strategyVersion, choices: part.need.choices, amounts, holdMicro: found.holdMicro };
}

function admits(limits: readonly Quantity[], amounts: readonly Quantity[]): boolean {
  return limits.every(({ meter, amount }) => amountOf(amounts, meter) <= amount);
}
