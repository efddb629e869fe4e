import { quotient } from '#ledger/core/integer.ts';
import { CREDIT_MAX, type creditDefinition, type CreditCause, type Permission } from './definition.ts';

/** By which credit is worked out, and what it permits. */
export type CreditParameter = keyof typeof creditDefinition.parameters;

/** Credit as a pure function of integers: the contract decides by it, and a page can ask what would be. */

/** Each from 0 to 1000. */
export interface Components {
  readonly online: bigint;
  readonly probes: bigint;
  readonly activity: bigint;
  readonly history: bigint;
}

/** What a node did in an epoch, and what is known of it and of its operator since the beginning. */
export interface CreditFacts {
  /** Per mille. */
  readonly online: bigint;
  readonly probesFailed: bigint;
  readonly activity: bigint;
  /** Orders of the operator: its history. */
  readonly completed: bigint;
  readonly broken: bigint;
  /** Settled orders that it served, with less of their time kept than must be; and those of them that the customer contested. */
  readonly qualityMissed: bigint;
  readonly contestsLost: bigint;
  /** Of the node. */
  readonly suspensions: bigint;
  readonly equivocations: bigint;
}

export interface CreditTerms {
  readonly weights: Components;
  /** Activity that counts in full. */
  readonly activityFull: bigint;
  readonly equivocationCost: bigint;
}

/** The terms of the parameters, wherever they are read from. */
export function termsFrom(value: (name: CreditParameter) => bigint): CreditTerms {
  return {
    weights: {
      online: value('creditOnlineWeight'),
      probes: value('creditProbesWeight'),
      activity: value('creditActivityWeight'),
      history: value('creditHistoryWeight'),
    },
    activityFull: value('creditActivityFull'),
    equivocationCost: value('equivocationCost'),
  };
}

/** The thresholds likewise. */
export function thresholdsFrom(value: (name: CreditParameter) => bigint): CreditThresholds {
  return {
    consensus: value('consensusCreditMin'),
    publish: value('publishCreditMin'),
    orders: value('ordersCreditMin'),
  };
}

/** What each suspension takes from the history. */
const SUSPENSION_COST = 50n;

export function componentsOf(facts: CreditFacts, terms: CreditTerms): Components {
  const { online, probesFailed, activity } = facts;
  return {
    online: within(online),
    probes: within(CREDIT_MAX - probesFailed),
    activity: within(quotient(CREDIT_MAX * activity, terms.activityFull)),
    history: historyOf(facts, terms),
  };
}

/** What an account did, or one of its nodes besides, since the beginning. */
export type HistoryFacts = Omit<CreditFacts, 'online' | 'probesFailed' | 'activity'>;

/** The component of the history, from 0 to 1000. Each count takes away for good; completed orders make it weigh less. */
export function historyOf(facts: HistoryFacts, terms: Pick<CreditTerms, 'equivocationCost'>): bigint {
  const { completed, broken, qualityMissed, contestsLost, suspensions, equivocations } = facts;
  const bad = broken + qualityMissed + contestsLost;
  // As if one more order had been completed: who has no history begins with a good one.
  const kept = quotient(CREDIT_MAX * (completed + 1n), completed + bad + 1n);
  return within(kept - SUSPENSION_COST * suspensions - terms.equivocationCost * equivocations);
}

/** Σ weight · component ÷ Σ weight, rounded down; 0 where every weight is 0. */
export function creditOf(components: Components, weights: Components): bigint {
  const names = ['online', 'probes', 'activity', 'history'] as const;
  const whole = names.reduce((sum, name) => sum + weights[name], 0n);
  if (whole === 0n) return 0n;
  return quotient(
    names.reduce((sum, name) => sum + weights[name] * components[name], 0n),
    whole,
  );
}

const FACT_NAMES = [
  'equivocations',
  'suspensions',
  'broken',
  'contestsLost',
  'qualityMissed',
  'completed',
  'online',
  'probesFailed',
  'activity',
] as const satisfies (keyof CreditFacts)[];

