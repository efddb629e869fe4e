import { ascending } from '#ledger/core/integer.ts';
import type { DemandFacts } from '#ledger/contracts/demand/facts.ts';
import { keepsPromise } from '#ledger/contracts/kinds/kind.ts';
import { tokensInWords, written } from '#ledger/contracts/shared/sentence-words.ts';
import { amountOf, termOf, type Quantity } from '#ledger/contracts/shared/terms.ts';
import { bytesInWords, countInWords, durationInWords, timeInWords } from '#ledger/contracts/shared/amount-words.ts';
import { Admissions, smallest, type ConditionNeeds } from './admissions.ts';
import { failedRules, isOverBudget, leastMicro, priced, type Asked, type Rule } from './candidates.ts';
import { exactOf } from './exact.ts';
import type { IndexedOffer } from './offers.ts';

/** Offers of one answer; all entries of one resource stand together, so it can be a few more. */
const PAGE_MAX = 50;
/** Suggestions of one answer. */
const RELAXATIONS_MAX = 12;

/** What stands against one offer for one need; `rule` is '' when nothing does. */
export type Verdict = { need: bigint; resource: bigint; provider: bigint; rule: Rule | ''; sentence: string };

/**
 * One figure of the demand that alone keeps offers out: with `value` instead, `more` of them would be left to their conditions, and with
 * `farthest` all `most`. For terms both values are the same.
 */
export type Relaxation = {
  need: bigint;
  what: 'budget' | 'duration' | 'term' | 'promise' | 'amount' | 'run';
  /** Name of the term or the meter; '' where there is one figure only. */
  name: string;
  value: string;
  more: bigint;
  farthest: string;
  most: bigint;
};

export type WhyNot = {
  verdicts: Verdict[];
  /** Resource after which the next page begins; 0 on the last one. */
  next: bigint;
  /** Offers of the demand's kinds, once for each need, and how many of them only their conditions could keep out. */
  considered: bigint;
  passing: bigint;
  relaxations: Relaxation[];
};

interface Judged {
  readonly asked: Asked;
  readonly offer: IndexedOffer;
  readonly rules: readonly Rule[];
}

/**
 * Why the offers of now do not meet a demand, one by one from the resource `after` on, and what of the demand alone keeps how many out
 * [8.3.2-a]. A question to a node, never part of a block: it looks at every offer of the demand's kinds.
 */
export function whyNot(
  of: { demand: DemandFacts; nowMs: bigint; after: bigint },
  needs: ConditionNeeds & { offers(kind: string): Iterable<IndexedOffer> },
): WhyNot {
  const { demand, nowMs, after } = of;
  const judged = exactOf(demand).parts.flatMap((part) => {
    const asked = { part, demand, nowMs };
    return [...needs.offers(part.need.kind)].map((offer) => ({ asked, offer, rules: rulesOf(offer, asked) }));
  });
  const later = judged.filter(({ offer }) => offer.resource > after).sort(byResource);
  const last = later[PAGE_MAX - 1]?.offer.resource;
  const page = last === undefined ? later : later.filter(({ offer }) => offer.resource <= last);
  const admissions = new Admissions(demand, nowMs, needs);
  return {
    verdicts: page.map((each) => verdictOf(each, admissions)),
    next: last === undefined || page.length === later.length ? 0n : last,
    considered: BigInt(judged.length),
    passing: BigInt(judged.filter(({ rules }) => rules.length === 0).length),
    relaxations: relaxationsOf(judged),
  };
}

function byResource(one: Judged, other: Judged): number {
  return ascending(one.offer.resource, other.offer.resource) || one.asked.part.place - other.asked.part.place;
}

function rulesOf(offer: IndexedOffer, asked: Asked): Rule[] {
  const failed = failedRules(offer, asked);
  // What has no room for a unit has no price for one either.
  const isDear = !failed.includes('no-room') && isOverBudget(priced(offer, asked, 0), asked);
  return isDear ? [...failed, 'over-budget'] : failed;
}

