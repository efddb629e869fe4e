import 'server-only';
import type { Aim } from '#ledger/contracts/plan/definition.ts';
import { structs } from '#ledger/contracts/shared/structs.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { lineHoldMicro } from '#ledger/contracts/shared/price.ts';
import { amountOf, type Quantity } from '#ledger/contracts/shared/terms.ts';
import { database } from '#lib/db.ts';
import { toPriceDto, toQuantityDto } from '#lib/shared/amounts-dto.ts';
import type { OfferDto, PlanBackupDto, PlanDto, PlanLineDto, PlanPartDto } from '#lib/shared/demand-dto.ts';
import { recordFromJson } from '#lib/shared/event-json.ts';
import { loadAccountRefs } from './account-refs.ts';
import { loadAgents } from './agents-of.ts';
import { toTerms } from './stored-lists.ts';

/** A plan as the ledger has it, and from when until when it stands. */
export interface StandingPlan {
  readonly plan: Struct<'Plan'>;
  readonly madeAtMs: bigint;
  readonly expiresAtMs: bigint;
}

/** A resource in the version of its strategy that a part or a backup names. */
type Named = Pick<Struct<'Backup'>, 'resource' | 'provider' | 'strategyVersion'>;
type Strategy = Struct<'Strategy'>;

/** What a plan's parts are joined with. */
interface Offers {
  offerOf(named: Named): OfferDto;
  strategyOf(named: Named): Strategy | undefined;
}

function keyOf({ resource, strategyVersion }: Pick<Named, 'resource' | 'strategyVersion'>): string {
  return `${resource}/${strategyVersion}`;
}

async function historiesOf(
  accounts: readonly bigint[],
): Promise<Map<bigint, { completedOrders: number; brokenOrders: number }>> {
  const rows = await database().account.findMany({
    where: { id: { in: [...accounts] } },
    select: { id: true, completedOrders: true, brokenOrders: true },
  });
  return new Map(
    rows.map(({ id, completedOrders, brokenOrders }) => [
      id,
      { completedOrders: Number(completedOrders), brokenOrders: Number(brokenOrders) },
    ]),
  );
}

async function strategiesOf(named: readonly Named[]): Promise<Map<string, Strategy>> {
  const rows = await database().strategy.findMany({
    where: { OR: named.map(({ resource, strategyVersion }) => ({ resource, version: strategyVersion })) },
  });
  return new Map(
    rows.map(({ resource, version, strategy }) => [
      keyOf({ resource, strategyVersion: version }),
      // The projector keeps the signed struct as JSON.
      recordFromJson(structs.Strategy, strategy as Readonly<Record<string, unknown>>),
    ]),
  );
}

const COMPARED = {
  id: true,
  owner: true,
  title: true,
  kind: true,
  status: true,
  region: true,
  zone: true,
  attributes: true,
  agentKey: true,
  strategyVersion: true,
} as const;

/** Everything that the named resources are compared by, a few queries for any number. */
async function loadOffers(named: readonly Named[]): Promise<Offers> {
  const providers = [...new Set(named.map(({ provider }) => provider))];
  const [rows, strategies, refs, histories] = await Promise.all([
    database().resource.findMany({ where: { id: { in: named.map(({ resource }) => resource) } }, select: COMPARED }),
    strategiesOf(named),
    loadAccountRefs(providers),
    historiesOf(providers),
  ]);
  const agentOf = await loadAgents(rows.map(({ owner, agentKey }) => ({ account: owner, key: agentKey })));
  const resources = new Map(rows.map((row) => [row.id, row]));
  const strategyOf = (one: Named): Strategy | undefined => strategies.get(keyOf(one));
  const offerOf = (one: Named): OfferDto => {
    const row = resources.get(one.resource);
    const strategy = strategyOf(one);
    return {
      resource: {
        id: Number(one.resource),
        title: row?.title ?? '',
        kind: row?.kind ?? '',
        status: row?.status ?? '',
      },
      provider: refs.of(one.provider),
      ...(histories.get(one.provider) ?? { completedOrders: 0, brokenOrders: 0 }),
      region: row?.region ?? '',
      zone: row?.zone ?? null,
      attributes: toTerms(row?.attributes ?? []),
      accessClass: strategy?.accessClass === 'public' ? 'public' : 'conditional',
      strategyVersion: Number(one.strategyVersion),
      isInForce: row?.strategyVersion === one.strategyVersion,
      prices: (strategy?.prices ?? []).map(toPriceDto),
      promise: (strategy?.promise ?? []).map(toQuantityDto),
      degradedPerMille: Number(strategy?.degradedPerMille ?? 0n),
      ways: strategy?.ways ?? [],
      agent: row === undefined ? null : agentOf({ account: row.owner, key: row.agentKey }),
    };
  };
  return { offerOf, strategyOf };
}

