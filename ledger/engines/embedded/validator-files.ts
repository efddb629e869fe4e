import { join } from 'node:path';
import type { Application } from '#ledger/abci/application.ts';
import { headerOfBlock } from '#ledger/core/block.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { scheduleAfter } from '#ledger/core/validator-schedule.ts';
import { openBlockLog, scanBlockLog, type BlockLog, type BlockLogScan } from '#ledger/storage/block-log.ts';
import type { Disk } from '#ledger/storage/disk.ts';
import { StorageHalt } from '#ledger/storage/halt.ts';
import { readHeightFile, writeHeightFile } from '#ledger/storage/height-file.ts';
import { cutBack, type JournalOptions } from '#ledger/storage/journal.ts';
import { listSnapshots, loadSnapshot } from '#ledger/storage/snapshot-store.ts';
import { decidedBlockOf, extendChain, genesisChain, type Chain } from './chain.ts';
import { execute } from '#ledger/engines/execution.ts';
import { readDecision } from './ledger-state.ts';
import type { Network } from './network.ts';

/*
 * What a validator does with its folder before it takes part. Crash rules:
 * - A torn end of the journal is cut: nothing that stood there was ever sent.
 * - Damage further back is cut back to the good prefix, and the rest fetched from the peers. The height up to which own votes may be
 *   forgotten is written to `follow` (synced, renamed) before anything is cut; below it the validator only follows.
 * - A damaged snapshot is passed over: the journal holds every block.
 * - A replay that does not give the recorded app hash halts: the program or the machine computes otherwise than it did.
 */
const FOLLOW = 'follow';

export interface OpenedFiles {
  readonly log: BlockLog;
  readonly application: Application;
  readonly chain: Chain;
  readonly inputs: readonly CborValue[];
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly followUntilHeight: bigint;
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
}

/** The height is reached: the validator takes part again. */
export function clearFollow(disk: Disk, folder: string): void {
  disk.remove(join(folder, FOLLOW));
  disk.syncFolder(folder);
}

interface FolderScan extends BlockLogScan {
  /** Heights whose block changed the validators, as the header after it says; the last block may be one more. */
  readonly changes: readonly bigint[];
}

function scanFolder(journal: JournalOptions): FolderScan {
  const changes: bigint[] = [];
  const scan = scanBlockLog(journal, ({ height, content }) => {
    const header = headerOfBlock(content);
    if (header !== undefined && !equal(header.validatorsHash, header.nextValidatorsHash)) changes.push(height - 1n);
  });
  return { ...scan, changes };
}

/** Scans, repairs what peers can make good, and scans again. */
function scanAndRepair(options: FilesOptions, notes: string[]): FolderScan {
  const { disk, folder, network, segmentBytes } = options;
  const journal = { disk, folder, network: network.genesisHash, segmentBytes };
  const scan = scanFolder(journal);
  if (scan.finding?.kind === 'foreign') throw new StorageHalt(scan.finding.sentence);
  if (scan.finding?.kind === 'torn') notes.push(`${scan.finding.sentence} It was cut off.`);
  if (scan.finding?.kind !== 'damaged') return scan;
  notes.push(`${scan.finding.sentence} Everything from there on is fetched from the other validators.`);
  const decided = scan.index.height();
  const mayHaveVoted = scan.survivorHeight > decided ? scan.survivorHeight : decided + 1n;
  const before = readHeightFile(disk, join(folder, FOLLOW)) ?? 0n;
  writeHeightFile(disk, join(folder, FOLLOW), mayHaveVoted > before ? mayHaveVoted : before);
  cutBack(journal, scan.journal);
  return scanFolder(journal);
}

/** The newest snapshot that is whole and fits the log, restored into a fresh application. */
function restoreSnapshot(
  options: FilesOptions,
  log: BlockLog,
  notes: string[],
): { application: Application; height: bigint } | undefined {
  const { disk, folder, network, crypto } = options;
  for (const ref of listSnapshots(disk, folder)) {
    const stored = ref.height <= log.height() ? log.block(ref.height) : undefined;
    if (stored === undefined) continue;
    const loaded = loadSnapshot(disk, network.genesisHash, ref);
    const application = options.createApplication();
    const isGood =
      loaded.ok &&
      application.restore(loaded.snapshot) &&
      application.info().height === ref.height &&
      equal(application.info().appHash, readDecision(stored, crypto).record.appHash);
    if (isGood) return { application, height: ref.height };
    notes.push(loaded.ok ? `The snapshot ${ref.path} does not fit the ledger; it was passed over.` : loaded.sentence);
    disk.remove(ref.path);
  }
  return undefined;
}

function replay(options: FilesOptions, log: BlockLog, from: { application: Application; chain: Chain }): Chain {
  const { crypto } = options;
  let { chain } = from;
  while (chain.height < log.height()) {
    const height = chain.height + 1n;
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

/** The chain after a block that is not executed again; `changes` are the blocks below it that changed the validators. */
function chainAt(options: FilesOptions, log: BlockLog, height: bigint, changes: readonly bigint[]): Chain {
  const { network, crypto } = options;
  const stored = log.block(height);
  const before = height > 1n ? log.block(height - 1n) : undefined;
  if (stored === undefined) throw new StorageHalt(`Block ${height} is missing in ${options.folder}.`);
  const base = genesisChain(network, before ? readDecision(before, crypto).record.appHash : new Uint8Array(0), crypto);
  let { schedule } = base;
  for (const changed of changes.filter((each) => each < height)) {
    const block = log.block(changed);
    if (block === undefined) throw new StorageHalt(`Block ${changed} is missing in ${options.folder}.`);
    const { validatorUpdates: updates } = readDecision(block, crypto).record;
    schedule = scheduleAfter(schedule, { height: changed, updates }, crypto);
  }
  return extendChain({ ...base, schedule }, readDecision(stored, crypto), crypto);
}

/** Opens a validator's folder, which the caller has locked. Halts with a sentence when it cannot be used. */
export function openFiles(options: FilesOptions): OpenedFiles {
  const { disk, folder, network, crypto, segmentBytes } = options;
  const notes: string[] = [];
  const scan = scanAndRepair(options, notes);
  const log = openBlockLog({ disk, folder, network: network.genesisHash, segmentBytes }, scan);
  const restored = restoreSnapshot(options, log, notes);
  const application = restored?.application ?? options.createApplication();
  const start =
    restored === undefined
      ? genesisChain(network, application.initChain().appHash, crypto)
      : chainAt(options, log, restored.height, scan.changes);
  const chain = replay(options, log, { application, chain: start });
  return {
    log,
    application,
    chain,
    inputs: scan.inputs,
    contents: scan.contents,
    followUntilHeight: readHeightFile(disk, join(folder, FOLLOW)) ?? 0n,
    snapshotHeight: restored?.height ?? 0n,
    notes,
  };
}
