import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import { computingKind } from './computing/computing-kind.ts';
import { connectionKind } from './connection/connection-kind.ts';
import { dataKind } from './data/data-kind.ts';
import type { KindModule } from './kind.ts';
import { storageKind } from './storage/storage-kind.ts';

/** Every kind of the ledger with its module on the provider's side: a kind without one does not compile. */
export const kinds: Readonly<Record<KindName, KindModule>> = {
  computing: computingKind,
  connection: connectionKind,
  data: dataKind,
  storage: storageKind,
};
