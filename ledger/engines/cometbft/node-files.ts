import { join } from 'node:path';
import type { Application, Snapshot } from '#ledger/abci/application.ts';
import { readManifest } from '#ledger/abci/snapshot.ts';
import { equal, toHex } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { EMPTY_FRONTIER, type Frontier } from '#ledger/core/merkle-log.ts';
import {
  decodeExecution,
  encodeExecution,
  execute,
  frontierAfter,
  txIdsOf,
  type ExecutionRecord,
} from '#ledger/engines/execution.ts';
import { openSnapshotMaker, type SnapshotMaker } from '#ledger/engines/snapshot-maker.ts';
import { beginWith } from '#ledger/storage/beginning.ts';
import { openBlockLog, scanBlockLog, type BlockLog, type BlockLogScan } from '#ledger/storage/block-log.ts';
import type { Disk } from '#ledger/storage/disk.ts';
import { StorageHalt } from '#ledger/storage/halt.ts';
import { heightBytes, readHeightFile } from '#ledger/storage/height-file.ts';
import { cutBack } from '#ledger/storage/journal.ts';
import { listSnapshots, loadSnapshot, MANIFEST_PART, readSnapshotPart } from '#ledger/storage/snapshot-store.ts';
import { decidedBlockOf, decodeDelivered, encodeDelivered, type DeliveredBlock } from './delivered-block.ts';

/*
 * What the application process keeps beside its CometBFT node. Crash rules:
 * - A block's record is written when CometBFT commits it and is not synced by itself: CometBFT has synced the block before it delivered
 *   it, learns from Info where the application stands, and delivers again what is missing.
 * - A torn end of the journal is cut; damage further back is cut back to the good prefix. Either way the node only stands lower.
 * - A snapshot is begun after a sync of the journal, so none is ever newer than the journal's durable end.
 * - A node that joined by a snapshot has no blocks below it: `base` names that height, is synced and renamed into place before the first
 *   block is written, and never changes after it.
 */
const BASE = 'base';
/** The application's folder within a node's home. */
export const RECORDS = 'application';

/** A block as it was delivered and what its execution left behind. */
export interface AppliedBlock {
  readonly block: DeliveredBlock;
  readonly record: ExecutionRecord;
}

/** The application's folder, and what it takes to read it. */
export interface NodeFolder {
  readonly disk: Disk;
  /** The application's own folder within the node's home, which the caller has locked. */
  readonly home: string;
  readonly network: Uint8Array;
  readonly crypto: Crypto;
  /** A fresh application, before initChain. */
  readonly createApplication: () => Application;
  readonly segmentBytes?: number;
}

export interface NodeFilesOptions extends NodeFolder {
  /** Heights between two snapshots. */
  readonly snapshotHeights: number;
  /** Runs an action between two requests, soon. What it throws must end the process. */
  readonly later: (action: () => void) => void;
  /** Sentences for people. */
  readonly notice: (sentence: string) => void;
}

/** One node's application and the log of what it executed. Whatever fails on the disk throws StorageHalt. */
export interface NodeFiles {
  readonly application: () => Application;
  /** Height before the first block that can be read here. */
  readonly base: () => bigint;
  readonly height: () => bigint;
  /** What the application's journal takes on the disk. */
  readonly bytes: () => number;
  /** Begins the chain, at height 0 only; may be asked again as long as nothing was committed. */
  begin(): Uint8Array;
  /** Executes a block without committing it; the next call before `commit` forgets it. */
  run(block: DeliveredBlock): ExecutionRecord;
  /** Commits what was run last and writes it down. */
  commit(): AppliedBlock;
  read(height: bigint): AppliedBlock | undefined;
  heightOfLogIndex(logIndex: bigint): bigint | undefined;
  candidates(txId: Uint8Array): bigint[];
  /** Heights here whose blocks changed the validator set, ascending; the change is in force two heights later. */
  changes(): readonly bigint[];
  /** Heights with a snapshot, newest first. */
  snapshots(): readonly bigint[];
  /** Manifest of the snapshot at a height, and one of its chunks. */
  snapshotManifest(height: bigint): Uint8Array | undefined;
  snapshotChunk(height: bigint, index: number): Uint8Array | undefined;
  /** Takes over a whole snapshot in place of everything; false, and nothing changes, when it does not fit `appHash`. */
  adopt(snapshot: Snapshot, appHash: Uint8Array): boolean;
  close(): void;
  /** What was found and repaired at the start, a sentence each. */
  readonly notes: readonly string[];
}

