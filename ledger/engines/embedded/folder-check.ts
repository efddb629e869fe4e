import { join } from 'node:path';
import type { Application } from '#ledger/abci/application.ts';
import { readManifest } from '#ledger/abci/snapshot.ts';
import { equal, toHex } from '#ledger/core/bytes.ts';
import { decodeCommit, verifyCommit } from '#ledger/core/commit.ts';
import { Halt } from '#ledger/core/halt.ts';
import type { Frontier } from '#ledger/core/merkle-log.ts';
import { setAt } from '#ledger/core/validator-schedule.ts';
import { decodeExecution, encodeExecution, execute, txIdsOf, type ExecutionRecord } from '#ledger/engines/execution.ts';
import { scanBlockLog, type StoredBlock } from '#ledger/storage/block-log.ts';
import type { Position } from '#ledger/storage/journal-scan.ts';
import { segmentName } from '#ledger/storage/segment.ts';
import { listSnapshots, loadSnapshot, type SnapshotRef } from '#ledger/storage/snapshot-store.ts';
import { decidedBlockOf, extendChain, faultOf, genesisChain, parseContent, type Chain, type Content } from './chain.ts';
import { inputFromCbor } from './inputs.ts';
import { isProposalSigned, isVoteSigned } from './network.ts';
import type { Origin } from './origin.ts';
import { journalOf, readFolderOrigin, type FilesOptions } from './validator-files.ts';

/** What a validator's folder holds when nothing is wrong with it. */
export interface FolderReport {
  /** Height before the first block here: 0, or that of the snapshot by which the validator joined. */
  readonly base: bigint;
  /** Blocks after this height were executed again: 0 from genesis, else the oldest snapshot of a validator that joined by one. */
  readonly executedAfter: bigint;
  readonly height: bigint;
  readonly transactions: bigint;
  /** After the last block. */
  readonly appHash: Uint8Array;
  readonly logSize: bigint;
  /** App hash after each height, for comparing folders: index 0 is that of the first block here. */
  readonly appHashes: readonly Uint8Array[];
  readonly snapshots: readonly bigint[];
}

export type FolderVerdict =
  { readonly ok: true; readonly report: FolderReport } | { readonly ok: false; readonly sentence: string };

/** The first thing that is wrong; the message names file and offset. */
class Fault extends Error {}

interface Check {
  readonly options: FilesOptions;
  readonly origin: Origin | undefined;
  readonly executedAfter: bigint;
  readonly application: Application;
  readonly appHashes: Uint8Array[];
  chain: Chain;
  transactions: bigint;
}

function executeAgain({ application, chain, options }: Check, { block }: Content): ExecutionRecord {
  const record = execute(application, decidedBlockOf(block), chain.frontier, options.crypto);
  application.commit();
  return record;
}

/** One block: it decodes, follows from the chain, was decided by more than two thirds, and gives the recorded results again. */
function checkBlock(check: Check, stored: StoredBlock, position: Position): void {
  const { network, crypto, folder } = check.options;
  const where = `Block ${stored.height} in ${join(folder, segmentName(position.segment))} at offset ${position.offset}`;
  const content = parseContent(stored.content, crypto);
  if (content === undefined) throw new Fault(`${where} cannot be decoded.`);
  if (content.valueId !== stored.valueId) throw new Fault(`${where} is not the one that was decided.`);
  const fault = faultOf(network, check.chain, content, crypto);
  if (fault !== undefined) throw new Fault(`${where} is wrong: ${fault}.`);
  const commit = decodeCommit(stored.commit);
  if (commit === undefined) throw new Fault(`${where} has a commit that cannot be decoded.`);
  const { chainId } = network;
  const { set: validators } = setAt(check.chain.schedule, stored.height);
  const claim = { chainId, height: stored.height, blockId: content.id, commit, validators };
  const verdict = verifyCommit(claim, crypto);
  if (!verdict.ok) throw new Fault(`${where} is not decided: ${verdict.fault}.`);
  const record = check.executedAfter < stored.height ? executeAgain(check, content) : decodeExecution(stored.result);
  if (record === undefined || !equal(encodeExecution(record), stored.result))
    throw new Fault(`${where} has other results than executing it again gives.`);
  check.chain = extendChain(check.chain, { content, commit, record }, crypto);
  check.transactions += BigInt(txIdsOf(record).length / 32);
  check.appHashes.push(record.appHash);
}

