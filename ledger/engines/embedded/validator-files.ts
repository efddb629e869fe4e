import { join } from 'node:path';
import type { Application } from '#ledger/abci/application.ts';
import { readManifest } from '#ledger/abci/snapshot.ts';
import { headerOfBlock } from '#ledger/core/block.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { EMPTY_FRONTIER } from '#ledger/core/merkle-log.ts';
import { scheduleAfter } from '#ledger/core/validator-schedule.ts';
import { execute } from '#ledger/engines/execution.ts';
import { beginWith } from '#ledger/storage/beginning.ts';
import {
  openBlockLog,
  scanBlockLog,
  type BlockLog,
  type BlockLogScan,
  type StoredBlock,
} from '#ledger/storage/block-log.ts';
import type { Disk } from '#ledger/storage/disk.ts';
import { decodeFrame, encodeFrame } from '#ledger/storage/frame.ts';
import { StorageHalt } from '#ledger/storage/halt.ts';
import { readHeightFile, writeHeightFile } from '#ledger/storage/height-file.ts';
import { loadIndex, removeIndex, type Resume } from '#ledger/storage/index-file.ts';
import { cutBack, type JournalOptions } from '#ledger/storage/journal.ts';
import { listSnapshots, loadSnapshot } from '#ledger/storage/snapshot-store.ts';
import { decidedBlockOf, extendChain, genesisChain, type Chain } from './chain.ts';
import { readDecision, type StoredDecision } from './ledger-state.ts';
import type { Network } from './network.ts';
import { readOrigin, type Origin } from './origin.ts';
import type { JoinedSnapshot } from './snapshot-join.ts';

/*
 * What a validator does with its folder before it takes part. Crash rules:
 * - A torn end of the journal is cut: nothing that stood there was ever sent.
 * - Damage further back is cut back to the good prefix, and the rest fetched from the peers. The height up to which own votes may be
 *   forgotten is written to `follow` (synced, renamed) before anything is cut; below it the validator only follows.
 * - A damaged snapshot is passed over: the journal holds every block.
 * - A replay that does not give the recorded app hash halts: the program or the machine computes otherwise than it did.
 * - A validator that joined by a snapshot has no blocks below it: `origin` says where it begins and what shows that, is synced and renamed
 *   into place before the first block is written, and never changes after it. A crash before that leaves a folder without a block. Before
 *   it, `follow` names the height up to which the key may have voted in a folder that was lost.
 */
const FOLLOW = 'follow';
const ORIGIN = 'origin';

export interface OpenedFiles {
  readonly log: BlockLog;
  readonly application: Application;
  readonly chain: Chain;
  readonly inputs: readonly CborValue[];
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly followUntilHeight: bigint;
  /** Heights whose block changed the validators; whoever executes another such block adds it. */
  readonly changes: bigint[];
  /** Where the journal begins, when it is not genesis. */
  readonly origin: Origin | undefined;
  readonly snapshotHeight: bigint;
  /** What was found and repaired, a sentence each. */
  readonly notes: readonly string[];
}

export interface FilesOptions {
  readonly disk: Disk;
  readonly folder: string;
  readonly network: Network;
  readonly crypto: Crypto;
  /** A fresh application, before initChain. */
  readonly createApplication: () => Application;
  readonly segmentBytes?: number;
  /** Told while the folder is opened how much is done of what: segments of the journal read, blocks executed again. */
  readonly progress?: (what: OpeningStep, done: number, of: number) => void;
}

export type OpeningStep = 'reading' | 'replaying';

/** Own votes up to this height may be forgotten, or up to the one that was noted before. */
export function noteFollow(disk: Disk, folder: string, height: bigint): void {
  const path = join(folder, FOLLOW);
  const before = readHeightFile(disk, path) ?? 0n;
  if (height > before) writeHeightFile(disk, path, height);
}

/** The height is reached: the validator takes part again. */
export function clearFollow(disk: Disk, folder: string): void {
  disk.remove(join(folder, FOLLOW));
  disk.syncFolder(folder);
}