/** Height before the first block of a folder; 0 where nothing says another. */
export function readBase(disk: Disk, folder: string): bigint {
  return readHeightFile(disk, join(folder, BASE)) ?? 0n;
}

interface Opened {
  application: Application;
  log: BlockLog;
  base: bigint;
  frontier: Frontier;
  readonly changes: bigint[];
}

function readApplied(log: BlockLog, height: bigint): AppliedBlock | undefined {
  const stored = log.block(height);
  if (stored === undefined) return undefined;
  const block = decodeDelivered(stored.content);
  const record = decodeExecution(stored.result);
  if (block === undefined || record === undefined)
    throw new StorageHalt(`The stored block ${height} cannot be decoded.`);
  return { block, record };
}

function openLog(options: NodeFilesOptions, base: bigint, notes: string[]): { log: BlockLog; changes: bigint[] } {
  const { disk, network, segmentBytes } = options;
  const folder = join(options.home, RECORDS);
  const journal = { disk, folder, network, segmentBytes, baseHeight: base };
  let changes: bigint[] = [];
  const scanWhole = (): BlockLogScan => {
    changes = [];
    return scanBlockLog(journal, ({ height, result }) => {
      if ((decodeExecution(result)?.validatorUpdates.length ?? 0) > 0) changes.push(height);
    });
  };
  let scan = scanWhole();
  if (scan.finding?.kind === 'foreign') throw new StorageHalt(scan.finding.sentence);
  if (scan.finding !== undefined)
    notes.push(`${scan.finding.sentence} What is missing is delivered again by CometBFT.`);
  if (scan.finding?.kind === 'damaged') {
    cutBack(journal, scan.journal);
    scan = scanWhole();
  }
  return { log: openBlockLog(journal, scan), changes };
}

/** The newest snapshot that is whole and fits the log; a node that joined by one has no other beginning. */
function restoreNewest(
  options: NodeFilesOptions,
  log: BlockLog,
  base: bigint,
  notes: string[],
): { application: Application; frontier: Frontier } | undefined {
  const { disk, network } = options;
  for (const ref of listSnapshots(disk, join(options.home, RECORDS))) {
    if (ref.height > log.height() || ref.height < base) continue;
    const loaded = loadSnapshot(disk, network, ref);
    const application = options.createApplication();
    const frontier = loaded.ok ? readManifest(loaded.snapshot.manifest)?.frontier : undefined;
    const applied = ref.height === base ? undefined : readApplied(log, ref.height);
    const isGood =
      loaded.ok &&
      application.restore(loaded.snapshot) &&
      application.info().height === ref.height &&
      (applied === undefined || equal(application.info().appHash, applied.record.appHash));
    if (isGood && frontier !== undefined) return { application, frontier };
    notes.push(loaded.ok ? `The snapshot ${ref.path} does not fit the ledger; it was passed over.` : loaded.sentence);
    if (ref.height !== base) disk.remove(ref.path);
  }
  return undefined;
}

function replay(options: NodeFilesOptions, opened: Opened): void {
  const { crypto, home } = options;
  const { application, log } = opened;
  for (let height = application.info().height + 1n; height <= log.height(); height += 1n) {
    const applied = readApplied(log, height);
    if (applied === undefined) throw new StorageHalt(`Block ${height} is missing in ${home}.`);
    const again = execute(application, decidedBlockOf(applied.block), opened.frontier, crypto);
    if (!equal(again.appHash, applied.record.appHash)) {
      throw new StorageHalt(
        `Executing block ${height} of ${home} again gave another app hash than before: another version of the program has made it.`,
      );
    }
    application.commit();
    opened.frontier = frontierAfter(again, crypto);
  }
}

