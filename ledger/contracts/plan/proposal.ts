import { quotient } from '#ledger/core/integer.ts';
import type { Result } from '#ledger/core/result.ts';
import type { Offer, Wanted } from '#ledger/contracts/agreement/application.ts';
import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import { readRunMs } from '#ledger/contracts/kinds/computing.ts';
import { keepsPromise, type FailedCondition } from '#ledger/contracts/kinds/kind.ts';
import type { Struct } from '#ledger/contracts/shared/fields.ts';
import { holdMicroOf } from '#ledger/contracts/shared/price.ts';
import { amountOf, termOf, type Quantity, type Term } from '#ledger/contracts/shared/terms.ts';
import { exactOf, type ExactPart } from './exact.ts';

type Part = Struct<'Part'>;
type Share = Struct<'Share'>;

export interface Proposed {
  readonly parts: readonly Part[];
  readonly shares: readonly Share[];
}

export interface ProposalNeeds {
  /** The offer in force and the most that this use of it can cost; a code when it cannot be bought so. */
  offered(wanted: Wanted, account: bigint): Result<{ offer: Offer; holdMicro: bigint }>;
  attributes(resource: bigint): readonly Term[];
  failedConditions(wanted: Wanted, account: bigint): FailedCondition[];
}

/** A broker's part with what is offered of it. */
interface Checked {
  readonly part: Part;
  readonly offer: Offer;
  readonly attributes: readonly Term[];
  /** Sub-tasks that it runs. */
  readonly count: bigint;
  /** What may take its place: it has to fit as well. */
  readonly backups: readonly Instead[];
}

interface Instead {
  readonly offer: Offer;
  readonly attributes: readonly Term[];
  readonly part: Pick<Part, 'choices' | 'amounts'>;
}

/**
 * What a broker's plan would cost by the demand's estimates and how long its work takes, in ms; undefined when it does not meet the demand: every part as it is offered and admitted, every
 * need covered once, every sub-task run by as many providers as the demand wants copies. Linear in the plan [8.3.2-a].
 */
export function checkProposal(
  demand: DemandFacts,
  proposed: Proposed,
  needs: ProposalNeeds,
): { estimateMicro: bigint; workMs: bigint } | undefined {
  const checked: Checked[] = [];
  for (const [index, part] of proposed.parts.entries()) {
    const found = checkPart(demand, part, needs);
    if (found === undefined) return undefined;
    const own = proposed.shares.filter((share) => share.part === BigInt(index));
    checked.push({ ...found, part, count: own.reduce((sum, { count }) => sum + count, 0n) });
  }
  const { parts: exact } = exactOf(demand);
  const carrier = exact.find(({ subtasks }) => subtasks > 0n);
  const runs = checked.filter(({ count }) => count > 0n);
  const others = checked.filter(({ count }) => count === 0n);
  const isCovered = areCovered(
    exact.filter((each) => each !== carrier),
    others,
  );
  if (!isCovered || !(carrier === undefined ? proposed.shares.length === 0 : isRun(carrier, runs))) return undefined;
  if (carrier !== undefined && !areDivided(carrier, proposed.shares, checked)) return undefined;
  const estimateMicro = checked.reduce((sum, each) => sum + estimated(each, carrier), 0n);
  const workMs = runs.reduce((longest, each) => later(longest, workMsOf(each, carrier)), 0n);
  return workMs > demand.durationMs ? undefined : { estimateMicro, workMs };
}

function later(left: bigint, right: bigint): bigint {
  return left > right ? left : right;
}

function workMsOf({ part, count }: Checked, carrier: ExactPart | undefined): bigint {
  const slots = amountOf(part.amounts, 'slots');
  return carrier === undefined || slots === 0n ? 0n : quotient(count * carrier.cpuMs + slots - 1n, slots);
}

function checkPart(
  { customer, purpose, fieldOfBusiness, durationMs }: DemandFacts,
  part: Part,
  needs: ProposalNeeds,
): Pick<Checked, 'offer' | 'attributes' | 'backups'> | undefined {
  const { backup, holdMicro, ...use } = part;
  const wanted: Wanted = { purpose, fieldOfBusiness, ...use };
  const found = needs.offered(wanted, customer);
  if (!found.ok || part.durationMs !== durationMs || backup.length > 1) return undefined;
  if (needs.failedConditions(wanted, customer).length > 0) return undefined;
  let dearestMicro = found.value.holdMicro;
  const backups: Instead[] = [];
  for (const other of backup) {
    if (other.resource === part.resource) return undefined;
    const { holdMicro: otherMicro, ...otherUse } = other;
    const instead: Wanted = { purpose, fieldOfBusiness, durationMs, ...otherUse };
    const offered = needs.offered(instead, customer);
    if (!offered.ok || offered.value.holdMicro !== otherMicro) return undefined;
    if (needs.failedConditions(instead, customer).length > 0) return undefined;
    backups.push({ offer: offered.value.offer, attributes: needs.attributes(other.resource), part: other });
    dearestMicro = later(dearestMicro, otherMicro);
  }
  const isPriced = dearestMicro === holdMicro;
  return isPriced ? { offer: found.value.offer, attributes: needs.attributes(part.resource), backups } : undefined;
}

