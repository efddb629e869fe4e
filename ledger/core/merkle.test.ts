import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { foreignVectors } from '#ledger/vectors/foreign.ts';
import { MerkleLog } from '#ledger/vectors/merkle-log.ts';
import { fromHex, toHex } from './bytes.ts';
import { nobleCrypto as crypto } from './crypto-noble.ts';
import { append, EMPTY_FRONTIER, frontierRoot, isFrontier } from './merkle-log.ts';
import { leafHash, merkleRoot, nodeHash, rootFromInclusion, verifyConsistency, verifyInclusion } from './merkle.ts';

interface InclusionCase {
  file: string;
  leafIdx: number;
  treeSize: number;
  root: string;
  leafHash: string;
  proof: string[] | null;
  wantErr: boolean;
}
interface ConsistencyCase {
  file: string;
  size1: number;
  size2: number;
  root1: string;
  root2: string;
  proof: string[] | null;
  wantErr: boolean;
}
interface Constants {
  hash: { op: string; inputHex: string; leftHex: string; rightHex: string; want: string }[];
  leafInputsHex: string[];
  rootHashBySize: string[];
}

const inclusion = foreignVectors('merkle-rfc6962/inclusion.json') as InclusionCase[] | undefined;
const consistency = foreignVectors('merkle-rfc6962/consistency.json') as ConsistencyCase[] | undefined;
const constants = foreignVectors('merkle-rfc6962/hashes-and-roots.json') as Constants | undefined;
const base64 = (text: string): Uint8Array => Uint8Array.from(Buffer.from(text, 'base64'));

describe('RFC 6962 trees', () => {
  test.skipIf(constants === undefined)('hashes and roots equal the foreign constants [8.3.1-b]', () => {
    for (const { op, inputHex, leftHex, rightHex, want } of constants!.hash) {
      const hash =
        op === 'leaf'
          ? leafHash(fromHex(inputHex)!, crypto)
          : op === 'node'
            ? nodeHash(fromHex(leftHex)!, fromHex(rightHex)!, crypto)
            : merkleRoot([], crypto);
      expect(toHex(hash)).toBe(want);
    }
    const leaves = constants!.leafInputsHex.map((hex) => fromHex(hex)!);
    let frontier = EMPTY_FRONTIER;
    const log = new MerkleLog(crypto);
    constants!.rootHashBySize.forEach((root, size) => {
      expect(toHex(merkleRoot(leaves.slice(0, size), crypto))).toBe(root);
      expect(toHex(frontierRoot(frontier, crypto))).toBe(root);
      expect(toHex(log.root())).toBe(root);
      if (size < leaves.length) {
        frontier = append(frontier, leaves[size]!, crypto);
        log.append(leaves[size]!);
      }
    });
  });

  test.skipIf(inclusion === undefined)('98 foreign inclusion cases are judged as their suite says [8.3.1-b]', () => {
    expect(inclusion).toHaveLength(98);
    for (const { file, leafIdx, treeSize, root, leafHash: leaf, proof, wantErr } of inclusion!) {
      const claim = {
        index: BigInt(leafIdx),
        size: BigInt(treeSize),
        leafHash: base64(leaf),
        path: (proof ?? []).map(base64),
      };
      expect(verifyInclusion(claim, base64(root), crypto), file).toBe(!wantErr);
    }
  });

  test.skipIf(consistency === undefined)(
    '98 foreign consistency cases are judged as their suite says [8.3.1-b]',
    () => {
      expect(consistency).toHaveLength(98);
      for (const { file, size1, size2, root1, root2, proof, wantErr } of consistency!) {
        const claim = {
          from: BigInt(size1),
          to: BigInt(size2),
          fromRoot: base64(root1),
          toRoot: base64(root2),
          proof: (proof ?? []).map(base64),
        };
        expect(verifyConsistency(claim, crypto), file).toBe(!wantErr);
      }
    },
  );

  test('every leaf is proved at every size, every older size is consistent, and nothing else is [8.3.1-b]', () => {
    const log = new MerkleLog(crypto);
    const leaves = Array.from({ length: 40 }, (_, i) => Uint8Array.of(i, i >> 1));
    for (const leaf of leaves) log.append(leaf);
    for (let size = 1; size <= leaves.length; size++) {
      const root = merkleRoot(leaves.slice(0, size), crypto);
      expect(log.root(BigInt(size))).toEqual(root);
      for (let index = 0; index < size; index++) {
        const path = log.inclusion(BigInt(index), BigInt(size));
        const claim = { leafHash: leafHash(leaves[index]!, crypto), index: BigInt(index), size: BigInt(size), path };
        expect(verifyInclusion(claim, root, crypto)).toBe(true);
        expect(verifyInclusion({ ...claim, index: BigInt(index) ^ 1n }, root, crypto)).toBe(false);
      }
      for (let from = 1; from <= size; from++) {
        const proof = log.consistency(BigInt(from), BigInt(size));
        const fromRoot = log.root(BigInt(from));
        const claim = { from: BigInt(from), to: BigInt(size), fromRoot, toRoot: root, proof };
        expect(verifyConsistency(claim, crypto)).toBe(true);
        expect(verifyConsistency({ ...claim, fromRoot: crypto.sha256(fromRoot) }, crypto)).toBe(false);
      }
    }
  });

  test('frontierRoot(append*(leaves)) = merkleRoot(leaves), and truncate forgets the tail [8.3.1-b]', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 8 }), { maxLength: 70 }), fc.nat(70), (leaves, cut) => {
        let frontier = EMPTY_FRONTIER;
        const log = new MerkleLog(crypto);
        for (const leaf of leaves) {
          frontier = append(frontier, leaf, crypto);
          log.append(leaf);
        }
        expect(isFrontier(frontier)).toBe(true);
        expect(frontierRoot(frontier, crypto)).toEqual(merkleRoot(leaves, crypto));
        const kept = leaves.slice(0, cut);
        log.truncate(BigInt(kept.length));
        log.append(Uint8Array.of(255));
        expect(log.root()).toEqual(merkleRoot([...kept, Uint8Array.of(255)], crypto));
      }),
      { numRuns: 60 },
    );
  });

  test('a hostile path never throws and is never believed', () => {
    const root = merkleRoot([Uint8Array.of(1), Uint8Array.of(2), Uint8Array.of(3)], crypto);
    const anyHash = fc.uint8Array({ maxLength: 40 });
    fc.assert(
      fc.property(
        fc.bigInt({ min: -2n, max: 2n ** 65n }),
        fc.bigInt({ min: -2n, max: 2n ** 65n }),
        fc.array(anyHash, { maxLength: 80 }),
        anyHash,
        (index, size, path, leaf) => {
          expect(verifyInclusion({ leafHash: leaf, index, size, path }, root, crypto)).toBe(false);
          rootFromInclusion({ leafHash: leaf, index, size, path }, crypto);
          const claim = { from: index, to: size, fromRoot: leaf, toRoot: root, proof: path };
          expect(verifyConsistency(claim, crypto)).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });
});
