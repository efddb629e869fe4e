import { encodePartSetHeader, equalBlockId, type BlockId } from './block-id.ts';
import { compare, concat, equal } from './bytes.ts';
import type { Crypto } from './crypto.ts';
import { merkleRoot } from './merkle.ts';
import { message, putInt64, putMessage, readFields, readMessage, readVarint } from './proto.ts';
import { decodeTimestamp, encodeTimestamp } from './time.ts';
import { validatorIndex, type ValidatorSet } from './validator-set.ts';
import { decodeVote, encodeVote, voteDigest, type Vote } from './vote.ts';

/** Two votes of one validator for one height, round and type that name different blocks. */
export interface DuplicateVoteEvidence {
  /** The vote with the smaller block id key comes first. */
  readonly voteA: Vote;
  readonly voteB: Vote;
  readonly totalPower: bigint;
  readonly validatorPower: bigint;
  /** Time of the block at the votes' height. */
  readonly timeNs: bigint;
}

/** Most pieces of evidence in a block. */
export const EVIDENCE_MAX = 64;

/** Evidence of two conflicting votes, in the standard's order; undefined when they do not conflict or the signer is not in the set. */
export function duplicateVote(
  votes: readonly [Vote, Vote],
  set: ValidatorSet,
  blockTimeNs: bigint,
): DuplicateVoteEvidence | undefined {
  const [first, second] = votes;
  const index = validatorIndex(set, first.validator);
  if (index < 0 || !isConflict(first, second)) return undefined;
  const isInOrder = compare(blockIdKey(first.blockId), blockIdKey(second.blockId)) < 0;
  return {
    voteA: isInOrder ? first : second,
    voteB: isInOrder ? second : first,
    totalPower: set.totalPower,
    validatorPower: set.validators[index]!.power,
    timeNs: blockTimeNs,
  };
}

/** BlockID.Key of CometBFT, which orders the two votes. */
function blockIdKey(id: BlockId): Uint8Array {
  return concat(id.hash, encodePartSetHeader(id.parts));
}

function isConflict(first: Vote, second: Vote): boolean {
  return (
    first.height === second.height &&
    first.round === second.round &&
    first.type === second.type &&
    equal(first.validator, second.validator) &&
    !equalBlockId(first.blockId, second.blockId)
  );
}

/** True when the two votes conflict, are in order, were both signed by a member of the set, and powers and time are the recorded ones. */
export function verifyDuplicateVote(
  evidence: DuplicateVoteEvidence,
  context: { readonly chainId: string; readonly validators: ValidatorSet; readonly blockTimeNs: bigint },
  crypto: Crypto,
): boolean {
  const { voteA, voteB } = evidence;
  const expected = duplicateVote([voteA, voteB], context.validators, context.blockTimeNs);
  if (expected === undefined || expected.voteA !== voteA) return false;
  if (evidence.totalPower !== expected.totalPower || evidence.validatorPower !== expected.validatorPower) return false;
  if (evidence.timeNs !== expected.timeNs) return false;
  const { publicKey } = context.validators.validators[validatorIndex(context.validators, voteA.validator)]!;
  return [voteA, voteB].every((vote) =>
    crypto.verify(voteDigest(context.chainId, vote, crypto), vote.signature, publicKey),
  );
}

/** tendermint.types.DuplicateVoteEvidence. */
export function encodeEvidence(evidence: DuplicateVoteEvidence): Uint8Array {
  return message((writer) => {
    putMessage(writer, 1, encodeVote(evidence.voteA));
    putMessage(writer, 2, encodeVote(evidence.voteB));
    putInt64(writer, 3, evidence.totalPower);
    putInt64(writer, 4, evidence.validatorPower);
    putMessage(writer, 5, encodeTimestamp(evidence.timeNs));
  });
}

/** Evidence exactly as `encodeEvidence` writes it; undefined for anything else. */
export function decodeEvidence(bytes: Uint8Array): DuplicateVoteEvidence | undefined {
  let voteA: Vote | undefined;
  let voteB: Vote | undefined;
  let totalPower = 0n;
  let validatorPower = 0n;
  let timeNs = 0n;
  const isRead = readFields(bytes, {
    1: readMessage(decodeVote, (value) => void (voteA = value)),
    2: readMessage(decodeVote, (value) => void (voteB = value)),
    3: readVarint((value) => ((totalPower = value), value > 0n)),
    4: readVarint((value) => ((validatorPower = value), value > 0n)),
    5: readMessage(decodeTimestamp, (value) => void (timeNs = value)),
  });
  if (!isRead || voteA === undefined || voteB === undefined) return undefined;
  const evidence = { voteA, voteB, totalPower, validatorPower, timeNs };
  return equal(encodeEvidence(evidence), bytes) ? evidence : undefined;
}

/** evidence_hash of a header. */
export function evidenceHash(list: readonly DuplicateVoteEvidence[], crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return merkleRoot(list.map(encodeEvidence), crypto);
}