function verdictOf({ asked, offer, rules }: Judged, admissions: Admissions): Verdict {
  const { resource, provider } = offer;
  const found = { need: BigInt(asked.part.place), resource, provider };
  const [rule] = rules;
  if (rule !== undefined) return { ...found, rule, sentence: sentenceOf(rule, offer, asked) };
  const [failed] = admissions.failed(asked.part, offer, smallest(asked.part));
  if (failed === undefined) return { ...found, rule: '', sentence: 'Nothing stands against it.' };
  return {
    ...found,
    rule: 'conditions',
    sentence: `Its provider’s condition does not hold: ${written(failed.sentence)}.`,
  };
}

function sentenceOf(rule: Rule, offer: IndexedOffer, asked: Asked): string {
  const { part, demand, nowMs } = asked;
  const { strategy } = offer;
  switch (rule) {
    case 'own-resource':
      return 'It is your own.';
    case 'other-terms':
      return otherTerms(offer, asked)
        .map(({ name, value, found }) =>
          found === undefined
            ? `It says nothing of ${written(name)}; asked for is ${written(value)}.`
            : `Its ${name} is ${written(found)}; asked for is ${written(value)}.`,
        )
        .join(' ');
    case 'not-open':
      return strategy.opensAtMs > nowMs
        ? `It opens at ${timeInWords(strategy.opensAtMs)}.`
        : `It closes at ${timeInWords(strategy.closesAtMs)}, before ${durationInWords(demand.durationMs)} are over.`;
    case 'too-long':
      return `One use may last ${durationInWords(strategy.useMsMax)}; asked for are ${durationInWords(demand.durationMs)}.`;
    case 'run-too-long':
      return `One run may take ${durationInWords(offer.runMs)}; a sub-task may take ${durationInWords(part.cpuMs)}.`;
    case 'promise-too-low':
      return against('Promised', strategy.promise, broken(offer, asked), part.kind.promises);
    case 'limit-exceeded':
      return against('One use may take', strategy.limits, short(part.least, strategy.limits), part.kind.meters);
    case 'no-room':
      return against('Free', offer.free, short(part.held, offer.free), part.kind.meters);
    case 'over-budget':
      return `The least of it costs ${tokensInWords(leastMicro(priced(offer, asked, 0), asked))}; the budget is ${tokensInWords(demand.budgetMicro)}.`;
    case 'conditions':
      return 'Its provider’s conditions do not hold.';
  }
}

type Meters = Readonly<Record<string, { readonly unit: string; readonly title: string }>>;

/** What is given of the meters that are asked for, and how much that is. */
function against(what: string, given: readonly Quantity[], asking: readonly Quantity[], meters: Meters): string {
  const own = asking.map(({ meter }) => ({ meter, amount: amountOf(given, meter) }));
  return `${what}: ${inWords(own, meters)}; asked for at least: ${inWords(asking, meters)}.`;
}

function inWords(quantities: readonly Quantity[], meters: Meters): string {
  const one = ({ meter, amount }: Quantity): string => {
    const { unit, title } = meters[meter]!;
    return `${unit === 'byte' ? bytesInWords(amount) : countInWords(amount, unit)} (${title.toLowerCase()})`;
  };
  return quantities.map(one).join(', ');
}

/** Promises that are asked for and not given, or not as good. */
function broken({ strategy }: IndexedOffer, { part }: Asked): Quantity[] {
  return part.need.promise.filter(({ meter, amount: promised }) => {
    const measured = amountOf(strategy.promise, meter);
    return measured === 0n || !keepsPromise(part.kind.promises[meter], { measured, promised });
  });
}

/** Of what is asked for, that of which too little is given. */
function short(asking: readonly Quantity[], given: readonly Quantity[]): Quantity[] {
  return asking.filter(({ meter, amount }) => amountOf(given, meter) < amount);
}

function otherTerms({ attributes }: IndexedOffer, { part }: Asked) {
  return part.need.terms
    .map(({ name, value }) => ({ name, value, found: termOf(attributes, name) }))
    .filter(({ value, found }) => found !== value);
}

