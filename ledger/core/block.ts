import type { BlockId } from './block-id.ts';
import { equal } from './bytes.ts';
import { decodeCommit, EMPTY_COMMIT, encodeCommit, type Commit } from './commit.ts';
import type { Crypto } from './crypto.ts';
import { decodeEvidence, encodeEvidence, EVIDENCE_MAX, type DuplicateVoteEvidence } from './evidence.ts';
import { decodeHeader, encodeHeader, headerHash, type Header } from './header.ts';
import { merkleRoot } from './merkle.ts';
import { partSetHeader } from './part-set.ts';
import { message, putInt64, putMessage, readBytes, readFields, readMessage } from './proto.ts';

/** tendermint.types.Block. */
export interface Block {
  readonly header: Header;
  readonly transactions: readonly Uint8Array[];
  readonly evidence: readonly DuplicateVoteEvidence[];
  /** Of the previous height; EMPTY_COMMIT at height 1. */
  readonly lastCommit: Commit;
}

/** Bound of an encoded block: 4 MiB of transactions, and header, commit and evidence. */
export const BLOCK_BYTES_MAX = 5 * 1_024 * 1_024;

function encodeData(transactions: readonly Uint8Array[]): Uint8Array {
  return message((writer) => {
    for (const transaction of transactions) putMessage(writer, 1, transaction);
  });
}

function encodeEvidenceList(list: readonly DuplicateVoteEvidence[]): Uint8Array {
  return message((writer) => {
    // tendermint.types.Evidence: field 1 of the oneof is duplicate_vote_evidence.
    for (const evidence of list) {
      putMessage(
        writer,
        1,
        message((one) => putMessage(one, 1, encodeEvidence(evidence))),
      );
    }
  });
}

export function encodeBlock(block: Block): Uint8Array {
  return message((writer) => {
    putMessage(writer, 1, encodeHeader(block.header));
    putMessage(writer, 2, encodeData(block.transactions));
    putMessage(writer, 3, encodeEvidenceList(block.evidence));
    putMessage(writer, 4, encodeCommit(block.lastCommit));
  });
}

/** data_hash of a header: the leaves are the transactions' SHA-256 hashes. */
export function dataHash(transactions: readonly Uint8Array[], crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return merkleRoot(
    transactions.map((transaction) => crypto.sha256(transaction)),
    crypto,
  );
}

/** Id of a block from the block and its encoding, which the caller has at hand. */
export function blockIdOf(
  block: { readonly header: Header; readonly encoded: Uint8Array },
  crypto: Pick<Crypto, 'sha256'>,
): BlockId {
  return { hash: headerHash(block.header, crypto), parts: partSetHeader(block.encoded, crypto) };
}

function decodeData(bytes: Uint8Array): Uint8Array[] | undefined {
  const transactions: Uint8Array[] = [];
  const isRead = readFields(bytes, { 1: readBytes(BLOCK_BYTES_MAX, (value) => void transactions.push(value)) });
  return isRead ? transactions : undefined;
}

function decodeEvidenceList(bytes: Uint8Array): DuplicateVoteEvidence[] | undefined {
  const list: DuplicateVoteEvidence[] = [];
  const decodeOne = (one: Uint8Array): DuplicateVoteEvidence | undefined => {
    let evidence: DuplicateVoteEvidence | undefined;
    const isRead = readFields(one, { 1: readMessage(decodeEvidence, (value) => void (evidence = value)) });
    return isRead ? evidence : undefined;
  };
  const isRead = readFields(bytes, { 1: readMessage(decodeOne, (value) => list.push(value) <= EVIDENCE_MAX) });
  return isRead ? list : undefined;
}

const emptyCommitBytes = encodeCommit(EMPTY_COMMIT);

/** A block exactly as `encodeBlock` writes it; undefined for anything else. Hashes and signatures are not checked here. */
export function decodeBlock(bytes: Uint8Array): Block | undefined {
  if (bytes.length > BLOCK_BYTES_MAX) return undefined;
  let header: Header | undefined;
  let transactions: Uint8Array[] | undefined;
  let evidence: DuplicateVoteEvidence[] | undefined;
  let lastCommit: Commit | undefined;
  const decodeLastCommit = (commit: Uint8Array): Commit | undefined =>
    equal(commit, emptyCommitBytes) ? EMPTY_COMMIT : decodeCommit(commit);
  const isRead = readFields(bytes, {
    1: readMessage(decodeHeader, (value) => void (header = value)),
    2: readMessage(decodeData, (value) => void (transactions = value)),
    3: readMessage(decodeEvidenceList, (value) => void (evidence = value)),
    4: readMessage(decodeLastCommit, (value) => void (lastCommit = value)),
  });
  if (!isRead || !header || !transactions || !evidence || !lastCommit) return undefined;
  const block = { header, transactions, evidence, lastCommit };
  return equal(encodeBlock(block), bytes) ? block : undefined;
}

/** The header of an encoded block, without a look at what stands behind it; undefined when the block does not begin with one. */
export function headerOfBlock(bytes: Uint8Array): Header | undefined {
  let header: Header | undefined;
  readFields(bytes, { 1: readMessage(decodeHeader, (value) => ((header = value), false)) });
  return header;
}

/** consensus_hash of a header (tendermint.types.HashedParams). */
export function consensusParametersHash(
  parameters: { readonly blockBytesMax: bigint; readonly blockGasMax: bigint },
  crypto: Pick<Crypto, 'sha256'>,
): Uint8Array {
  return crypto.sha256(
    message((writer) => {
      putInt64(writer, 1, parameters.blockBytesMax);
      putInt64(writer, 2, parameters.blockGasMax);
    }),
  );
}
