import { dataKind } from './data/data-kind.ts';
import type { Kind, KindModule } from './kind.ts';

/** Every kind with its module: a kind without one does not compile. */
export const kinds: Readonly<Record<Kind, KindModule>> = {
  data: dataKind,
};

/** The module of a kind that the ledger names; undefined when this agent does not know it. */
export function kindNamed(name: string): KindModule | undefined {
  return isKind(name) ? kinds[name] : undefined;
}

export function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name);
}