/** Where the folder's journal begins; undefined: at genesis. Halts when that cannot be told. */
export function readFolderOrigin({ disk, folder, network, crypto }: FilesOptions): Origin | undefined {
  const path = join(folder, ORIGIN);
  if (!disk.exists(path)) return undefined;
  const file = disk.open(path, 'read');
  try {
    const frame = decodeFrame(file.read(0, file.size()), 0);
    const origin = frame && readOrigin(frame.payload, network, crypto);
    if (origin !== undefined) return origin;
  } finally {
    file.close();
  }
  throw new StorageHalt(
    `${path} is damaged at offset 0; empty the folder, all but its key, and let the validator join again.`,
  );
}

/** The folder of a validator without a block becomes that of one that begins with a snapshot. Its journal is closed. */
export function beginAt({ disk, folder, network }: FilesOptions, joined: JoinedSnapshot): void {
  const { snapshot, followUntilHeight } = joined;
  noteFollow(disk, folder, followUntilHeight);
  const bytes = encodeFrame({ sequence: 1, synced: 0, payload: joined.origin });
  beginWith(disk, folder, { network: network.genesisHash, snapshot, name: ORIGIN, bytes });
}

/** The journal of a folder that begins at this origin. */
export function journalOf(
  { disk, folder, network, segmentBytes, progress }: FilesOptions,
  origin: Origin | undefined,
): JournalOptions {
  const read = (done: number, of: number): void => progress?.('reading', done, of);
  return { disk, folder, network: network.genesisHash, segmentBytes, baseHeight: origin?.height, progress: read };
}

interface FolderScan extends BlockLogScan {
  /** Heights whose block changed the validators, as the header after it says; the last block may be one more. */
  readonly changes: bigint[];
}

function scanFrom(journal: JournalOptions, resume?: Resume): FolderScan {
  const changes = [...(resume?.changes ?? [])];
  const visit = ({ height, content }: StoredBlock): void => {
    const header = headerOfBlock(content);
    const isChanged = header !== undefined && !equal(header.validatorsHash, header.nextValidatorsHash);
    if (isChanged && changes.at(-1) !== height - 1n) changes.push(height - 1n);
  };
  return { ...scanBlockLog(journal, visit, resume), changes };
}

/** From what was written down of the journal, where that fits it; else, and where anything in it is damaged, from its beginning. */
function scanFolder(journal: JournalOptions): FolderScan {
  const { disk, folder } = journal;
  const resume = loadIndex(journal);
  if (resume !== undefined) {
    const scan = scanFrom(journal, resume);
    const isWhole = scan.finding === undefined || scan.finding.kind === 'torn';
    if (scan.isResumed && isWhole) return scan;
    removeIndex(disk, folder);
  }
  return scanFrom(journal);
}

/** Scans, repairs what peers can make good, and scans again. */
function scanAndRepair(options: FilesOptions, journal: JournalOptions, notes: string[]): FolderScan {
  const { disk, folder } = options;
  const scan = scanFolder(journal);
  if (scan.finding?.kind === 'foreign') throw new StorageHalt(scan.finding.sentence);
  if (scan.finding?.kind === 'torn') notes.push(`${scan.finding.sentence} It was cut off.`);
  if (scan.finding?.kind !== 'damaged') return scan;
  notes.push(`${scan.finding.sentence} Everything from there on is fetched from the other validators.`);
  const decided = scan.index.height();
  const mayHaveVoted = scan.survivorHeight > decided ? scan.survivorHeight : decided + 1n;
  noteFollow(disk, folder, mayHaveVoted);
  cutBack(journal, scan.journal);
  return scanFolder(journal);
}

interface Restored {
  readonly application: Application;
  readonly height: bigint;
  readonly manifest: Uint8Array;
}

/** The newest snapshot that is whole and fits the log, restored into a fresh application. */
function restoreSnapshot(
  options: FilesOptions,
  { log, origin }: { readonly log: BlockLog; readonly origin: Origin | undefined },
  notes: string[],
): Restored | undefined {
  const { disk, folder, network, crypto } = options;
  for (const ref of listSnapshots(disk, folder)) {
    const isOrigin = ref.height === origin?.height;
    const stored = ref.height <= log.height() ? log.block(ref.height) : undefined;
    const expected = isOrigin ? origin.appHash : stored && readDecision(stored, crypto).record.appHash;
    if (expected === undefined) continue;
    const loaded = loadSnapshot(disk, network.genesisHash, ref);
    const application = options.createApplication();
    const isGood =
      loaded.ok &&
      application.restore(loaded.snapshot) &&
      application.info().height === ref.height &&
      equal(application.info().appHash, expected);
    if (isGood) return { application, height: ref.height, manifest: loaded.snapshot.manifest };
    notes.push(loaded.ok ? `The snapshot ${ref.path} does not fit the ledger; it was passed over.` : loaded.sentence);
    if (!isOrigin) disk.remove(ref.path);
  }
  return undefined;
}

