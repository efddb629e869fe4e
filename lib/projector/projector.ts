import 'server-only';
import type { Database } from '#lib/database-session.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { toHex } from '#ledger/core/bytes.ts';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import type { Genesis } from '#ledger/core/genesis.ts';
import { projectBlock } from '#lib/projections/block.ts';
import { projectGenesis } from '#lib/projections/genesis.ts';
import type { RowChange } from '#lib/projections/row-change.ts';
import type { TransactionReader } from '#lib/projections/transactions.ts';
import { createBlockQueue } from './block-queue.ts';
import { ensureReadModel } from './creation.ts';
import { commitChanges, readCheckpoint, readReplayUntil, type Checkpoint } from './store.ts';

/** The ledger and the read model do not belong together, or this version cannot read the ledger: a person has to act. */
export class ProjectorRefusal extends Error {
  override readonly name = 'ProjectorRefusal';
}

/** What the projector needs of the ledger's client. */
export interface LedgerFeed {
  /** `firstHeight`: lowest height whose block can still be had. */
  status(): Promise<{ height: bigint; firstHeight: bigint; network: Uint8Array }>;
  subscribe(fromHeight: bigint, onBlock: (block: CommittedBlock) => Promise<void>): () => void;
}

export interface ProjectorOptions {
  database: Database;
  ledger: LedgerFeed;
  genesis: Genesis;
  readTransaction: TransactionReader;
  /** Ends the run; what was committed stays. */
  signal: AbortSignal;
  /** Called when the checkpoint is open and after each committed batch. Below `untilHeight` a new read model is still being made. */
  onHeight?: (height: bigint, untilHeight: bigint) => void;
}

/** A ledger node that joined by a snapshot lacks older blocks: a read model below them cannot be made there. */
export function refuseMissingBlocks(ledger: { firstHeight: bigint }, standingHeight: bigint): void {
  const { firstHeight } = ledger;
  if (standingHeight + 1n >= firstHeight) return;
  throw new ProjectorRefusal(
    `This ledger node has no block below ${firstHeight}, and the read model stands at ${standingHeight}: let the projector follow a node that holds every block, or restore a dump of a read model at height ${firstHeight - 1n} or above.`,
  );
}

/** How long a ledger that stands behind the read model may take to come back to its height. */
const BEHIND_MS_MAX = 30_000;
const BEHIND_POLL_MS = 500;

/** The checkpoint to go on from: the one that stands, checked against the ledger, or a new one with genesis's rows in tables that are made if need be. */
export async function openCheckpoint(options: Omit<ProjectorOptions, 'readTransaction'>): Promise<Checkpoint> {
  const status = await options.ledger.status();
  const network = toHex(status.network);
  await ensureReadModel(options.database);
  const standing = await readCheckpoint(options.database);
  if (standing === undefined) {
    refuseMissingBlocks(status, 0n);
    const to = { network, height: 0n, blockHash: '', timeMs: options.genesis.timeMs };
    await commitChanges(options.database, projectGenesis(options.genesis), {
      from: undefined,
      to,
      replayUntil: status.height,
    });
    return to;
  }
  if (standing.network !== network) {
    throw new ProjectorRefusal(
      `The read model belongs to the network ${standing.network.slice(0, 16)}…, the ledger to ${network.slice(0, 16)}…: use the right database, or rebuild it.`,
    );
  }
  refuseMissingBlocks(status, standing.height);
  await waitForLedger(options, standing);
  return standing;
}

async function waitForLedger(
  options: Pick<ProjectorOptions, 'ledger' | 'signal'>,
  standing: Checkpoint,
): Promise<void> {
  for (let waitedMs = 0; ; waitedMs += BEHIND_POLL_MS) {
    const { height } = await options.ledger.status();
    if (height >= standing.height || options.signal.aborted) return;
    if (waitedMs >= BEHIND_MS_MAX) {
      throw new ProjectorRefusal(
        `The ledger stands at height ${height}, the read model at ${standing.height}: the ledger lost blocks or was restored. Rebuild the read model once the ledger is right.`,
      );
    }
    await delay(BEHIND_POLL_MS, undefined, { signal: options.signal }).catch(() => undefined);
  }
}

/** Blocks that follow the checkpoint, in order. One seen before is dropped; another hash at the same height, or a gap, is refused. */
export function nextBlocks(blocks: readonly CommittedBlock[], checkpoint: Checkpoint): CommittedBlock[] {
  const next: CommittedBlock[] = [];
  let height = checkpoint.height;
  for (const block of blocks) {
    if (block.height === checkpoint.height && toHex(block.hash) !== checkpoint.blockHash) {
      throw new ProjectorRefusal(
        `Block ${block.height} of the ledger is not the one that was projected (${checkpoint.blockHash.slice(0, 16)}…): rebuild the read model.`,
      );
    }
    if (block.height <= height) continue;
    if (block.height !== height + 1n) {
      throw new ProjectorRefusal(
        `The ledger sent block ${block.height} where ${height + 1n} was due: nothing was projected.`,
      );
    }
    height = block.height;
    next.push(block);
  }
  return next;
}

/** Projects a batch in one database transaction and answers the checkpoint after it. */
export async function applyBlocks(
  blocks: readonly CommittedBlock[],
  checkpoint: Checkpoint,
  options: Pick<ProjectorOptions, 'database' | 'readTransaction'>,
): Promise<Checkpoint> {
  const next = nextBlocks(blocks, checkpoint);
  const last = next.at(-1);
  if (last === undefined) return checkpoint;
  const changes: RowChange[] = [];
  for (const block of next) {
    const projected = projectBlock(block, options.readTransaction);
    if (!projected.ok) throw new ProjectorRefusal(projected.sentence);
    for (const change of projected.changes) changes.push(change);
  }
  const to = { network: checkpoint.network, height: last.height, blockHash: toHex(last.hash), timeMs: last.timeMs };
  await commitChanges(options.database, changes, { from: checkpoint, to });
  return to;
}

/**
 * Follows the ledger until `signal` aborts. Rejects with ProjectorRefusal, or with what failed (database, socket): the caller starts
 * again from the checkpoint, and nothing is lost or doubled.
 */
export async function runProjector(options: ProjectorOptions): Promise<void> {
  let checkpoint = await openCheckpoint(options);
  const untilHeight = await readReplayUntil(options.database);
  options.onHeight?.(checkpoint.height, untilHeight);
  const queue = createBlockQueue();
  const { firstHeight } = await options.ledger.status();
  // The block at the checkpoint comes once more: its hash shows that this is still the same chain. A node that has no such block any
  // more goes on with the next one.
  const from = checkpoint.height < firstHeight ? firstHeight : checkpoint.height;
  const unsubscribe = options.ledger.subscribe(from, queue.push);
  const onAbort = (): void => queue.close();
  options.signal.addEventListener('abort', onAbort);
  try {
    while (!options.signal.aborted) {
      const blocks = await queue.take();
      if (blocks.length === 0) break;
      checkpoint = await applyBlocks(blocks, checkpoint, options);
      options.onHeight?.(checkpoint.height, untilHeight);
    }
  } finally {
    options.signal.removeEventListener('abort', onAbort);
    unsubscribe();
    queue.close();
  }
}
