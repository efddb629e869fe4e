import { PERMISSIONS, type Permission } from '#ledger/contracts/credit/definition.ts';
import {
  componentsOf,
  creditOf,
  termsFrom,
  thresholdsFrom,
  whatIf,
  type AccountFacts,
  type Components,
  type CreditFacts,
  type CreditTerms,
  type CreditThresholds,
  type NodeFacts,
} from '#ledger/contracts/credit/score.ts';
import type { Parameter } from '#ledger/contracts/definitions.ts';
import type { AccountRef } from '#lib/shared/dto.ts';

/** The parts of the credit, in the order of the contract, with the parameter that weighs each. */
export const PARTS = [
  { name: 'online', title: 'Time online', weight: 'creditOnlineWeight' },
  { name: 'probes', title: 'Probes', weight: 'creditProbesWeight' },
  { name: 'activity', title: 'Activity', weight: 'creditActivityWeight' },
  { name: 'history', title: 'History', weight: 'creditHistoryWeight' },
] as const satisfies readonly { name: keyof Components; title: string; weight: Parameter }[];

/** Parameters by name, as decimal text. */
export type ParameterValues = Readonly<Record<string, string>>;

const valueOf = (values: ParameterValues, name: Parameter): bigint => BigInt(values[name] ?? '0');

export function weightsOf(values: ParameterValues): Components {
  return termsOf(values).weights;
}

export function termsOf(values: ParameterValues): CreditTerms {
  return termsFrom((name) => valueOf(values, name));
}

export function thresholdsOf(values: ParameterValues): CreditThresholds {
  return thresholdsFrom((name) => valueOf(values, name));
}

/** What the contract would make of these facts: its parts and its credit, each from 0 to 1000. */
export function wouldBe(facts: CreditFacts, terms: CreditTerms): { parts: Components; credit: bigint } {
  const parts = componentsOf(facts, terms);
  return { parts, credit: creditOf(parts, terms.weights) };
}

/** What part of the whole each weighs, in per cent; undefined where every weight is 0. */
export function shareOf(weight: bigint, weights: Components): number | undefined {
  const whole = PARTS.reduce((sum, { name }) => sum + weights[name], 0n);
  return whole === 0n ? undefined : Math.round((Number(weight) * 100) / Number(whole));
}

/** What a what-if is asked about: facts, and how those that they are of are called. */
export interface WhatIfAsked {
  readonly nodes: readonly NodeFacts[];
  readonly accounts: readonly AccountFacts[];
  readonly names: readonly { readonly node: number; readonly name: string; readonly class: string }[];
  readonly refs: readonly AccountRef[];
}

export interface WhatIfRow<Subject> {
  readonly subject: Subject;
  /** From 0 to 1000: by the values in force, and by the others. */
  readonly now: number;
  readonly after: number;
  /** What it might do then that it may not now, or the other way; empty where nothing changes. */
  readonly permissions: string;
}

function permissionsInWords(changes: readonly (readonly [Permission, boolean | null, boolean | null])[]): string {
  const words = changes.filter(([, now, after]) => now !== after);
  return words.map(([name, , may]) => `${may === true ? 'may' : 'may no longer'} ${PERMISSIONS[name]}`).join('; ');
}

/** What every evaluated node and its operator would have by other values of the parameters, by the contract's own code, of the same facts [8.5.1-d]. */
export function whatIfRows(
  asked: WhatIfAsked,
  inForce: ParameterValues,
  others: ParameterValues,
): { nodes: WhatIfRow<WhatIfAsked['names'][number]>[]; accounts: WhatIfRow<AccountRef>[] } {
  const [now, after] = [inForce, others].map((values) => whatIf(asked, termsOf(values), thresholdsOf(values)));
  const nodes = asked.names.flatMap((subject) => {
    const [before, then] = [now, after].map((all) => all?.nodes.find(({ node }) => Number(node) === subject.node));
    if (before === undefined || then === undefined) return [];
    const permissions = permissionsInWords([['consensus', before.mayValidate, then.mayValidate]]);
    return [{ subject, now: Number(before.credit), after: Number(then.credit), permissions }];
  });
  const accounts = asked.refs.flatMap((subject) => {
    const [before, then] = [now, after].map((all) =>
      all?.accounts.find(({ account }) => Number(account) === subject.id),
    );
    if (before === undefined || then === undefined) return [];
    const permissions = permissionsInWords([
      ['publish', before.mayPublish, then.mayPublish],
      ['orders', before.mayOrderSeveral, then.mayOrderSeveral],
    ]);
    return [{ subject, now: Number(before.credit), after: Number(then.credit), permissions }];
  });
  return { nodes, accounts };
}