function replay(options: FilesOptions, log: BlockLog, from: { application: Application; chain: Chain }): Chain {
  const { crypto } = options;
  let { chain } = from;
  const first = chain.height;
  while (chain.height < log.height()) {
    const height = chain.height + 1n;
    options.progress?.('replaying', Number(chain.height - first), Number(log.height() - first));
    const stored = log.block(height);
    if (stored === undefined) throw new StorageHalt(`Block ${height} is missing in ${options.folder}.`);
    const { content, commit, record } = readDecision(stored, crypto);
    const again = execute(from.application, decidedBlockOf(content.block), chain.frontier, crypto);
    if (!equal(again.appHash, record.appHash)) {
      throw new StorageHalt(
        `Executing block ${height} of ${options.folder} again gave another app hash than before; run fsck on the folder.`,
      );
    }
    from.application.commit();
    chain = extendChain(chain, { content, commit, record: again }, crypto);
  }
  return chain;
}

/** The chain after a restored snapshot; `changes` are the blocks that changed the validators. */
function chainAt(
  options: FilesOptions,
  restored: Restored,
  { log, origin }: { readonly log: BlockLog; readonly origin: Origin | undefined },
  changes: readonly bigint[],
): Chain {
  const { network, crypto } = options;
  const { height } = restored;
  const frontier = readManifest(restored.manifest)?.frontier ?? EMPTY_FRONTIER;
  if (height === origin?.height) return origin.chainWith(frontier);
  const read = (at: bigint): StoredDecision => {
    const stored = log.block(at);
    if (stored === undefined) throw new StorageHalt(`Block ${at} is missing in ${options.folder}.`);
    return readDecision(stored, crypto);
  };
  const first = origin?.chainWith(EMPTY_FRONTIER) ?? genesisChain(network, new Uint8Array(0), crypto);
  const appHash = height - 1n > first.height ? read(height - 1n).record.appHash : first.appHash;
  let { schedule } = first;
  for (const changed of changes.filter((each) => each < height)) {
    schedule = scheduleAfter(schedule, { height: changed, updates: read(changed).record.validatorUpdates }, crypto);
  }
  return extendChain({ ...first, appHash, schedule }, read(height), crypto);
}

/** Who joined by a snapshot has seen the next block decided, and has no commit to build that one on. */
function followUntil(noted: bigint | undefined, origin: Origin | undefined): bigint {
  const first = origin === undefined ? 0n : origin.height + 1n;
  return noted === undefined || noted < first ? first : noted;
}

/** Opens a validator's folder, which the caller has locked. Halts with a sentence when it cannot be used. */
export function openFiles(options: FilesOptions): OpenedFiles {
  const { disk, folder, network, crypto } = options;
  const notes: string[] = [];
  const origin = readFolderOrigin(options);
  const journal = journalOf(options, origin);
  const scan = scanAndRepair(options, journal, notes);
  const log = openBlockLog(journal, scan);
  const restored = restoreSnapshot(options, { log, origin }, notes);
  if (restored === undefined && origin !== undefined) {
    throw new StorageHalt(
      `${folder} began with a snapshot of height ${origin.height}, which is missing or damaged; empty the folder, all but its key, and let the validator join again.`,
    );
  }
  const application = restored?.application ?? options.createApplication();
  const start =
    restored === undefined
      ? genesisChain(network, application.initChain().appHash, crypto)
      : chainAt(options, restored, { log, origin }, scan.changes);
  const chain = replay(options, log, { application, chain: start });
  return {
    log,
    application,
    chain,
    inputs: scan.inputs,
    contents: scan.contents,
    changes: scan.changes,
    followUntilHeight: followUntil(readHeightFile(disk, join(folder, FOLLOW)), origin),
    origin,
    snapshotHeight: restored?.height ?? 0n,
    notes,
  };
}