function linesOf(
  strategy: Strategy | undefined,
  use: { amounts: readonly Quantity[]; durationMs: bigint },
): PlanLineDto[] {
  return (strategy?.prices ?? []).map((price) => ({
    price: toPriceDto(price),
    amount: Number(amountOf(use.amounts, price.meter)),
    amountMicro: lineHoldMicro(price, use).toString(),
  }));
}

function toBackup(backup: Struct<'Backup'> | undefined, { offerOf }: Offers): PlanBackupDto | null {
  if (backup === undefined) return null;
  const { choices, amounts, holdMicro } = backup;
  return {
    offer: offerOf(backup),
    choices: [...choices],
    amounts: amounts.map(toQuantityDto),
    holdMicro: holdMicro.toString(),
  };
}

function toParts({ parts, shares }: Struct<'Plan'>, offers: Offers): PlanPartDto[] {
  return parts.map((part, place) => ({
    part: place,
    offer: offers.offerOf(part),
    durationMs: Number(part.durationMs),
    choices: [...part.choices],
    amounts: part.amounts.map(toQuantityDto),
    holdMicro: part.holdMicro.toString(),
    lines: linesOf(offers.strategyOf(part), part),
    backup: toBackup(part.backup[0], offers),
    shares: shares
      .filter((share) => share.part === BigInt(place))
      .map(({ first, count }) => ({ first: Number(first), count: Number(count) })),
  }));
}

function totalOf({ plan: { holdMicro, feeMicro } }: StandingPlan): bigint {
  return holdMicro + feeMicro;
}

/** The contract's own before the brokers', each cheapest first. */
function inOrder(left: StandingPlan, right: StandingPlan): number {
  const isLeftOwn = left.plan.by === 0n;
  if (isLeftOwn !== (right.plan.by === 0n)) return isLeftOwn ? -1 : 1;
  const [mine, theirs] = [totalOf(left), totalOf(right)];
  if (mine !== theirs) return mine < theirs ? -1 : 1;
  return Number(left.plan.plan - right.plan.plan);
}

/** Plans with everything that people compare them by. */
export async function toPlans(standing: readonly StandingPlan[]): Promise<PlanDto[]> {
  if (standing.length === 0) return [];
  const parts = standing.flatMap(({ plan }) => plan.parts);
  const [offers, refs] = await Promise.all([
    loadOffers(parts.flatMap((part) => [part, ...part.backup])),
    loadAccountRefs(standing.map(({ plan }) => plan.by)),
  ]);
  return standing.toSorted(inOrder).map((one) => {
    const { plan, madeAtMs, expiresAtMs } = one;
    return {
      plan: Number(plan.plan),
      // The contract has checked the word.
      aim: plan.aim as Aim,
      broker: plan.by === 0n ? null : refs.of(plan.by),
      feeMicro: plan.feeMicro.toString(),
      holdMicro: plan.holdMicro.toString(),
      totalMicro: totalOf(one).toString(),
      estimateMicro: plan.estimateMicro.toString(),
      workMs: Number(plan.workMs),
      madeAtMs: Number(madeAtMs),
      expiresAtMs: Number(expiresAtMs),
      parts: toParts(plan, offers),
    };
  });
}
