import type { ShareName } from '#ledger/contracts/node/definition.ts';

/** One change of a host's shares as the ledger recorded it. */
export interface ShareChange {
  /** '': its operator declared them anew. */
  readonly from: ShareName | '';
  readonly to: ShareName | '';
  readonly millicores: number;
  /** Who signed, and by which key: 0 is the owner's own. */
  readonly by: number;
  readonly key: number;
}

/** Cores that a program brought from one share to another and that nobody has taken back. */
export interface Brought {
  readonly from: ShareName;
  readonly to: ShareName;
  readonly millicores: number;
}

type Entry = ShareChange & { left: number };

/** Takes from entries that such a shift undoes, the newest first. Answers what is left of it. */
function takeBack(entries: readonly Entry[], shift: ShareChange, isMeant: (entry: Entry) => boolean): number {
  let rest = shift.millicores;
  for (const entry of entries.toReversed()) {
    if (entry.from !== shift.to || entry.to !== shift.from || !isMeant(entry)) continue;
    const taken = Math.min(entry.left, rest);
    entry.left -= taken;
    rest -= taken;
  }
  return rest;
}

/**
 * What a program has brought to a host and may take back, from every change of its shares, the oldest first [6.2.2-c, I.2-8]. A new
 * declaration of the operator is a new beginning. What a program shifts the other way is its own return first; what a person shifts the
 * other way undoes whosesoever it was.
 */
export function broughtBy(changes: readonly ShareChange[], { by, key }: { by: number; key: number }): Brought[] {
  let entries: Entry[] = [];
  for (const change of changes) {
    if (change.from === '' || change.to === '') {
      entries = [];
      continue;
    }
    const isOwn = (entry: Entry): boolean => entry.by === change.by && entry.key === change.key;
    const left = takeBack(entries, change, (entry) => change.key === 0 || isOwn(entry));
    if (change.key > 0 && left > 0) entries.push({ ...change, left });
  }
  const brought = new Map<string, Brought>();
  for (const entry of entries) {
    if (entry.by !== by || entry.key !== key || entry.left === 0 || entry.from === '' || entry.to === '') continue;
    const { from, to } = entry;
    const before = brought.get(`${from} ${to}`)?.millicores ?? 0;
    brought.set(`${from} ${to}`, { from, to, millicores: before + entry.left });
  }
  return [...brought.values()];
}