/** Each need by one part of its own, and no part beside them. */
function areCovered(exact: readonly ExactPart[], parts: readonly Checked[]): boolean {
  const left = [...parts];
  for (const each of exact) {
    const at = left.findIndex((checked) =>
      [checked, ...checked.backups].every((one) => fits(each, one) && holds(one.part.amounts, each.need.amounts)),
    );
    if (at < 0) return false;
    left.splice(at, 1);
  }
  return left.length === 0;
}

function fits({ need, cpuMs }: ExactPart, { part, offer, attributes }: Instead): boolean {
  const hasTerms = need.terms.every(({ name, value }) => termOf(attributes, name) === value);
  const isChosen = need.choices.every(({ name, value }) => termOf(part.choices, name) === value);
  const { promise } = offer.strategy;
  const isPromised = need.promise.every(({ meter, amount: promised }) => {
    const measured = promise.find((each) => each.meter === meter)?.amount;
    return measured !== undefined && keepsPromise(offer.kind.promises[meter], { measured, promised });
  });
  const isLongEnough = cpuMs === 0n || cpuMs <= (readRunMs(offer.strategy.ways) ?? 0n);
  return offer.kindName === need.kind && hasTerms && isChosen && isPromised && isLongEnough;
}

function holds(amounts: readonly Quantity[], least: readonly Quantity[]): boolean {
  return least.every(({ meter, amount }) => amountOf(amounts, meter) >= amount);
}

/** Every part that runs sub-tasks has the memory of each of its slots, and what its own sub-tasks may use. */
function isRun(carrier: ExactPart, runs: readonly Checked[]): boolean {
  return runs.every(({ count, ...checked }) =>
    [checked, ...checked.backups].every((one) => canRun(carrier, one, count)),
  );
}

function canRun(carrier: ExactPart, one: Instead, count: bigint): boolean {
  const { amounts } = one.part;
  const slots = amountOf(amounts, 'slots');
  const held = carrier.held.map(({ meter, amount }) => ({ meter, amount: amount * slots }));
  return slots > 0n && fits(carrier, one) && holds(amounts, [...held, ...counted(carrier, count)]);
}

function counted({ fixed, perSubtask }: ExactPart, count: bigint): Quantity[] {
  const own = perSubtask.map(({ meter, amount }) => ({ meter, amount: amount * count + amountOf(fixed, meter) }));
  const rest = fixed.filter(({ meter }) => !own.some((each) => each.meter === meter));
  return [...own, ...rest];
}

/** The shares are cut alike for each copy, follow one another without a gap, and no provider has two copies of a sub-task. */
function areDivided(carrier: ExactPart, shares: readonly Share[], parts: readonly Checked[]): boolean {
  let next = 0n;
  for (const [first, same] of byFirst(shares)) {
    const providers = new Set(same.map(({ part }) => parts[Number(part)]?.offer.owner));
    const isCut = first === next && same.every(({ count }) => count === same[0]?.count && count > 0n);
    if (!isCut || BigInt(same.length) !== carrier.copies || providers.size !== same.length) return false;
    next += same[0]?.count ?? 0n;
  }
  return next === carrier.subtasks && shares.every(({ part }) => part < BigInt(parts.length));
}

function byFirst(shares: readonly Share[]): [bigint, Share[]][] {
  const groups = new Map<bigint, Share[]>();
  for (const share of shares) groups.set(share.first, [...(groups.get(share.first) ?? []), share]);
  return [...groups].toSorted(([left], [right]) => (left < right ? -1 : 1));
}

function estimated({ part, offer, count }: Checked, carrier: ExactPart | undefined): bigint {
  const own = carrier === undefined || count === 0n ? [] : counted(carrier, count);
  const amounts = part.amounts.map((asked) => own.find(({ meter }) => meter === asked.meter) ?? asked);
  return holdMicroOf(offer.strategy.prices, { amounts, durationMs: part.durationMs });
}
