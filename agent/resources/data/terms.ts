import { z } from 'zod';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import { termOf, type OrderTerms, type Term } from '#agent/resources/kind.ts';
import type { Technical } from './metadata.ts';
import { FORMATS, type RowScope } from './query.ts';

const columnsOfOrder = z.array(z.string().min(1).max(256)).min(1).max(1_024);
const publishedFile = z.strictObject({
  checksum: z.string().regex(/^[0-9a-f]{64}$/),
  bytes: z.string().regex(/^\d{1,15}$/),
});

/** What is published about a data set, as terms in the order of their names. */
export function attributesOf({ format, rows, bytes, checksum, columns }: Technical): Term[] {
  return [
    { name: 'bytes', value: String(bytes) },
    { name: 'checksum', value: checksum },
    { name: 'columns', value: JSON.stringify(columns) },
    { name: 'format', value: format },
    { name: 'rows', value: String(rows) },
  ];
}

/** Which reading of the source was published, by the file's checksum and length; null when the attributes do not say. */
export function publishedFileOf(attributes: readonly Term[]): { checksum: string; bytes: number } | null {
  const read = publishedFile.safeParse({
    checksum: termOf(attributes, 'checksum'),
    bytes: termOf(attributes, 'bytes'),
  });
  return read.success ? { checksum: read.data.checksum, bytes: Number(read.data.bytes) } : null;
}

/** Whether ranges are published is the provider's choice, not the data's: everything else has to be equal. */
export function describesSame(found: readonly Term[], published: readonly Term[]): boolean {
  const ours = comparable(found);
  return ours !== null && ours === comparable(published);
}

function comparable(attributes: readonly Term[]): string | null {
  try {
    const columns = JSON.parse(termOf(attributes, 'columns')) as Technical['columns'];
    const whole = ['format', 'rows', 'bytes', 'checksum'].map((name) => termOf(attributes, name));
    return JSON.stringify([...whole, columns.map(({ name, type, nulls }) => [name, type, nulls])]);
  } catch {
    return null;
  }
}

/** What an order may read: the columns and the row filter of its strategy, the format of its choice. */
export function scopeOf({
  agreement,
  ways,
  choices,
}: Pick<OrderTerms, 'agreement' | 'ways' | 'choices'>): Outcome<RowScope> {
  const format = FORMATS.find((name) => name === termOf(choices, 'format'));
  if (format === undefined) return failed(`Order O-${agreement} asks for a format that this agent cannot write.`);
  let json: unknown;
  try {
    json = JSON.parse(termOf(ways, 'columns'));
  } catch {
    json = null;
  }
  const columns = columnsOfOrder.safeParse(json);
  if (!columns.success)
    return failed(`The strategy of order O-${agreement} names its columns in a way that cannot be read.`);
  return done({ columns: columns.data, rowFilter: termOf(ways, 'rowFilter'), format });
}
