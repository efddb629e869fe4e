import { computing } from './computing.ts';
import { connection } from './connection.ts';
import { data } from './data.ts';
import type { Kind } from './kind.ts';
import { storage } from './storage.ts';

/** The kinds of resource that are shared, by the word that stands on the ledger. */
export const kinds = { computing, connection, data, storage } as const satisfies Readonly<Record<string, Kind>>;

export type KindName = keyof typeof kinds;

export function isKind(name: string): name is KindName {
  return Object.hasOwn(kinds, name);
}

/** A kind by its name; undefined for what is none. */
export function findKind(name: string): Kind | undefined {
  return isKind(name) ? kinds[name] : undefined;
}