function open(options: NodeFilesOptions, notes: string[]): Opened {
  const folder = join(options.home, RECORDS);
  options.disk.makeFolder(folder);
  const base = readBase(options.disk, folder);
  const { log, changes } = openLog(options, base, notes);
  const restored = restoreNewest(options, log, base, notes);
  if (restored === undefined && base > 0n) {
    throw new StorageHalt(
      `${folder} began with a snapshot of height ${base}, which is missing or damaged; empty the folder and CometBFT's data and let the node join again.`,
    );
  }
  const application = restored?.application ?? options.createApplication();
  if (restored === undefined) application.initChain();
  const opened = { application, log, base, frontier: restored?.frontier ?? EMPTY_FRONTIER, changes };
  replay(options, opened);
  return opened;
}

/** The snapshot is whole and its state has the app hash that CometBFT's light client trusts. */
function fits({ createApplication }: NodeFilesOptions, taken: Snapshot, appHash: Uint8Array): boolean {
  const application = createApplication();
  return application.restore(taken) && equal(application.info().appHash, appHash);
}

function openSnapshots(options: NodeFilesOptions, folder: string, opened: () => Opened): SnapshotMaker {
  const { disk, network, later, notice } = options;
  return openSnapshotMaker({
    disk,
    folder,
    network,
    later,
    notice,
    snapshot: () => opened().application.snapshot(),
    sync: () => opened().log.sync(),
  });
}

/** Opens the application's folder: repairs, restores, replays. Halts with a sentence when it cannot be used. */
export function openNodeFiles(options: NodeFilesOptions): NodeFiles {
  const { disk, network, crypto } = options;
  const folder = join(options.home, RECORDS);
  const notes: string[] = [];
  let opened = open(options, notes);
  let pending: AppliedBlock | undefined;

  const snapshots = openSnapshots(options, folder, () => opened);

  return {
    notes,
    application: () => opened.application,
    base: () => opened.base,
    height: () => opened.log.height(),
    bytes: () => opened.log.bytes(),
    begin: () => {
      if (opened.log.height() !== 0n)
        throw new StorageHalt(`${folder} holds a chain already; CometBFT began a new one.`);
      opened.application = options.createApplication();
      return opened.application.initChain().appHash;
    },
    run: (block) => {
      const record = execute(opened.application, decidedBlockOf(block), opened.frontier, crypto);
      pending = { block, record };
      return record;
    },
    commit: () => {
      if (pending === undefined) throw new StorageHalt('CometBFT committed a block that it had not delivered.');
      const applied = pending;
      const { block, record } = applied;
      pending = undefined;
      opened.application.commit();
      opened.frontier = frontierAfter(record, crypto);
      opened.log.decide({
        height: block.height,
        valueId: toHex(block.hash),
        round: block.lastRound,
        commit: new Uint8Array(0),
        content: encodeDelivered(block),
        txIds: txIdsOf(record),
        logSize: opened.frontier.size,
        result: encodeExecution(record),
      });
      if (record.validatorUpdates.length > 0) opened.changes.push(block.height);
      if (block.height % BigInt(options.snapshotHeights) === 0n) snapshots.begin();
      return applied;
    },
    read: (height) => readApplied(opened.log, height),
    heightOfLogIndex: (logIndex) => opened.log.heightOfLogIndex(logIndex),
    candidates: (txId) => opened.log.candidates(txId),
    changes: () => opened.changes,
    snapshots: () => listSnapshots(disk, folder).map(({ height }) => height),
    snapshotManifest: (height) => readSnapshotPart(disk, folder, { height, index: MANIFEST_PART }),
    snapshotChunk: (height, index) => (index < 0 ? undefined : readSnapshotPart(disk, folder, { height, index })),
    adopt: (taken, appHash) => {
      if (opened.log.height() !== opened.base || !fits(options, taken, appHash)) return false;
      opened.log.close();
      beginWith(disk, folder, { network, snapshot: taken, name: BASE, bytes: heightBytes(taken.height) });
      opened = open(options, notes);
      return true;
    },
    close: () => {
      snapshots.stop();
      opened.log.close();
    },
  };
}
