import { assert } from '#ledger/core/assert.ts';
import { isKind, kinds as ledgerKinds, type KindName } from '#ledger/contracts/kinds/kinds.ts';
import type { Kind } from '#ledger/contracts/kinds/kind.ts';
import { computingScreen } from './computing/computing-screen.tsx';
import { connectionScreen } from './connection/connection-screen.tsx';
import { dataScreen } from './data/data-screen.tsx';
import type { KindScreen } from './kind.ts';
import { storageScreen } from './storage/storage-screen.tsx';

/** Each kind of the ledger on screens. A kind that is left out does not compile. */
const screens: Readonly<Record<KindName, KindScreen>> = {
  computing: computingScreen,
  connection: connectionScreen,
  data: dataScreen,
  storage: storageScreen,
};

/** The kind that a form begins with before it is known which one is meant. */
export const FIRST_KIND = Object.keys(ledgerKinds)[0] as KindName;

export interface ShownKind {
  readonly name: KindName;
  /** Words and meters, as the ledger knows them. */
  readonly ledger: Kind;
  readonly screen: KindScreen;
}

/** A kind by its name; undefined for what an agent may name and this portal does not know. */
export function findKind(name: string): ShownKind | undefined {
  return isKind(name) ? { name, ledger: ledgerKinds[name], screen: screens[name] } : undefined;
}

/** The kind of something that is on the ledger, which takes no other. */
export function kindOf(name: string): ShownKind {
  const kind = findKind(name);
  assert(kind, 'what the ledger recorded is of a kind that it knows');
  return kind;
}
