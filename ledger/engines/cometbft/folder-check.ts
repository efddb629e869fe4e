import { join } from 'node:path';
import type { Application } from '#ledger/abci/application.ts';
import { readManifest } from '#ledger/abci/snapshot.ts';
import { equal, toHex } from '#ledger/core/bytes.ts';
import { Halt } from '#ledger/core/halt.ts';
import { EMPTY_FRONTIER, type Frontier } from '#ledger/core/merkle-log.ts';
import { decodeExecution, encodeExecution, execute, frontierAfter, txIdsOf } from '#ledger/engines/execution.ts';
import { scanBlockLog, type StoredBlock } from '#ledger/storage/block-log.ts';
import type { Position } from '#ledger/storage/journal-scan.ts';
import { segmentName } from '#ledger/storage/segment.ts';
import { listSnapshots, loadSnapshot, type SnapshotRef, type StoredSnapshot } from '#ledger/storage/snapshot-store.ts';
import { decidedBlockOf, decodeDelivered } from './delivered-block.ts';
import { readBase, RECORDS, type NodeFolder } from './node-files.ts';

/** What the application's folder of a CometBFT node holds when nothing is wrong with it. */
export interface ApplicationReport {
  readonly height: bigint;
  /** Height before the first block here; 0 for a node that has all. */
  readonly base: bigint;
  /** Blocks after this height were executed again: 0 from genesis, else the oldest snapshot of a node that joined by one. */
  readonly executedAfter: bigint;
  readonly transactions: bigint;
  /** After the last block. */
  readonly appHash: Uint8Array;
  readonly logSize: bigint;
  readonly snapshots: readonly bigint[];
}

export type ApplicationVerdict =
  { readonly ok: true; readonly report: ApplicationReport } | { readonly ok: false; readonly sentence: string };

/** The first thing that is wrong; the message names file and offset. */
class Fault extends Error {}

interface Check {
  readonly options: NodeFolder;
  readonly folder: string;
  readonly base: bigint;
  readonly executedAfter: bigint;
  readonly application: Application;
  readonly appHashes: Map<bigint, Uint8Array>;
  frontier: Frontier;
  height: bigint;
  timeNs: bigint;
  transactions: bigint;
}

function loadWhole(options: NodeFolder, ref: SnapshotRef): { snapshot: StoredSnapshot; application: Application } {
  const loaded = loadSnapshot(options.disk, options.network, ref);
  if (!loaded.ok) throw new Fault(loaded.sentence);
  const application = options.createApplication();
  if (!application.restore(loaded.snapshot) || application.info().height !== ref.height)
    throw new Fault(`The snapshot ${ref.path} (offset 0) cannot be restored.`);
  return { snapshot: loaded.snapshot, application };
}

/** Genesis, or the oldest snapshot where the blocks before are not here. */
function begin(options: NodeFolder): Check {
  const folder = join(options.home, RECORDS);
  const base = readBase(options.disk, folder);
  const common = { options, folder, base, appHashes: new Map<bigint, Uint8Array>(), height: base, timeNs: -1n };
  if (base === 0n) {
    const application = options.createApplication();
    application.initChain();
    return { ...common, executedAfter: 0n, application, frontier: EMPTY_FRONTIER, transactions: 0n };
  }
  const oldest = listSnapshots(options.disk, folder).at(-1);
  if (oldest === undefined || oldest.height < base)
    throw new Fault(`${folder} began with a snapshot of height ${base} (base, offset 0) and has none from there on.`);
  const { snapshot, application } = loadWhole(options, oldest);
  const frontier = readManifest(snapshot.manifest)?.frontier;
  if (frontier === undefined) throw new Fault(`The snapshot ${oldest.path} (offset 0) has no receipt log.`);
  return { ...common, executedAfter: oldest.height, application, frontier, transactions: 0n };
}

/** One block: it decodes, follows the one before, and gives the recorded results again. */
function checkBlock(check: Check, stored: StoredBlock, position: Position): void {
  const { crypto } = check.options;
  const { height } = stored;
  const where = `Block ${height} in ${join(check.folder, segmentName(position.segment))} at offset ${position.offset}`;
  const block = decodeDelivered(stored.content);
  const recorded = decodeExecution(stored.result);
  if (block === undefined || recorded === undefined) throw new Fault(`${where} cannot be decoded.`);
  if (block.height !== height || toHex(block.hash) !== stored.valueId || block.lastRound !== stored.round)
    throw new Fault(`${where} is not the one that its record names.`);
  // BFT time: a block is later than the one before (CometBFT, spec/consensus/bft-time).
  if (block.timeNs <= check.timeNs) throw new Fault(`${where} is not later than the block before.`);
  if (height > check.executedAfter) {
    const again = execute(check.application, decidedBlockOf(block), check.frontier, crypto);
    check.application.commit();
    check.frontier = frontierAfter(again, crypto);
    if (!equal(encodeExecution(again), stored.result))
      throw new Fault(`${where} has other results than executing it again gives.`);
  }
  check.timeNs = block.timeNs;
  check.height = height;
  check.transactions += BigInt(txIdsOf(recorded).length / 32);
  check.appHashes.set(height, recorded.appHash);
}

function checkSnapshots(check: Check): bigint[] {
  return listSnapshots(check.options.disk, check.folder).map((ref) => {
    const { application } = loadWhole(check.options, ref);
    const expected = check.appHashes.get(ref.height);
    // The first one of a node that joined by it has no block of its height here; the block after it has shown that it is right.
    if (expected === undefined && ref.height !== check.base)
      throw new Fault(`The snapshot ${ref.path} (offset 0) is newer than the last block.`);
    if (expected !== undefined && !equal(application.info().appHash, expected))
      throw new Fault(`The snapshot ${ref.path} (offset 0) does not have the app hash of block ${ref.height}.`);
    return ref.height;
  });
}

function run(options: NodeFolder): ApplicationReport {
  const check = begin(options);
  const { disk, network } = options;
  const { folder, base, executedAfter, application } = check;
  const scan = scanBlockLog({ disk, folder, network, baseHeight: base }, (stored, position) =>
    checkBlock(check, stored, position),
  );
  if (scan.finding !== undefined) throw new Fault(scan.finding.sentence);
  const snapshots = checkSnapshots(check);
  const { height, transactions, frontier } = check;
  const appHash = height < executedAfter ? undefined : application.info().appHash;
  if (appHash === undefined)
    throw new Fault(
      `${folder} ends at block ${height}, before its oldest snapshot, of height ${executedAfter} (offset 0).`,
    );
  return { height, base, executedAfter, transactions, appHash, logSize: frontier.size, snapshots };
}

/**
 * Reads an application's folder from its beginning and executes every block again. Writes nothing. That the blocks are those that the
 * network decided is CometBFT's to show: its own folder has the signatures.
 */
export function checkApplicationFolder(options: NodeFolder): ApplicationVerdict {
  try {
    return { ok: true, report: run(options) };
  } catch (error) {
    if (error instanceof Fault || error instanceof Halt) return { ok: false, sentence: error.message };
    throw error;
  }
}

/** For people and tests: one line of JSON. */
export function applicationReportLine(report: ApplicationReport): string {
  return JSON.stringify({
    ok: true,
    height: report.height.toString(),
    base: report.base.toString(),
    executedAfter: report.executedAfter.toString(),
    transactions: report.transactions.toString(),
    appHash: toHex(report.appHash),
    logSize: report.logSize.toString(),
    snapshots: report.snapshots.map(String),
  });
}
