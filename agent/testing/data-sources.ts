import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import type { ConfiguredKind } from '#agent/resources/kind.ts';
import { kinds } from '#agent/resources/kinds.ts';

/** Data sources as a config file in `folder` would name them, files in the same folder. */
export function dataSources(folder: string, sources: readonly object[]): ReadonlyMap<KindName, ConfiguredKind> {
  const configured = kinds.data.configure({ folders: ['.'], sources }, folder);
  if (!configured.ok) throw new Error(configured.sentence);
  return new Map([['data', configured.value]]);
}