/** Why a credit of `from` became another one: the fact that by itself moves it most, or the terms where they move it more. */
export function causeOf(
  before: { credit: bigint; facts: CreditFacts },
  after: CreditFacts,
  terms: CreditTerms,
): CreditCause {
  const creditUnder = (facts: CreditFacts): bigint => creditOf(componentsOf(facts, terms), terms.weights);
  const base = creditUnder(before.facts);
  const changed = FACT_NAMES.filter((name) => before.facts[name] !== after[name]);
  let [cause, most]: [CreditCause, bigint] = ['terms', distance(base, before.credit)];
  for (const name of changed) {
    const moved = distance(creditUnder({ ...before.facts, [name]: after[name] }), base);
    if (moved > most || (moved === most && cause === 'terms' && base === before.credit)) [cause, most] = [name, moved];
  }
  return cause;
}

function distance(one: bigint, other: bigint): bigint {
  return one < other ? other - one : one - other;
}

/** Of an account: the lowest of its nodes' credits, and while none of them has one the component of its own history. */
export function accountCreditOf(nodes: readonly bigint[], history: bigint): bigint {
  const [first = history, ...others] = nodes;
  return others.reduce((lowest, credit) => (credit < lowest ? credit : lowest), first);
}

/** The credit from which on something is permitted: parameters that a vote changes. */
export type CreditThresholds = Readonly<Record<Permission, bigint>>;
export type Permissions = Readonly<Record<Permission, boolean>>;

/** What a credit permits [8.5.1-d]: whatever has its threshold at it or below. */
export function permissionsOf(credit: bigint, thresholds: CreditThresholds): Permissions {
  const { consensus, publish, orders } = thresholds;
  return { consensus: credit >= consensus, publish: credit >= publish, orders: credit >= orders };
}

/** A node as a what-if is asked about it. `counts`: admitted and not retired, so that it counts in its operator's credit. */
export interface NodeFacts {
  readonly node: bigint;
  /** 0: nobody's account answers for it. */
  readonly operator: bigint;
  readonly isValidator: boolean;
  readonly counts: boolean;
  readonly facts: CreditFacts;
}

export interface AccountFacts {
  readonly account: bigint;
  readonly history: Pick<CreditFacts, 'completed' | 'broken' | 'qualityMissed' | 'contestsLost'>;
}

export interface WhatIf {
  /** `mayValidate` is null for what is no validator. */
  readonly nodes: readonly {
    readonly node: bigint;
    readonly components: Components;
    readonly credit: bigint;
    readonly mayValidate: boolean | null;
  }[];
  readonly accounts: readonly {
    readonly account: bigint;
    readonly credit: bigint;
    readonly mayPublish: boolean;
    readonly mayOrderSeveral: boolean;
  }[];
}

/** What would be under other terms and thresholds: credits and permissions, of the same facts [8.5.1-d]. Nobody leaves the set of validators by it while it has four. */
export function whatIf(
  of: { readonly nodes: readonly NodeFacts[]; readonly accounts: readonly AccountFacts[] },
  terms: CreditTerms,
  thresholds: CreditThresholds,
): WhatIf {
  const nodes = of.nodes.map(({ node, operator, isValidator, counts, facts }) => {
    const components = componentsOf(facts, terms);
    const credit = creditOf(components, terms.weights);
    const mayValidate = isValidator ? permissionsOf(credit, thresholds).consensus : null;
    return { operator, counts, shown: { node, components, credit, mayValidate } };
  });
  const accounts = of.accounts.map(({ account, history }) => {
    const own = nodes.filter(({ operator, counts }) => counts && operator === account);
    const alone = historyOf({ ...history, suspensions: 0n, equivocations: 0n }, terms);
    const credit = accountCreditOf(
      own.map(({ shown }) => shown.credit),
      alone,
    );
    const { publish, orders } = permissionsOf(credit, thresholds);
    return { account, credit, mayPublish: publish, mayOrderSeveral: orders };
  });
  return { nodes: nodes.map(({ shown }) => shown), accounts };
}

function within(value: bigint): bigint {
  return value < 0n ? 0n : value > CREDIT_MAX ? CREDIT_MAX : value;
}
