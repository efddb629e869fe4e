import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { methodOf } from '#ledger/contracts/definitions.ts';
import { sampleReceipt, sampleTransaction } from '#ledger/vectors/sample-receipt.ts';
import { NIL_BLOCK_ID } from './block-id.ts';
import { decodeBlock, encodeBlock, type Block } from './block.ts';
import { equal, fromHex } from './bytes.ts';
import { decodeCommit, EMPTY_COMMIT, encodeCommit } from './commit.ts';
import { nobleCrypto as crypto } from './crypto-noble.ts';
import { decodeDescriptor, encodeDescriptor } from './descriptor.ts';
import { decodeEvidence, duplicateVote, encodeEvidence, evidenceHash, verifyDuplicateVote } from './evidence.ts';
import { decodeHeader, encodeHeader } from './header.ts';
import { decodeLeaf, encodeLeaf } from './receipt.ts';
import { compileMethods, decodeTransaction, encodeTransaction } from './transaction.ts';
import { equalPowerSet } from './validator-set.ts';
import { decodeProposal, decodeVote, encodeProposal, encodeVote, PRECOMMIT, voteDigest, type Vote } from './vote.ts';

const receipt = sampleReceipt();
const methods = compileMethods([methodOf('Transfer'), methodOf('PublishResource'), methodOf('ReviseStrategy')], crypto);
const header = decodeHeader(fromHex(receipt.header)!)!;
const commit = decodeCommit(fromHex(receipt.commit)!)!;
const secretKey = new Uint8Array(32).fill(1);
const validators = equalPowerSet(
  [secretKey, new Uint8Array(32).fill(2)].map((one) => crypto.publicKey(one)),
  crypto,
);
const context = { chainId: header.chainId, validators, blockTimeNs: 5n };

function vote(blockId: Vote['blockId']): Vote {
  const validator = equalPowerSet([crypto.publicKey(secretKey)], crypto).validators[0]!.address;
  const unsigned = { type: PRECOMMIT, height: 8n, round: 2, blockId, timeNs: 1_500_000_000n } as const;
  const signature = crypto.sign(voteDigest(header.chainId, unsigned, crypto), secretKey);
  return { ...unsigned, validator, index: 3, signature };
}

const evidence = duplicateVote([vote(commit.blockId), vote(NIL_BLOCK_ID)], validators, 5n)!;
const block: Block = {
  header,
  transactions: [new Uint8Array(9), new Uint8Array(0)],
  evidence: [evidence],
  lastCommit: commit,
};
const proposal = {
  height: 8n,
  round: 2,
  polRound: -1,
  blockId: commit.blockId,
  timeNs: 7n,
  signature: new Uint8Array(64),
};

/** Every decoder of bytes from outside: a good input, and its re-encoding, undefined where the input is refused. */
const decoders: Record<string, { good: Uint8Array; again: (bytes: Uint8Array) => Uint8Array | undefined }> = {
  transaction: {
    good: encodeTransaction(sampleTransaction, methods.get('ReviseStrategy')!),
    again: (bytes) => {
      const decoded = decodeTransaction(bytes, methods);
      return decoded.ok ? encodeTransaction(decoded.value, methods.get(decoded.value.transaction.method)!) : undefined;
    },
  },
  leaf: {
    good: fromHex(receipt.leaf)!,
    again: (bytes) => {
      const decoded = decodeLeaf(bytes);
      return decoded.ok ? encodeLeaf(decoded.value) : undefined;
    },
  },
  descriptor: protobuf(encodeDescriptor({ path: '/v1/x', token: 't' }), decodeDescriptor, encodeDescriptor),
  header: protobuf(encodeHeader(header), decodeHeader, encodeHeader),
  commit: protobuf(encodeCommit(commit), decodeCommit, encodeCommit),
  vote: protobuf(encodeVote(vote(commit.blockId)), decodeVote, encodeVote),
  proposal: protobuf(encodeProposal(proposal), decodeProposal, encodeProposal),
  evidence: protobuf(encodeEvidence(evidence), decodeEvidence, encodeEvidence),
  block: protobuf(encodeBlock(block), decodeBlock, encodeBlock),
};

