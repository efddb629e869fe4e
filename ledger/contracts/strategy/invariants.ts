import type { StateScanner } from '#ledger/core/decision.ts';
import { currentVersion, strategyTables as tables } from './contract.ts';
import { compileRule } from './rule.ts';

/** Versions run from 1 to the one in force without a gap, and every recorded rule can be run. A sentence for each fact that does not hold. */
export function strategyInvariants(state: StateScanner): string[] {
  const broken: string[] = [];
  const claim = (holds: boolean, sentence: string) => holds || broken.push(sentence);
  const counts = new Map<bigint, bigint>();
  for (const [id, { strategy }] of state.scan(tables.versions)) {
    const resource = id >> 16n;
    const count = (counts.get(resource) ?? 0n) + 1n;
    counts.set(resource, count);
    claim((id & 0xffffn) === count, `versions of resource ${resource} have no gap`);
    const isRunnable = strategy.conditions.every(({ rule }) => typeof compileRule(rule) !== 'string');
    claim(isRunnable, `every rule of resource ${resource} can be run`);
  }
  for (const [resource, count] of counts) {
    claim(currentVersion(state, resource) === count, `the newest version of resource ${resource} is in force`);
  }
  return broken;
}
