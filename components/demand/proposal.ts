import { holdMicroFor } from '#components/ledger/prices.ts';
import { quantitiesFromDto } from '#components/ledger/quantities.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import type { DemandDetail, PlanBackupDto, PlanDto, PlanPartDto } from '#lib/shared/demand-dto.ts';
import type { AccountRef, PriceDto, QuantityDto, TermDto } from '#lib/shared/dto.ts';

/** A plan that a broker puts together: the parts of one that stands, each perhaps from another offer, or parts of its own. */

/** What is needed of a resource to put it into a plan. */
export interface Offered {
  readonly resource: { readonly id: number; readonly title: string; readonly kind: string };
  readonly provider: AccountRef;
  readonly strategyVersion: number;
  readonly prices: readonly PriceDto[];
}

export interface ProposedPart {
  /** Null before one is chosen. */
  readonly offer: Offered | null;
  readonly kind: string;
  readonly durationMs: number;
  readonly choices: readonly TermDto[];
  readonly amounts: readonly QuantityDto[];
  readonly backup: PlanBackupDto | null;
  readonly shares: PlanPartDto['shares'];
}

/** The parts of a plan that stands. */
export function partsOfPlan({ parts }: PlanDto): ProposedPart[] {
  return parts.map(({ offer, durationMs, choices, amounts, backup, shares }) => {
    const { resource, provider, strategyVersion, prices } = offer;
    const offered: Offered = { resource, provider, strategyVersion, prices };
    return { offer: offered, kind: resource.kind, durationMs, choices, amounts, backup, shares };
  });
}

/**
 * A part for each need by itself, its amounts those that the analysis came to; undefined where a program runs in copies, which no single
 * provider may run, and before the first analysis.
 */
export function partsOfNeeds(
  demand: Pick<DemandDetail, 'needs' | 'work' | 'exact' | 'durationMs'>,
): ProposedPart[] | undefined {
  const { needs, work, exact, durationMs } = demand;
  if (exact.length === 0 || (work !== null && work.copies > 1)) return undefined;
  const carrier = work === null ? -1 : needs.findIndex(({ kind }) => kind === 'computing');
  return needs.map(({ kind, choices }, place) => {
    const amounts = exact
      .filter(({ need }) => need === place)
      .map(({ meter, amount }) => ({ meter, amount }))
      .toSorted((left, right) => (left.meter < right.meter ? -1 : 1));
    const shares = place === carrier && work !== null ? [{ first: 0, count: work.subtasks }] : [];
    return { offer: null, kind, durationMs, choices, amounts, backup: null, shares };
  });
}

/** The same parts with another offer at one place. */
export function withOffer(parts: readonly ProposedPart[], at: number, offer: Offered): ProposedPart[] {
  return parts.map((part, place) => (place === at ? { ...part, offer } : part));
}

/** The most that a part can cost: the dearer of itself and its backup, by the ledger's own price rule. */
export function partHoldMicro({ offer, amounts, durationMs, backup }: ProposedPart): bigint {
  if (offer === null) return 0n;
  const own = holdMicroFor(offer.prices, { amounts: quantitiesFromDto(amounts), durationMs });
  const other = BigInt(backup?.holdMicro ?? 0);
  return own > other ? own : other;
}

export function proposalHoldMicro(parts: readonly ProposedPart[]): bigint {
  return parts.reduce((sum, part) => sum + partHoldMicro(part), 0n);
}

/** What is signed; undefined while a part has no offer. */
export function proposeArgs(
  demand: number,
  parts: readonly ProposedPart[],
  feeMicro: bigint,
): MethodArgs['ProposePlan'] | undefined {
  const signed = parts.flatMap((part) => {
    const { offer, durationMs, choices, amounts, backup } = part;
    if (offer === null) return [];
    return [
      {
        resource: BigInt(offer.resource.id),
        provider: BigInt(offer.provider.id),
        strategyVersion: BigInt(offer.strategyVersion),
        durationMs: BigInt(durationMs),
        choices: [...choices],
        amounts: quantitiesFromDto(amounts),
        holdMicro: partHoldMicro(part),
        backup:
          backup === null
            ? []
            : [
                {
                  resource: BigInt(backup.offer.resource.id),
                  provider: BigInt(backup.offer.provider.id),
                  strategyVersion: BigInt(backup.offer.strategyVersion),
                  choices: backup.choices,
                  amounts: quantitiesFromDto(backup.amounts),
                  holdMicro: BigInt(backup.holdMicro),
                },
              ],
      },
    ];
  });
  if (signed.length !== parts.length || parts.length === 0) return undefined;
  const shares = parts
    .flatMap(({ shares: own }, part) => own.map(({ first, count }) => ({ part, first, count })))
    .toSorted((left, right) => left.first - right.first || left.part - right.part)
    .map(({ part, first, count }) => ({ part: BigInt(part), first: BigInt(first), count: BigInt(count) }));
  return { demand: BigInt(demand), parts: signed, shares, feeMicro };
}
