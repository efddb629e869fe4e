import { blockIdOf, dataHash, decodeBlock, encodeBlock, type Block } from '#ledger/core/block.ts';
import { equalBlockId, NIL_BLOCK_ID, type BlockId } from '#ledger/core/block-id.ts';
import { equal } from '#ledger/core/bytes.ts';
import { commitHash, EMPTY_COMMIT, verifyCommit, type Commit } from '#ledger/core/commit.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { evidenceHash, type DuplicateVoteEvidence } from '#ledger/core/evidence.ts';
import { BLOCK_PROTOCOL, type Header } from '#ledger/core/header.ts';
import { EMPTY_FRONTIER, type Frontier } from '#ledger/core/merkle-log.ts';
import { resultsHash } from '#ledger/core/results.ts';
import { milliseconds, nanoseconds } from '#ledger/core/time.ts';
import { scheduleAfter, setAt, type ValidatorSchedule } from '#ledger/core/validator-schedule.ts';
import { validatorIndex } from '#ledger/core/validator-set.ts';
import type { ValueId } from '#ledger/consensus/types.ts';
import { frontierAfter, type DecidedBlock, type ExecutionRecord } from '#ledger/engines/execution.ts';
import { valueIdOfBlock, type Network } from './network.ts';

/** Version of the application's rules in every header (CometBFT's version.app). */
export const APP_VERSION = 1n;

/** What a validator must know of the chain so far to build and to check the next block. */
export interface Chain {
  /** Of the last decided block; 0 before the first. */
  readonly height: bigint;
  readonly blockId: BlockId;
  readonly timeMs: bigint;
  readonly appHash: Uint8Array;
  readonly resultsHash: Uint8Array;
  /** Precommits for the last block; late ones are added until the next block is built. */
  readonly commit: Commit;
  readonly frontier: Frontier;
  /** Exact up to two heights above this one. */
  readonly schedule: ValidatorSchedule;
  /** The next header must carry a new app hash: do not wait for a transaction. */
  readonly isHashNew: boolean;
  readonly moreDue: boolean;
  readonly nextDueMs: bigint | undefined;
}

/** A block with its encoding and id, as it travels and is stored. */
export interface Content {
  readonly block: Block;
  readonly encoded: Uint8Array;
  readonly id: BlockId;
  readonly valueId: ValueId;
}

export function genesisChain(network: Network, appHash: Uint8Array, crypto: Crypto): Chain {
  return {
    height: 0n,
    blockId: NIL_BLOCK_ID,
    timeMs: network.genesisTimeMs,
    appHash,
    resultsHash: resultsHash([], crypto),
    commit: EMPTY_COMMIT,
    frontier: EMPTY_FRONTIER,
    schedule: network.founders,
    isHashNew: true,
    moreDue: false,
    nextDueMs: undefined,
  };
}

export function extendChain(
  chain: Chain,
  decided: { readonly content: Content; readonly commit: Commit; readonly record: ExecutionRecord },
  crypto: Crypto,
): Chain {
  const { content, commit, record } = decided;
  const { height } = content.block.header;
  return {
    height,
    blockId: content.id,
    timeMs: milliseconds(content.block.header.timeNs),
    appHash: record.appHash,
    resultsHash: record.resultsHash,
    commit,
    frontier: frontierAfter(record, crypto),
    schedule: scheduleAfter(chain.schedule, { height, updates: record.validatorUpdates }, crypto),
    isHashNew: !equal(record.appHash, chain.appHash),
    moreDue: record.moreDue,
    nextDueMs: record.nextDueMs,
  };
}

/** The header that every correct validator expects for these parts. */
function expectedHeader(
  network: Network,
  chain: Chain,
  parts: Pick<Block, 'transactions' | 'evidence' | 'lastCommit'> & {
    readonly timeNs: bigint;
    readonly proposer: Uint8Array;
  },
  crypto: Crypto,
): Header {
  return {
    version: { block: BLOCK_PROTOCOL, app: APP_VERSION },
    chainId: network.chainId,
    height: chain.height + 1n,
    timeNs: parts.timeNs,
    lastBlockId: chain.blockId,
    lastCommitHash: commitHash(parts.lastCommit, crypto),
    dataHash: dataHash(parts.transactions, crypto),
    validatorsHash: setAt(chain.schedule, chain.height + 1n).hash,
    nextValidatorsHash: setAt(chain.schedule, chain.height + 2n).hash,
    consensusHash: network.consensusHash,
    appHash: chain.appHash,
    lastResultsHash: chain.resultsHash,
    evidenceHash: evidenceHash(parts.evidence, crypto),
    proposer: parts.proposer,
  };
}

