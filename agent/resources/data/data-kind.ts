import { kinds } from '#ledger/contracts/kinds/kinds.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import type { ConfiguredKind, KindModule } from '#agent/resources/kind.ts';
import { readDataSection } from './section.ts';
import { DataService } from './service.ts';

/** CSV and Parquet files, read through DuckDB: calls, rows and bytes are counted, the wait for the first byte can be promised. */
export const dataKind: KindModule = {
  ledger: kinds.data,
  selfLimited: [],
  methods: ['GET'],
  atOnceMax: 4,
  entryPath: '/rows',
  bodyBytesMax: 0,
  answerMsMax: 30_000,
  configure,
};

function configure(section: unknown, baseFolder: string): Outcome<ConfiguredKind> {
  const sources = readDataSection(section, baseFolder);
  if (!sources.ok) return failed(sources.sentence);
  return done({
    sources: sources.value.map(({ id, title }) => ({ id, title })),
    open: ({ folder, log }) => new DataService(sources.value, { folder, log }),
  });
}
