import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { NIL_BLOCK_ID } from './block-id.ts';
import { blockIdOf, encodeBlock } from './block.ts';
import { fromHex, toHex } from './bytes.ts';
import { commitHash, commitOf } from './commit.ts';
import { nobleCrypto as crypto } from './crypto-noble.ts';
import { decodeEvidence, duplicateVote, encodeEvidence, evidenceHash, verifyDuplicateVote } from './evidence.ts';
import { decodeHeader, encodeHeader, headerHash } from './header.ts';
import { nanoseconds } from './time.ts';
import { equalPowerSet, validatorSetHash } from './validator-set.ts';
import { decodeVote, encodeProposal, encodeVote, PRECOMMIT, proposalSignBytes, voteSignBytes } from './vote.ts';

interface Golden {
  chainId: string;
  blockId: { hash: string; total: number; partsHash: string };
  proposals: { polRound: number; signBytes: string; bytes: string }[];
  votes: { type: 1 | 2; round: number; isNil: boolean; signBytes: string; bytes: string }[];
  signer: string;
  validators: string[];
  validatorHash: string;
  evidence: string;
  evidenceHash: string;
  lastCommitHash: string;
  header: string;
  blockHash: string;
  blockSha256: string;
  parts: { total: number; hash: string };
}

const golden = JSON.parse(readFileSync(join(import.meta.dirname, '../vectors/cometbft/golden.json'), 'utf8')) as Golden;
const hex = (text: string): Uint8Array => fromHex(text)!;
const blockId = {
  hash: hex(golden.blockId.hash),
  parts: { total: golden.blockId.total, hash: hex(golden.blockId.partsHash) },
};
const timeNs = nanoseconds(1_795_435_200_123n);
const validators = equalPowerSet(golden.validators.map(hex), crypto);
const votes = golden.votes.map(({ bytes }) => decodeVote(hex(bytes))!);
const find = (isNil: boolean): (typeof votes)[number] =>
  votes[golden.votes.findIndex((vote) => vote.type === PRECOMMIT && vote.round === 6 && vote.isNil === isNil)]!;

describe('what CometBFT 0.40 itself computed (ledger/vectors/cometbft)', () => {
  test('proposals: the same sign bytes and encoding [8.2.1-a]', () => {
    for (const { polRound, signBytes, bytes } of golden.proposals) {
      const proposal = { height: 77n, round: 5, polRound, blockId, timeNs, signature: new Uint8Array(64) };
      expect(toHex(proposalSignBytes(golden.chainId, proposal))).toBe(signBytes);
      expect(toHex(encodeProposal(proposal))).toBe(bytes);
    }
  });

  test('votes for a block and for nil: the same sign bytes and encoding [8.2.1-a]', () => {
    golden.votes.forEach(({ type, round, isNil, signBytes, bytes }, i) => {
      const vote = votes[i]!;
      expect(vote).toMatchObject({
        type,
        round,
        height: 77n,
        index: 2,
        timeNs,
        blockId: isNil ? NIL_BLOCK_ID : blockId,
      });
      expect(toHex(voteSignBytes(golden.chainId, vote))).toBe(signBytes);
      expect(toHex(encodeVote(vote))).toBe(bytes);
    });
  });

  test('an equal-power set: the same hash and order [8.2.1-a]', () => {
    expect(validators.validators.map(({ publicKey }) => toHex(publicKey))).toEqual(golden.validators);
    expect(toHex(validatorSetHash(validators, crypto))).toBe(golden.validatorHash);
  });

  test('evidence: the same order of votes, bytes and hash, and it verifies [8.2.1-a]', () => {
    const evidence = duplicateVote([find(false), find(true)], validators, timeNs)!;
    expect(toHex(encodeEvidence(evidence))).toBe(golden.evidence);
    expect(decodeEvidence(hex(golden.evidence))).toEqual(evidence);
    expect(toHex(evidenceHash([evidence], crypto))).toBe(golden.evidenceHash);
    expect(verifyDuplicateVote(evidence, { chainId: golden.chainId, validators, blockTimeNs: timeNs }, crypto)).toBe(
      true,
    );
  });

  test('a block of several parts with evidence, an empty transaction, nil and absent votes: the same bytes [8.2.1-a]', () => {
    const header = decodeHeader(hex(golden.header))!;
    expect(toHex(encodeHeader(header))).toBe(golden.header);
    expect(toHex(headerHash(header, crypto))).toBe(golden.blockHash);
    const lastCommit = commitOf({ height: 77n, round: 6, blockId }, [find(false), find(true), undefined]);
    expect(toHex(commitHash(lastCommit, crypto))).toBe(golden.lastCommitHash);
    const transactions = [Uint8Array.from(Buffer.from('first')), new Uint8Array(0), new Uint8Array(200_000)];
    const encoded = encodeBlock({
      header,
      transactions,
      evidence: [decodeEvidence(hex(golden.evidence))!],
      lastCommit,
    });
    expect(toHex(crypto.sha256(encoded))).toBe(golden.blockSha256);
    const { parts } = blockIdOf({ header, encoded }, crypto);
    expect({ total: parts.total, hash: toHex(parts.hash) }).toEqual(golden.parts);
  });
});
