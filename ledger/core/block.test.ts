import { describe, expect, test } from 'vitest';
import { recordedChain } from '#ledger/vectors/recorded-chain.ts';
import { NIL_BLOCK_ID } from './block-id.ts';
import { blockIdOf, consensusParametersHash, dataHash, decodeBlock, encodeBlock } from './block.ts';
import { ABSENT, commitHash, decodeCommit, encodeCommit, verifyCommit, type Commit } from './commit.ts';
import { nobleCrypto as crypto } from './crypto-noble.ts';
import { evidenceHash } from './evidence.ts';
import { decodeHeader, encodeHeader, headerHash } from './header.ts';
import { resultsHash } from './results.ts';
import { validatorSetHash } from './validator-set.ts';
import { PRECOMMIT, voteDigest } from './vote.ts';

const chain = recordedChain();

describe.skipIf(chain === undefined)('a recorded CometBFT 0.40 chain', () => {
  test('every header, data, commit, evidence, parameter and validator-set hash is reproduced [8.2.1-a]', () => {
    expect(chain!.heights).toHaveLength(15);
    for (const { block, blockId, validators, recordedAddresses } of chain!.heights) {
      const { header } = block;
      expect(headerHash(header, crypto)).toEqual(blockId.hash);
      expect(dataHash(block.transactions, crypto)).toEqual(header.dataHash);
      expect(commitHash(block.lastCommit, crypto)).toEqual(header.lastCommitHash);
      expect(evidenceHash([], crypto)).toEqual(header.evidenceHash);
      expect(validatorSetHash(validators, crypto)).toEqual(header.validatorsHash);
      expect(validators.validators.map(({ address }) => address)).toEqual(recordedAddresses);
      expect(consensusParametersHash(chain!, crypto)).toEqual(header.consensusHash);
    }
  });

  test('every block is encoded to the bytes that its part set header commits to, and decoded back [8.2.1-a]', () => {
    for (const { block, blockId } of chain!.heights) {
      const encoded = encodeBlock(block);
      expect(blockIdOf({ header: block.header, encoded }, crypto)).toEqual(blockId);
      expect(decodeBlock(encoded)).toEqual(block);
      expect(decodeHeader(encodeHeader(block.header))).toEqual(block.header);
    }
  });

  test('the results of a height give the next header’s last_results_hash [8.2.1-a]', () => {
    const heights = new Map(chain!.heights.map((height) => [height.block.header.height, height]));
    let compared = 0;
    for (const { block, results } of chain!.heights) {
      const next = heights.get(block.header.height + 1n);
      if (next === undefined) continue;
      expect(resultsHash(results, crypto)).toEqual(next.block.header.lastResultsHash);
      compared += results.length;
    }
    expect(compared).toBeGreaterThan(20);
  });

  test('every commit signature verifies, absent ones and later rounds included [8.2.1-a]', () => {
    let signatures = 0;
    for (const { block, blockId, commit, validators } of chain!.heights) {
      const { chainId, height } = block.header;
      expect(verifyCommit({ chainId, height, blockId, commit, validators }, crypto)).toMatchObject({ ok: true });
      expect(decodeCommit(encodeCommit(commit))).toEqual(commit);
      for (const [index, entry] of commit.signatures.entries()) {
        if (entry.flag === ABSENT) continue;
        const vote = {
          type: PRECOMMIT,
          height,
          round: commit.round,
          blockId: NIL_BLOCK_ID,
          timeNs: entry.timeNs,
        } as const;
        const digest = voteDigest(chainId, { ...vote, blockId: commit.blockId }, crypto);
        expect(crypto.verify(digest, entry.signature, validators.validators[index]!.publicKey)).toBe(true);
        expect(
          crypto.verify(voteDigest(chainId, vote, crypto), entry.signature, validators.validators[index]!.publicKey),
        ).toBe(false);
        signatures += 1;
      }
    }
    expect(signatures).toBeGreaterThan(50);
  });

  test('a commit with another height, block, set, signer, time or too little power is refused [8.2.1-a]', () => {
    const { block, blockId, commit, validators } = chain!.heights[4]!;
    const claim = { chainId: block.header.chainId, height: block.header.height, blockId, commit, validators };
    const altered = (change: Partial<Commit>): typeof claim => ({ ...claim, commit: { ...commit, ...change } });
    const [first, second, ...rest] = commit.signatures;
    const faults = [
      { ...claim, height: claim.height + 1n },
      { ...claim, chainId: 'interpool-other' },
      { ...claim, blockId: { ...blockId, hash: crypto.sha256(blockId.hash) } },
      { ...claim, blockId: NIL_BLOCK_ID, commit: { ...commit, blockId: NIL_BLOCK_ID } },
      altered({ round: commit.round + 1 }),
      altered({ signatures: commit.signatures.slice(1) }),
      altered({ signatures: [second!, first!, ...rest] }),
      altered({ signatures: [{ ...first!, timeNs: first!.timeNs + 1n }, second!, ...rest] }),
      altered({
        signatures: commit.signatures.map((entry, index) =>
          index < 2 ? { flag: ABSENT, validator: new Uint8Array(0), timeNs: 0n, signature: new Uint8Array(0) } : entry,
        ),
      }),
    ];
    expect(verifyCommit(claim, crypto)).toMatchObject({ ok: true });
    for (const fault of faults) expect(verifyCommit(fault, crypto)).toMatchObject({ ok: false });
  });
});
