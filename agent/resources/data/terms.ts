import { readDataSet, readDataWays, FORMATS } from '#ledger/contracts/kinds/data.ts';
import { termOf, type Term } from '#ledger/contracts/shared/terms.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import type { OrderTerms } from '#agent/resources/kind.ts';
import type { RowScope } from './query.ts';

/** A checksum names a file of the agent, so that it may be nothing else. */
const CHECKSUM = /^[0-9a-f]{64}$/;

/** Which reading of the source was published, by the file's checksum and length; null when the attributes do not say. */
export function publishedFileOf(attributes: readonly Term[]): { checksum: string; bytes: number } | null {
  const dataSet = readDataSet(attributes);
  if (dataSet === undefined || !CHECKSUM.test(dataSet.checksum)) return null;
  const { checksum, bytes } = dataSet;
  return { checksum, bytes };
}

/** What an order may read: the columns and the row filter of its strategy, the format of its choice. */
export function scopeOf({
  agreement,
  ways,
  choices,
}: Pick<OrderTerms, 'agreement' | 'ways' | 'choices'>): Outcome<RowScope> {
  const format = FORMATS.find((name) => name === termOf(choices, 'format'));
  if (format === undefined) return failed(`Order O-${agreement} asks for a format that this agent cannot write.`);
  const shared = readDataWays(ways);
  if (shared === undefined)
    return failed(`The strategy of order O-${agreement} shares its data in a way that cannot be read.`);
  return done({ columns: shared.columns, rowFilter: shared.rowFilter, format });
}
