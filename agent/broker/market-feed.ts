import { z } from 'zod';
import type { Verifier } from '#agent/ledger-events.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import type { MarketCopy } from './market-copy.ts';

const ITEMS_MAX = 1_000;
/** Blocks that a portal's pages may be behind the ledger, and still count as telling all; the block that proves the newest one among them. */
const BEHIND_MAX = 4;
const batchSchema = z.object({
  items: z.array(z.object({ logIndex: z.union([z.string(), z.number()]), receipt: z.unknown() })).max(ITEMS_MAX),
  head: z.unknown(),
  completeTo: z.object({ height: z.number().int().min(0), timeMs: z.number().int().min(0) }).nullable(),
});

/**
 * Takes one answer of `/api/v1/events?of=market` into the copy: only what is proved [6.2.6-e]. At the first item that does not verify it
 * stops, before the cursor moves. That nothing was left out is the portal's word; that it is not of a block beyond the proved head is checked. `isComplete`: nothing is missing, but for the newest few
 * blocks at most.
 */
export function takeMarket(
  body: unknown,
  { copy, verifier }: { readonly copy: MarketCopy; readonly verifier: Verifier },
): Outcome<{ readonly items: number; readonly isComplete: boolean }> {
  const batch = batchSchema.safeParse(body);
  if (!batch.success) return failed('The portal’s events of the market were not understood.');
  const { items, head, completeTo } = batch.data;
  for (const { logIndex, receipt } of items) {
    const proved = verifier.receipt(receipt);
    if (proved === null || proved.logIndex.toString() !== String(logIndex))
      return failed(`The portal’s proof for item ${logIndex} does not hold; nothing after it is believed.`);
    if (copy.cursor !== '' && proved.logIndex <= BigInt(copy.cursor)) continue;
    const { events, checkpoint } = proved;
    const taken = copy.take({ after: proved.logIndex.toString(), events, checkpoint });
    if (!taken.ok) return taken;
  }
  const proved = verifier.head(head);
  if (proved === null) return failed('The portal’s newest header does not verify against the anchor.');
  if (completeTo === null) return done({ items: items.length, isComplete: false });
  if (completeTo.height > proved.height || completeTo.timeMs > proved.timeMs)
    return failed('The portal says that it told of blocks that are not decided; it is not believed.');
  const reached = copy.reach(completeTo);
  const isComplete = proved.height - completeTo.height <= BEHIND_MAX;
  return reached.ok ? done({ items: items.length, isComplete }) : reached;
}
