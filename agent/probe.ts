import type { Duties } from './duties.ts';
import type { OrderBook } from './order-book.ts';
import type { SourceShelf } from './source-shelf.ts';

export interface ProbeParts {
  readonly book: OrderBook;
  readonly shelf: SourceShelf;
  readonly duties: Duties;
  log(sentence: string): void;
}

/**
 * Compares published descriptions with their sources as they are now, of all resources or of some; what no longer fits is suspended
 * [I.2-7]. A finding holds for the listing that it was made of: when its status has changed since, as after a resume, it is dropped
 * and the source is read again. Open orders keep what was described to them.
 */
export async function probeSources({ book, shelf, duties, log }: ProbeParts, only?: readonly number[]): Promise<void> {
  for (const listing of [...book.resources.values()]) {
    const { published, status } = listing;
    const { resource, sourceId } = published;
    if (status !== 'published' || only?.includes(resource) === false) continue;
    const tested = await shelf.test(sourceId, published);
    if (!tested.ok) {
      log(`Resource R-${resource}: ${tested.sentence}`);
      duties.markListing(listing, 'source-unavailable');
      continue;
    }
    const changes = shelf.changes(tested.value, published);
    if (changes.length > 0)
      log(`Resource R-${resource}: the source ${sourceId} is no longer what was published: ${changes.join('; ')}.`);
    duties.markListing(listing, changes.length > 0 ? 'metadata-mismatch' : null);
  }
}
