import { decodeBlockId, encodeBlockId, equalBlockId, isComplete, NIL_BLOCK_ID, type BlockId } from './block-id.ts';
import { EMPTY_BYTES, equal } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { headerHash, type Header } from './header.ts';
import { merkleRoot } from './merkle.ts';
import {
  message,
  putBytes,
  putInt32,
  putInt64,
  putMessage,
  readBytes,
  readFields,
  readMessage,
  readSmall,
  readVarint,
} from './proto.ts';
import { decodeTimestamp, encodeTimestamp, ZERO_TIME_NS } from './time.ts';
import { isQuorum, type ValidatorSet } from './validator-set.ts';
import { ADDRESS_BYTES, PRECOMMIT, SIGNATURE_BYTES, VALIDATORS_MAX, voteDigest, type Vote } from './vote.ts';

/** BlockIDFlag of CometBFT. */
export const ABSENT = 1;
export const FOR_BLOCK = 2;
export const FOR_NIL = 3;

/** One validator's precommit in a commit, at the validator's position in the set. */
export interface CommitSignature {
  readonly flag: typeof ABSENT | typeof FOR_BLOCK | typeof FOR_NIL;
  /** 20 bytes, none when absent. */
  readonly validator: Uint8Array;
  readonly timeNs: bigint;
  /** 64 bytes, none when absent. */
  readonly signature: Uint8Array;
}

/** Precommits that decided a block, one entry for each validator of its height. */
export interface Commit {
  readonly height: bigint;
  readonly round: number;
  readonly blockId: BlockId;
  readonly signatures: readonly CommitSignature[];
}

/** What block 1 carries. */
export const EMPTY_COMMIT: Commit = { height: 0n, round: 0, blockId: NIL_BLOCK_ID, signatures: [] };

export const ABSENT_SIGNATURE: CommitSignature = {
  flag: ABSENT,
  validator: EMPTY_BYTES,
  timeNs: ZERO_TIME_NS,
  signature: EMPTY_BYTES,
};

/** Commit of the precommits of one height and round; the votes are verified and at their validators' positions or undefined. */
export function commitOf(
  decided: { readonly height: bigint; readonly round: number; readonly blockId: BlockId },
  precommits: readonly (Vote | undefined)[],
): Commit {
  const signatures = precommits.map((vote): CommitSignature => {
    if (vote === undefined) return ABSENT_SIGNATURE;
    const { validator, timeNs, signature } = vote;
    if (equalBlockId(vote.blockId, decided.blockId)) return { flag: FOR_BLOCK, validator, timeNs, signature };
    // A precommit for another block cannot be expressed in a commit; CometBFT leaves it out too.
    return isComplete(vote.blockId) ? ABSENT_SIGNATURE : { flag: FOR_NIL, validator, timeNs, signature };
  });
  return { ...decided, signatures };
}

function encodeCommitSignature(signature: CommitSignature): Uint8Array {
  return message((writer) => {
    putInt32(writer, 1, signature.flag);
    putBytes(writer, 2, signature.validator);
    putMessage(writer, 3, encodeTimestamp(signature.timeNs));
    putBytes(writer, 4, signature.signature);
  });
}

export function encodeCommit(commit: Commit): Uint8Array {
  return message((writer) => {
    putInt64(writer, 1, commit.height);
    putInt32(writer, 2, commit.round);
    putMessage(writer, 3, encodeBlockId(commit.blockId));
    for (const signature of commit.signatures) putMessage(writer, 4, encodeCommitSignature(signature));
  });
}

/** last_commit_hash of the next header. */
export function commitHash(commit: Commit, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return merkleRoot(commit.signatures.map(encodeCommitSignature), crypto);
}

