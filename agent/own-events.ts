import type { Anchor } from '#ledger/core/genesis.ts';
import { newestAnchor } from './anchor.ts';
import { takeBatch, type Reader, type Taken } from './ledger-events.ts';
import { ledgerVerifier } from './ledger-proof.ts';
import type { Outcome } from './outcome.ts';
import type { PortalClient, Reply } from './portal-client.ts';

export interface OwnEventsParts extends Reader {
  readonly client: PortalClient;
  /** The owner's; the book may have come to a newer one. */
  readonly anchor: Anchor;
  readonly waitMs: number;
  readonly signal: AbortSignal;
}

/** One long poll for what concerns the key's account: what is proved is in the book when this answers. The reply alone, where the portal gave no answer. */
export async function readOwnEvents(parts: OwnEventsParts): Promise<Exclude<Reply, { kind: 'done' }> | Outcome<Taken>> {
  const { client, book, waitMs, signal } = parts;
  const anchor = (): Anchor => newestAnchor(parts.anchor, book.checkpoint);
  const { checkpoint } = anchor();
  const after = book.cursor === '' ? '' : `after=${book.cursor}&`;
  const from = checkpoint === undefined ? '' : `from=${checkpoint.height}&`;
  const reply = await client.get(`/api/v1/events?${after}${from}wait=${waitMs}`, { waitMs, signal });
  return reply.kind === 'done' ? takeBatch(reply.body, { ...parts, verifier: ledgerVerifier(anchor) }) : reply;
}

/** As `readOwnEvents`, for programs that have nothing more to do with what was taken: throws the sentence where nothing could be. */
export async function keepUpWithEvents(parts: OwnEventsParts): Promise<void> {
  const taken = await readOwnEvents(parts);
  if ('kind' in taken || !taken.ok) throw new Error(taken.sentence);
}
