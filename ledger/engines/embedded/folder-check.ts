import { join } from 'node:path';
import type { Application } from '#ledger/abci/application.ts';
import { equal, toHex } from '#ledger/core/bytes.ts';
import { decodeCommit, verifyCommit } from '#ledger/core/commit.ts';
import { setAt } from '#ledger/core/validator-schedule.ts';
import { scanBlockLog, type StoredBlock } from '#ledger/storage/block-log.ts';
import type { Position } from '#ledger/storage/journal-scan.ts';
import { StorageHalt } from '#ledger/storage/halt.ts';
import { segmentName } from '#ledger/storage/segment.ts';
import { listSnapshots, loadSnapshot } from '#ledger/storage/snapshot-store.ts';
import { decidedBlockOf, extendChain, faultOf, genesisChain, parseContent, type Chain } from './chain.ts';
import { encodeExecution, execute, txIdsOf } from '#ledger/engines/execution.ts';
import { inputFromCbor } from './inputs.ts';
import { isProposalSigned, isVoteSigned } from './network.ts';
import type { FilesOptions } from './validator-files.ts';

/** What a validator's folder holds when nothing is wrong with it. */
export interface FolderReport {
  readonly height: bigint;
  readonly transactions: bigint;
  /** After the last block. */
  readonly appHash: Uint8Array;
  readonly logSize: bigint;
  /** App hash after each height, for comparing folders: index 0 is height 1. */
  readonly appHashes: readonly Uint8Array[];
  readonly snapshots: readonly bigint[];
}

export type FolderVerdict =
  { readonly ok: true; readonly report: FolderReport } | { readonly ok: false; readonly sentence: string };

/** The first thing that is wrong; the message names file and offset. */
class Fault extends Error {}

interface Check {
  readonly options: FilesOptions;
  readonly application: Application;
  readonly appHashes: Uint8Array[];
  chain: Chain;
  transactions: bigint;
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
  const record = execute(check.application, decidedBlockOf(content.block), check.chain.frontier, crypto);
  check.application.commit();
  if (!equal(encodeExecution(record), stored.result))
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

function checkSnapshots(check: Check): bigint[] {
  const { disk, folder, network, createApplication } = check.options;
  return listSnapshots(disk, folder).map((ref) => {
    const loaded = loadSnapshot(disk, network.genesisHash, ref);
    if (!loaded.ok) throw new Fault(loaded.sentence);
    const expected = check.appHashes[Number(ref.height) - 1];
    if (expected === undefined) throw new Fault(`The snapshot ${ref.path} (offset 0) is newer than the last block.`);
    const application = createApplication();
    if (!application.restore(loaded.snapshot) || !equal(application.info().appHash, expected)) {
      throw new Fault(`The snapshot ${ref.path} (offset 0) does not have the app hash of block ${ref.height}.`);
    }
    return ref.height;
  });
}

function run(options: FilesOptions): FolderReport {
  const { disk, folder, network, crypto } = options;
  const application = options.createApplication();
  const chain = genesisChain(network, application.initChain().appHash, crypto);
  const check: Check = { options, application, appHashes: [], chain, transactions: 0n };
  const journal = { disk, folder, network: network.genesisHash };
  const scan = scanBlockLog(journal, (stored, position) => checkBlock(check, stored, position));
  if (scan.finding !== undefined) throw new Fault(scan.finding.sentence);
  checkInputs(check, scan.inputs);
  const snapshots = checkSnapshots(check);
  const { height, appHash, frontier } = check.chain;
  return {
    height,
    transactions: check.transactions,
    appHash,
    logSize: frontier.size,
    appHashes: check.appHashes,
    snapshots,
  };
}

/** Reads a validator's folder from genesis: every block, commit and root by executing it again. Writes nothing. */
export function checkFolder(options: FilesOptions): FolderVerdict {
  try {
    return { ok: true, report: run(options) };
  } catch (error) {
    if (error instanceof Fault || error instanceof StorageHalt) return { ok: false, sentence: error.message };
    throw error;
  }
}

/** For people and tests: one line of JSON. */
export function reportLine(report: FolderReport): string {
  return JSON.stringify({
    ok: true,
    height: report.height.toString(),
    transactions: report.transactions.toString(),
    appHash: toHex(report.appHash),
    logSize: report.logSize.toString(),
    snapshots: report.snapshots.map(String),
  });
}