function decodeCommitSignature(bytes: Uint8Array): CommitSignature | undefined {
  let flag = 0;
  let validator = EMPTY_BYTES;
  let timeNs = 0n;
  let signature = EMPTY_BYTES;
  const isRead = readFields(bytes, {
    1: readSmall((value) => void (flag = value)),
    2: readBytes(ADDRESS_BYTES, (value) => void (validator = value)),
    3: readMessage(decodeTimestamp, (value) => void (timeNs = value)),
    4: readBytes(SIGNATURE_BYTES, (value) => void (signature = value)),
  });
  if (!isRead) return undefined;
  if (flag === ABSENT) {
    const isBlank = validator.length === 0 && signature.length === 0 && timeNs === ZERO_TIME_NS;
    return isBlank ? ABSENT_SIGNATURE : undefined;
  }
  if (flag !== FOR_BLOCK && flag !== FOR_NIL) return undefined;
  if (validator.length !== ADDRESS_BYTES || signature.length !== SIGNATURE_BYTES) return undefined;
  return { flag, validator, timeNs, signature };
}

/** A commit exactly as `encodeCommit` writes it; undefined for anything else. Signatures are not checked here. */
export function decodeCommit(bytes: Uint8Array): Commit | undefined {
  let height = 0n;
  let round = 0;
  let blockId: BlockId | undefined;
  const signatures: CommitSignature[] = [];
  const isRead = readFields(bytes, {
    1: readVarint((value) => ((height = value), value > 0n)),
    2: readSmall((value) => void (round = value)),
    3: readMessage(decodeBlockId, (value) => void (blockId = value)),
    4: readMessage(decodeCommitSignature, (value) => signatures.push(value) <= VALIDATORS_MAX),
  });
  if (!isRead || blockId === undefined) return undefined;
  const commit = { height, round, blockId, signatures };
  return equal(encodeCommit(commit), bytes) ? commit : undefined;
}

export type CommitVerdict =
  | { readonly ok: true; /** Power behind the block. */ readonly power: bigint }
  | { readonly ok: false; /** What does not hold, a clause for people. */ readonly fault: string };

/**
 * More than two thirds of the set's power signed this block at this height: every signature that is there is checked, also those for
 * nil, and only those for the block count.
 */
export function verifyCommit(
  claim: {
    readonly chainId: string;
    readonly height: bigint;
    readonly blockId: BlockId;
    readonly commit: Commit;
    readonly validators: ValidatorSet;
  },
  crypto: Crypto,
): CommitVerdict {
  const { chainId, commit, validators } = claim;
  if (commit.height !== claim.height) return refused('the commit is for another height');
  if (!isComplete(claim.blockId) || !equalBlockId(commit.blockId, claim.blockId)) {
    return refused('the commit is for another block');
  }
  if (commit.signatures.length !== validators.validators.length) {
    return refused('the commit has not one entry for each validator');
  }
  let power = 0n;
  for (let i = 0; i < commit.signatures.length; i++) {
    const entry = commit.signatures[i]!;
    const validator = validators.validators[i]!;
    if (entry.flag === ABSENT) continue;
    if (!equal(entry.validator, validator.address)) return refused(`signature ${i} names another validator`);
    const blockId = entry.flag === FOR_BLOCK ? commit.blockId : NIL_BLOCK_ID;
    const vote = {
      type: PRECOMMIT,
      height: commit.height,
      round: commit.round,
      blockId,
      timeNs: entry.timeNs,
    } as const;
    if (!crypto.verify(voteDigest(chainId, vote, crypto), entry.signature, validator.publicKey)) {
      return refused(`signature ${i} does not verify`);
    }
    if (entry.flag === FOR_BLOCK) power += validator.power;
  }
  return isQuorum(power, validators)
    ? { ok: true, power }
    : refused('two thirds of the power or less signed the block');
}

/**
 * The same of a header without its block. The part set is not in the header; its header is signed with the hash, and the commit carries
 * both.
 */
export function verifyHeaderCommit(
  claim: { readonly header: Header; readonly commit: Commit; readonly validators: ValidatorSet },
  crypto: Crypto,
): CommitVerdict {
  const { header, commit, validators } = claim;
  const { chainId, height } = header;
  const blockId = { hash: headerHash(header, crypto), parts: commit.blockId.parts };
  return verifyCommit({ chainId, height, blockId, commit, validators }, crypto);
}

function refused(fault: string): CommitVerdict {
  return { ok: false, fault };
}