function contentOf(block: Block, encoded: Uint8Array, crypto: Crypto): Content {
  const id = blockIdOf({ header: block.header, encoded }, crypto);
  return { block, encoded, id, valueId: valueIdOfBlock(id) };
}

export function buildBlock(
  network: Network,
  chain: Chain,
  parts: {
    readonly timeMs: bigint;
    readonly transactions: readonly Uint8Array[];
    readonly evidence: readonly DuplicateVoteEvidence[];
    readonly proposer: Uint8Array;
  },
  crypto: Crypto,
): Content {
  const { transactions, evidence, proposer } = parts;
  const body = { transactions, evidence, lastCommit: chain.commit };
  const header = expectedHeader(network, chain, { ...body, timeNs: nanoseconds(parts.timeMs), proposer }, crypto);
  const block = { header, ...body };
  return contentOf(block, encodeBlock(block), crypto);
}

/** What the application is given of a block. */
export function decidedBlockOf({ header, transactions, evidence }: Block): DecidedBlock {
  return {
    height: header.height,
    timeMs: milliseconds(header.timeNs),
    transactions,
    misbehavior: evidence.map(({ voteA, timeNs }) => ({
      validator: voteA.validator,
      height: voteA.height,
      timeMs: milliseconds(timeNs),
    })),
  };
}

/** Undefined when the bytes are no block. */
export function parseContent(encoded: Uint8Array, crypto: Crypto): Content | undefined {
  const block = decodeBlock(encoded);
  return block === undefined ? undefined : contentOf(block, encoded, crypto);
}

/**
 * Everything about a next block that does not need the application or a clock: the header follows from the chain, the last commit
 * verifies. A clause that names the first fault, or undefined. Evidence is the caller's.
 */
export function faultOf(network: Network, chain: Chain, { block }: Content, crypto: Crypto): string | undefined {
  const { header, lastCommit, transactions, evidence } = block;
  if (header.height !== chain.height + 1n) return `its height is ${header.height} and not ${chain.height + 1n}`;
  if (validatorIndex(setAt(chain.schedule, header.height).set, header.proposer) < 0)
    return 'its proposer is no validator';
  if (header.timeNs !== nanoseconds(milliseconds(header.timeNs))) return 'its time is not in whole milliseconds';
  if (milliseconds(header.timeNs) <= chain.timeMs) return 'its time is not after the block before';
  const { timeNs, proposer } = header;
  const expected = expectedHeader(network, chain, { transactions, evidence, lastCommit, timeNs, proposer }, crypto);
  const wrong = wrongField(header, expected);
  if (wrong !== undefined) return `its ${wrong} is not the one that follows from the chain`;
  if (chain.height === 0n) return lastCommit.signatures.length === 0 ? undefined : 'the first block carries a commit';
  const { chainId } = network;
  const { set: validators } = setAt(chain.schedule, chain.height);
  const claim = { chainId, height: chain.height, blockId: chain.blockId, commit: lastCommit, validators };
  const verdict = verifyCommit(claim, crypto);
  return verdict.ok ? undefined : `in its last commit ${verdict.fault}`;
}

const HASH_FIELDS = [
  'lastCommitHash',
  'dataHash',
  'validatorsHash',
  'nextValidatorsHash',
  'consensusHash',
  'appHash',
  'lastResultsHash',
  'evidenceHash',
] as const;

function wrongField(header: Header, expected: Header): string | undefined {
  if (header.version.block !== expected.version.block || header.version.app !== expected.version.app) return 'version';
  if (header.chainId !== expected.chainId) return 'chain id';
  if (!equalBlockId(header.lastBlockId, expected.lastBlockId)) return 'last block id';
  return HASH_FIELDS.find((field) => !equal(header[field], expected[field]));
}
