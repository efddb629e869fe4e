import { dataKind } from './data/data-kind.ts';
import type { Kind, KindModule } from './kind.ts';

/** Every kind with its module: a kind without one does not compile. */
export const kinds: Readonly<Record<Kind, KindModule>> = {
  data: dataKind,
};

/** True when a word is a kind that this agent has a module for. */
export function isKind(name: string): name is Kind {
  return Object.hasOwn(kinds, name);
}