/** With another figure in one place this offer would pass. `value`: the figure, a word for a term; figures ascend towards what was asked for, or descend. */
interface Step {
  readonly need: bigint;
  readonly what: Relaxation['what'];
  readonly name: string;
  readonly value: bigint | string;
  readonly upwards: boolean;
}

/** Of offers that one single figure keeps out: the nearest value of it with what it lets in, and the farthest. */
function relaxationsOf(judged: readonly Judged[]): Relaxation[] {
  const steps = judged.flatMap((each) => stepOf(each) ?? []);
  const groups = Map.groupBy(steps, ({ need, what, name, value }) =>
    [need, what, name, typeof value === 'string' ? value : ''].join('\n'),
  );
  return [...groups.values()]
    .map(relaxationOf)
    .sort((one, other) => ascending(other.most, one.most) || compare(one, other))
    .slice(0, RELAXATIONS_MAX);
}

function compare(one: Relaxation, other: Relaxation): number {
  const key = ({ need, what, name, value }: Relaxation): string => [need, what, name, value].join('\n');
  return key(one) < key(other) ? -1 : 1;
}

function relaxationOf(steps: readonly Step[]): Relaxation {
  const [{ need, what, name, value, upwards }] = steps as readonly [Step, ...Step[]];
  const most = BigInt(steps.length);
  if (typeof value === 'string') return { need, what, name, value, more: most, farthest: value, most };
  const values = steps
    .map((step) => step.value as bigint)
    .sort(upwards ? ascending : (one, other) => ascending(other, one));
  const [nearest, farthest] = [values[0]!, values.at(-1)!];
  const more = BigInt(values.filter((each) => each === nearest).length);
  return { need, what, name, value: nearest.toString(), more, farthest: farthest.toString(), most };
}

function stepOf({ asked, offer, rules }: Judged): Step | undefined {
  if (rules.length !== 1) return undefined;
  const { part, nowMs } = asked;
  const need = BigInt(part.place);
  const { strategy } = offer;
  const down = (what: Relaxation['what'], value: bigint, name = ''): Step => ({
    need,
    what,
    name,
    value,
    upwards: false,
  });
  switch (rules[0]!) {
    case 'over-budget':
      return { need, what: 'budget', name: '', value: leastMicro(priced(offer, asked, 0), asked), upwards: true };
    case 'too-long':
      return down('duration', strategy.useMsMax);
    case 'not-open':
      return strategy.opensAtMs <= nowMs && strategy.closesAtMs > nowMs
        ? down('duration', strategy.closesAtMs - nowMs)
        : undefined;
    case 'run-too-long':
      return offer.runMs > 0n ? down('run', offer.runMs) : undefined;
    case 'other-terms': {
      const [first, ...others] = otherTerms(offer, asked);
      const isOne = first?.found !== undefined && others.length === 0;
      return isOne ? { need, what: 'term', name: first.name, value: first.found!, upwards: true } : undefined;
    }
    case 'promise-too-low': {
      const meter = onlyOne(broken(offer, asked), strategy.promise);
      if (meter === undefined) return undefined;
      const upwards = part.kind.promises[meter]?.kept === 'atMost';
      return { need, what: 'promise', name: meter, value: amountOf(strategy.promise, meter), upwards };
    }
    case 'limit-exceeded':
    case 'no-room': {
      const [asking, given] = rules[0] === 'no-room' ? [part.held, offer.free] : [part.least, strategy.limits];
      const meter = onlyOne(short(asking, given), given);
      return meter === undefined ? undefined : down('amount', amountOf(given, meter), meter);
    }
    case 'own-resource':
    case 'conditions':
      return undefined;
  }
}

/** The meter that alone is short, if there is some of it at all. */
function onlyOne(missing: readonly Quantity[], given: readonly Quantity[]): string | undefined {
  const [first, ...others] = missing;
  return first !== undefined && others.length === 0 && amountOf(given, first.meter) > 0n ? first.meter : undefined;
}
