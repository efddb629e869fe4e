import type { Duties } from './duties.ts';
import type { OrderBook } from './order-book.ts';
import type { SourceShelf } from './source-shelf.ts';

/**
 * Compares every published description with its source as it is now; what no longer fits is suspended [I.2-7]. Open orders keep what
 * was described to them.
 */
export async function probeSources(parts: {
  readonly book: OrderBook;
  readonly shelf: SourceShelf;
  readonly duties: Duties;
  log(sentence: string): void;
}): Promise<void> {
  for (const { published, status } of [...parts.book.resources.values()]) {
    if (status !== 'published') continue;
    const { resource, sourceId } = published;
    const tested = await parts.shelf.test(sourceId);
    if (!tested.ok) {
      parts.log(`Resource R-${resource}: ${tested.sentence}`);
      parts.duties.markResource(resource, 'source-unavailable');
    } else if (parts.shelf.isDescribedBy(tested.value, published)) {
      parts.duties.markResource(resource, null);
    } else {
      parts.log(`Resource R-${resource}: the source ${sourceId} is no longer what was published.`);
      parts.duties.markResource(resource, 'metadata-mismatch');
    }
  }
}