function protobuf<Value>(
  good: Uint8Array,
  decode: (bytes: Uint8Array) => Value | undefined,
  encode: (value: Value) => Uint8Array,
): (typeof decoders)[string] {
  return {
    good,
    again: (bytes) => {
      const value = decode(bytes);
      return value === undefined ? undefined : encode(value);
    },
  };
}

describe('bytes from outside', () => {
  test('what is read from a Buffer is plain bytes of its own', () => {
    const input = Buffer.from(encodeBlock(block));
    const read = decodeBlock(input)!;
    input.fill(0);
    expect(read).toEqual(block);
    expect(Object.getPrototypeOf(read.header.appHash)).toBe(Uint8Array.prototype);
  });

  test.each(Object.entries(decoders))(
    '%s: good bytes are read, and encoded again they are the same',
    (_name, codec) => {
      expect(codec.again(codec.good)).toEqual(codec.good);
    },
  );

  test.each(Object.entries(decoders))(
    '%s: 3,000 random and damaged inputs never throw, and what is read has one form',
    (_name, codec) => {
      const damaged = fc.tuple(fc.nat(), fc.integer({ min: 0, max: 255 }), fc.nat(3)).map(([position, byte, how]) => {
        const bytes = [...codec.good];
        const index = position % bytes.length;
        if (how === 0) bytes[index] = byte;
        else if (how === 1) bytes.splice(index, 1);
        else if (how === 2) bytes.splice(index, 0, byte);
        else bytes.length = index;
        return Uint8Array.from(bytes);
      });
      fc.assert(
        fc.property(
          fc.oneof({ weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) }, { weight: 4, arbitrary: damaged }),
          (bytes) => {
            const again = codec.again(bytes);
            expect(again === undefined || equal(again, bytes)).toBe(true);
          },
        ),
        { numRuns: 3_000 },
      );
    },
  );
});

describe('evidence of a duplicate vote', () => {
  test('holds for two signed votes of one validator, in either order of arrival [8.2.1-a]', () => {
    const [first, second] = [vote(commit.blockId), vote(NIL_BLOCK_ID)];
    expect(duplicateVote([second, first], validators, 5n)).toEqual(evidence);
    // The nil vote has the smaller key.
    expect(evidence.voteA).toEqual(second);
    expect(verifyDuplicateVote(evidence, context, crypto)).toBe(true);
    expect(evidenceHash([evidence], crypto)).not.toEqual(evidenceHash([], crypto));
  });

  test('does not hold for one vote twice, another round, a stranger, swapped votes or false figures [8.2.1-a]', () => {
    const one = vote(commit.blockId);
    expect(duplicateVote([one, one], validators, 5n)).toBeUndefined();
    expect(duplicateVote([one, { ...vote(NIL_BLOCK_ID), round: 3 }], validators, 5n)).toBeUndefined();
    const strangers = equalPowerSet([crypto.publicKey(new Uint8Array(32).fill(9))], crypto);
    expect(duplicateVote([one, vote(NIL_BLOCK_ID)], strangers, 5n)).toBeUndefined();
    const faults = [
      { ...evidence, voteA: evidence.voteB, voteB: evidence.voteA },
      { ...evidence, totalPower: 3n },
      { ...evidence, validatorPower: 2n },
      { ...evidence, timeNs: 6n },
      { ...evidence, voteB: { ...evidence.voteB, signature: evidence.voteA.signature } },
    ];
    for (const fault of faults) expect(verifyDuplicateVote(fault, context, crypto)).toBe(false);
  });

  test('the empty commit of block 1 is read back in its block', () => {
    const first = { ...block, lastCommit: EMPTY_COMMIT };
    expect(decodeBlock(encodeBlock(first))).toEqual(first);
  });
});
