import type { Observer } from './observer.ts';
import { Violation } from './violation.ts';

/** The least that holds in every cluster, whoever its validators are: nobody votes in two ways, and no height is decided in two ways. */
export function watchVotesAndDecisions(addresses: readonly string[]): Observer {
  /** Height → value, from whoever decided it first. */
  const decided = new Map<bigint, string>();
  /** What each validator has ever voted, also before a crash. */
  const voted = new Map<string, string>();
  const keep = <Key>(kept: Map<Key, string>, key: Key, value: string, guarantee: string): void => {
    if ((kept.get(key) ?? value) !== value) throw new Violation(guarantee);
    kept.set(key, value);
  };
  return {
    says: (from, _to, message) => {
      if (message.kind !== 'vote' || message.signed.vote.validator !== addresses[from]) return;
      const { height, round, kind, valueId } = message.signed.vote;
      const place = `${from}/${height}/${round}/${kind}`;
      keep(voted, place, valueId ?? 'nil', `validator ${from} votes once: ${place}`);
    },
    committed: (_node, { height, valueId }) =>
      keep(decided, height, valueId, `one block is decided at height ${height}`),
  };
}
