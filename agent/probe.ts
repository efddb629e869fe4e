import type { Duties } from './duties.ts';
import type { OrderBook } from './order-book.ts';
import type { Technical } from './resources/data/metadata.ts';
import type { SourceShelf } from './source-shelf.ts';

/**
 * Compares every published description with its source as it is now, read from start to end; what no longer fits is suspended [I.2-7].
 * Open orders keep the snapshot that was described to them.
 */
export async function probeSources(parts: {
  readonly book: OrderBook;
  readonly shelf: SourceShelf;
  readonly duties: Duties;
  log(sentence: string): void;
}): Promise<void> {
  for (const { resource, sourceId, status, technical } of [...parts.book.resources.values()]) {
    if (status !== 'published') continue;
    const tested = await parts.shelf.test(sourceId);
    if (!tested.ok) {
      parts.log(`Resource R-${resource}: ${tested.sentence}`);
      parts.duties.markResource(resource, 'source-unavailable');
    } else if (isDescribedBy(tested.value.technical, technical)) {
      parts.duties.markResource(resource, null);
    } else {
      parts.log(`Resource R-${resource}: the source ${sourceId} is no longer what was published.`);
      parts.duties.markResource(resource, 'metadata-mismatch');
    }
  }
}

/** Whether ranges are published is the provider's choice, not the data's: everything else has to be equal. */
function isDescribedBy(found: Technical, publishedText: string): boolean {
  let published: Technical;
  try {
    published = JSON.parse(publishedText) as Technical;
  } catch {
    return false;
  }
  return comparable(found) === comparable(published);
}

function comparable({ format, rows, bytes, checksum, columns }: Technical): string {
  return JSON.stringify([format, rows, bytes, checksum, columns.map(({ name, type, nulls }) => [name, type, nulls])]);
}