function checkInputs(check: Check, inputs: readonly Parameters<typeof inputFromCbor>[0][]): void {
  const { network, crypto, folder } = check.options;
  const electorate = { network, set: setAt(check.chain.schedule, check.chain.height + 1n).set };
  for (const [index, value] of inputs.entries()) {
    const input = inputFromCbor(value);
    const isSigned =
      input !== undefined &&
      (input.kind !== 'vote' || isVoteSigned(electorate, input.signed, crypto)) &&
      (input.kind !== 'proposal' || isProposalSigned(electorate, input.signed, crypto));
    if (!isSigned) throw new Fault(`Consensus input ${index} of the height in progress in ${folder} does not verify.`);
  }
}

interface Restored {
  readonly application: Application;
  readonly frontier: Frontier;
}

function restore({ disk, network, createApplication }: FilesOptions, ref: SnapshotRef): Restored {
  const loaded = loadSnapshot(disk, network.genesisHash, ref);
  if (!loaded.ok) throw new Fault(loaded.sentence);
  const application = createApplication();
  const frontier = readManifest(loaded.snapshot.manifest)?.frontier;
  if (application.restore(loaded.snapshot) && frontier !== undefined) return { application, frontier };
  throw new Fault(`The snapshot ${ref.path} (offset 0) cannot be restored.`);
}

function checkSnapshots({ options, origin, appHashes }: Check): bigint[] {
  const base = origin?.height ?? 0n;
  return listSnapshots(options.disk, options.folder).map((ref) => {
    const expected = ref.height === origin?.height ? origin.appHash : appHashes[Number(ref.height - base) - 1];
    if (expected === undefined) throw new Fault(`The snapshot ${ref.path} (offset 0) is newer than the last block.`);
    if (!equal(restore(options, ref).application.info().appHash, expected)) {
      throw new Fault(`The snapshot ${ref.path} (offset 0) does not have the app hash of block ${ref.height}.`);
    }
    return ref.height;
  });
}

/** Genesis, or the oldest snapshot where the blocks before are not here. */
function begin(options: FilesOptions): Check {
  const { disk, folder, network, crypto } = options;
  const origin = readFolderOrigin(options);
  const common = { options, origin, appHashes: [], transactions: 0n };
  if (origin === undefined) {
    const application = options.createApplication();
    const chain = genesisChain(network, application.initChain().appHash, crypto);
    return { ...common, executedAfter: 0n, application, chain };
  }
  const oldest = listSnapshots(disk, folder).at(-1);
  if (oldest === undefined || oldest.height < origin.height) {
    const place = `${folder} began with a snapshot of height ${origin.height} (origin, offset 0)`;
    throw new Fault(`${place} and has none from there on.`);
  }
  const { application, frontier } = restore(options, oldest);
  // Blocks before the oldest snapshot bring their own.
  return { ...common, executedAfter: oldest.height, application, chain: origin.chainWith(frontier) };
}

function run(options: FilesOptions): FolderReport {
  const check = begin(options);
  const { origin, executedAfter } = check;
  const scan = scanBlockLog(journalOf(options, origin), (stored, position) => checkBlock(check, stored, position));
  if (scan.finding !== undefined) throw new Fault(scan.finding.sentence);
  checkInputs(check, scan.inputs);
  const snapshots = checkSnapshots(check);
  const { height, appHash, frontier } = check.chain;
  return {
    base: origin?.height ?? 0n,
    executedAfter,
    height,
    transactions: check.transactions,
    appHash,
    logSize: frontier.size,
    appHashes: check.appHashes,
    snapshots,
  };
}

/** Reads a validator's folder from its beginning: every block, commit and root by executing it again. Writes nothing. */
export function checkFolder(options: FilesOptions): FolderVerdict {
  try {
    return { ok: true, report: run(options) };
  } catch (error) {
    if (error instanceof Fault || error instanceof Halt) return { ok: false, sentence: error.message };
    throw error;
  }
}

/** For people and tests: one line of JSON. */
export function reportLine(report: FolderReport): string {
  return JSON.stringify({
    ok: true,
    base: report.base.toString(),
    executedAfter: report.executedAfter.toString(),
    height: report.height.toString(),
    transactions: report.transactions.toString(),
    appHash: toHex(report.appHash),
    logSize: report.logSize.toString(),
    snapshots: report.snapshots.map(String),
  });
}
