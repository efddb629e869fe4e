import { kinds } from '#ledger/contracts/kinds/kinds.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import type { ConfiguredKind, KindModule } from '#agent/resources/kind.ts';
import { s3Calls } from './protocol.ts';
import { readStorageSection } from './section.ts';
import { StorageService } from './service.ts';

/** Room in a folder, used by the S3 protocol: calls and bytes both ways are counted, first byte and throughput can be promised. */
export const storageKind: KindModule = {
  ledger: kinds.storage,
  selfLimited: [],
  methods: ['GET', 'HEAD', 'PUT', 'POST', 'DELETE'],
  atOnceMax: 16,
  signed: s3Calls,
  entryPath: '',
  // A single upload's bound in S3, and how long that takes at 250 kB/s.
  bodyBytesMax: 5 * 1024 ** 3,
  answerMsMax: 6 * 3_600_000,
  configure,
};

function configure(section: unknown, baseFolder: string): Outcome<ConfiguredKind> {
  const stores = readStorageSection(section, baseFolder);
  if (!stores.ok) return failed(stores.sentence);
  return done({
    sources: stores.value.map(({ id, title }) => ({ id, title })),
    open: ({ log }) => new StorageService(stores.value, { log }),
  });
}
