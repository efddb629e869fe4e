import { del, entries, type UseStore } from 'idb-keyval';

/** Keeps the newest of what a store holds and lets the others go. Each value says when it was kept. */
export async function keepNewest(store: UseStore, countMax: number): Promise<void> {
  const kept = (await entries<string, { readonly keptAtMs: number }>(store)).toSorted(
    ([, left], [, right]) => right.keptAtMs - left.keptAtMs,
  );
  for (const [old] of kept.slice(countMax)) await del(old, store);
}
