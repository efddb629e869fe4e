import { quantitiesFromDto } from '#components/ledger/quantities.ts';
import type { MethodArgs } from '#ledger/contracts/definitions.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import type { OfferDto, PlanBackupDto, PlanDto, PlanPartDto } from '#lib/shared/demand-dto.ts';

/** What is signed about plans. The contract compares it word for word with what it made itself. */

type Part = Struct<'Part'>;

function offerArgs({ resource, provider, strategyVersion }: OfferDto) {
  return {
    resource: BigInt(resource.id),
    provider: BigInt(provider.id),
    strategyVersion: BigInt(strategyVersion),
  };
}

function backupArgs(backup: PlanBackupDto): Struct<'Backup'> {
  return {
    ...offerArgs(backup.offer),
    choices: backup.choices,
    amounts: quantitiesFromDto(backup.amounts),
    holdMicro: BigInt(backup.holdMicro),
  };
}

/** A part of a plan as it is signed. */
export function partArgs(part: PlanPartDto): Part {
  return {
    ...offerArgs(part.offer),
    durationMs: BigInt(part.durationMs),
    choices: part.choices,
    amounts: quantitiesFromDto(part.amounts),
    holdMicro: BigInt(part.holdMicro),
    backup: part.backup === null ? [] : [backupArgs(part.backup)],
  };
}

/** Offers that run sub-tasks, or will if another fails: each needs the payload's key. Each resource once, ascending. */
export function offersToSealTo({ parts }: Pick<PlanDto, 'parts'>): OfferDto[] {
  const working = parts.filter(({ shares }) => shares.length > 0);
  const offers = working.flatMap(({ offer, backup }) => (backup === null ? [offer] : [offer, backup.offer]));
  const byId = new Map(offers.map((offer) => [offer.resource.id, offer]));
  return [...byId.values()].toSorted((left, right) => left.resource.id - right.resource.id);
}

/** The agent's key that a resource publishes; undefined where it has none and so can run no part of a program. */
export function sealingKeyOf({ attributes }: Pick<OfferDto, 'attributes'>): string | undefined {
  return attributes.find(({ name }) => name === 'sealingKey')?.value;
}

/** `keys`: the payload's key for each of `offersToSealTo`; empty without a program. `voucherKey`: signs vouchers of every part, zeros for none. */
export function chooseArgs(
  demand: number,
  plan: PlanDto,
  of: Pick<MethodArgs['ChoosePlan'], 'keys' | 'encryptionKey' | 'voucherKey'>,
): MethodArgs['ChoosePlan'] {
  return {
    demand: BigInt(demand),
    plan: BigInt(plan.plan),
    parts: plan.parts.map(partArgs),
    holdMicro: BigInt(plan.holdMicro),
    broker: BigInt(plan.broker?.id ?? 0),
    feeMicro: BigInt(plan.feeMicro),
    ...of,
  };
}
