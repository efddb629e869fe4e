import type { Application } from '#ledger/abci/application.ts';
import { decodeCommit, encodeCommit, FOR_BLOCK, type Commit } from '#ledger/core/commit.ts';
import type { CommittedBlock } from '#ledger/core/committed.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { milliseconds } from '#ledger/core/time.ts';
import type { ValidatorSet } from '#ledger/core/validator-set.ts';
import { executedItems } from '#ledger/engines/executed-items.ts';
import { decodeExecution, encodeExecution, execute, txIdsOf, type ExecutionRecord } from '#ledger/engines/execution.ts';
import type { BlockLog, StoredBlock } from '#ledger/storage/block-log.ts';
import { StorageHalt } from '#ledger/storage/halt.ts';
import { decidedBlockOf, extendChain, parseContent, type Chain, type Content } from './chain.ts';

/** A decided block with what it left behind, read back from the log. */
export interface StoredDecision {
  readonly content: Content;
  readonly commit: Commit;
  readonly record: ExecutionRecord;
}

/** Halts with a sentence when a stored block is not one: its checksum was good, so a program wrote it wrong. */
export function readDecision(stored: StoredBlock, crypto: Crypto): StoredDecision {
  const content = parseContent(stored.content, crypto);
  const commit = decodeCommit(stored.commit);
  const record = decodeExecution(stored.result);
  if (content === undefined || commit === undefined || record === undefined) {
    throw new StorageHalt(`The stored block ${stored.height} cannot be decoded.`);
  }
  return { content, commit, record };
}

/**
 * Executes a decided block, commits the application, writes both down and extends the chain. `executed` hears of the result before it is
 * written: what is lost with an unsynced record is decided again from the synced precommits, so nobody need wait for the record.
 */
export function applyDecision(
  chain: Chain,
  decided: { readonly content: Content; readonly commit: Commit },
  parts: { readonly application: Application; readonly log: BlockLog; readonly crypto: Crypto },
  executed: (height: bigint, record: ExecutionRecord) => void,
): { chain: Chain; record: ExecutionRecord } {
  const { application, log, crypto } = parts;
  const { content, commit } = decided;
  const { height } = content.block.header;
  const record = execute(application, decidedBlockOf(content.block), chain.frontier, crypto);
  application.commit();
  executed(height, record);
  const next = extendChain(chain, { content, commit, record }, crypto);
  log.decide({
    height,
    valueId: content.valueId,
    round: commit.round,
    commit: encodeCommit(commit),
    content: content.encoded,
    txIds: txIdsOf(record),
    logSize: next.frontier.size,
    result: encodeExecution(record),
  });
  return { chain: next, record };
}

/**
 * The block as its readers get it: nothing in it depends on which validator answers, so two nodes make the same rows of it. The set is
 * that of the block before, whose commit this one carries.
 */
export function committedBlock(decision: StoredDecision, previous: ValidatorSet): CommittedBlock {
  const { content, record } = decision;
  const { header, lastCommit, evidence } = content.block;
  return {
    height: header.height,
    hash: content.id.hash,
    timeMs: milliseconds(header.timeNs),
    proposer: header.proposer,
    lastRound: lastCommit.round,
    appHash: record.appHash,
    signers: lastCommit.signatures.map((each, index) => ({
      address: previous.validators[index]?.address ?? each.validator,
      signed: each.flag === FOR_BLOCK,
    })),
    evidence: evidence.length,
    items: executedItems(record, content.block.transactions),
  };
}
