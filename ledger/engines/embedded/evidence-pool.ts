import { toHex } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { duplicateVote, EVIDENCE_MAX, verifyDuplicateVote, type DuplicateVoteEvidence } from '#ledger/core/evidence.ts';
import { nanoseconds } from '#ledger/core/time.ts';
import type { ValidatorSet } from '#ledger/core/validator-set.ts';
import type { SignedVote } from '#ledger/consensus/types.ts';
import { coreVote, type Network } from './network.ts';

/** Evidence about votes of older heights than this many back is neither proposed nor accepted. */
export const EVIDENCE_HEIGHTS_MAX = 1000n;
const PENDING_MAX = 256;

export interface EvidencePool {
  /** Two conflicting votes seen here. Kept until a block carries them; more of the same offence is not. */
  add(first: SignedVote, second: SignedVote): void;
  /** For a block at `height`. */
  pending(height: bigint): DuplicateVoteEvidence[];
  /** A clause that names the first piece that a block at `height` must not carry, or undefined. */
  faultIn(list: readonly DuplicateVoteEvidence[], height: bigint): string | undefined;
  /** A decided block carried these. */
  committed(list: readonly DuplicateVoteEvidence[], height: bigint): void;
}

/** One offence: however many signatures a validator makes for it, it is recorded once. */
function offenceOf({ voteA }: DuplicateVoteEvidence): string {
  return `${toHex(voteA.validator)}/${voteA.height}/${voteA.round}/${voteA.type}`;
}

/** Whether both speak of one validator's vote in one height, round and kind. */
export function isSamePlace({ vote }: SignedVote, { vote: other }: SignedVote): boolean {
  return (
    vote.validator === other.validator &&
    vote.height === other.height &&
    vote.round === other.round &&
    vote.kind === other.kind
  );
}

/** Reads decided heights; undefined for others. */
export interface DecidedBlocks {
  readonly height: () => bigint;
  readonly block: (
    height: bigint,
  ) => { readonly timeMs: bigint; readonly evidence: readonly DuplicateVoteEvidence[] } | undefined;
  /** Who decided that height. */
  readonly validators: (height: bigint) => ValidatorSet;
}

export function createEvidencePool(network: Network, crypto: Crypto, decided: DecidedBlocks): EvidencePool {
  const waiting: [SignedVote, SignedVote][] = [];
  /** Offences that the last EVIDENCE_HEIGHTS_MAX blocks carry; read from them when first asked for. */
  let known: Map<string, bigint> | undefined;
  const blockTimeMs = (height: bigint): bigint | undefined => decided.block(height)?.timeMs;
  const committedOffences = (): Map<string, bigint> => {
    if (known !== undefined) return known;
    known = new Map();
    const last = decided.height();
    const first = last > EVIDENCE_HEIGHTS_MAX ? last - EVIDENCE_HEIGHTS_MAX : 1n;
    for (let height = first; height <= last; height += 1n) {
      for (const evidence of decided.block(height)?.evidence ?? [])
        known.set(offenceOf(evidence), evidence.voteA.height);
    }
    return known;
  };

  const evidenceOf = ([first, second]: [SignedVote, SignedVote]): DuplicateVoteEvidence | undefined => {
    const timeMs = blockTimeMs(first.vote.height);
    if (timeMs === undefined) return undefined;
    const set = decided.validators(first.vote.height);
    const votes = [coreVote(set, first), coreVote(set, second)] as const;
    return duplicateVote(votes, set, nanoseconds(timeMs));
  };
  const isTooOld = (evidence: DuplicateVoteEvidence, height: bigint): boolean =>
    evidence.voteA.height + EVIDENCE_HEIGHTS_MAX < height;

  return {
    add: (first, second) => {
      if (waiting.some(([kept]) => isSamePlace(kept, first))) return;
      if (waiting.length < PENDING_MAX) waiting.push([first, second]);
    },
    pending: (height) => {
      const chosen = new Map<string, DuplicateVoteEvidence>();
      for (const pair of waiting) {
        const evidence = evidenceOf(pair);
        if (evidence === undefined || isTooOld(evidence, height)) continue;
        if (!committedOffences().has(offenceOf(evidence))) chosen.set(offenceOf(evidence), evidence);
      }
      return [...chosen.values()].slice(0, EVIDENCE_MAX);
    },
    faultIn: (list, height) => {
      const seen = new Set<string>();
      for (const evidence of list) {
        const offence = offenceOf(evidence);
        const timeMs = blockTimeMs(evidence.voteA.height);
        if (timeMs === undefined || isTooOld(evidence, height))
          return 'evidence speaks of a height that does not count';
        if (seen.has(offence) || committedOffences().has(offence)) return 'evidence is recorded already';
        // Also of one that is no validator any more: the set at the votes' height is the one that counts.
        const validators = decided.validators(evidence.voteA.height);
        const context = { chainId: network.chainId, validators, blockTimeNs: nanoseconds(timeMs) };
        if (!verifyDuplicateVote(evidence, context, crypto)) return 'evidence does not verify';
        seen.add(offence);
      }
      return undefined;
    },
    committed: (list, height) => {
      if (list.length > 0) {
        const offences = committedOffences();
        for (const evidence of list) offences.set(offenceOf(evidence), evidence.voteA.height);
        for (const [offence, of] of offences) if (of + EVIDENCE_HEIGHTS_MAX < height) offences.delete(offence);
      }
      if (waiting.length === 0) return;
      const stays = waiting.filter((pair) => {
        const evidence = evidenceOf(pair);
        return evidence === undefined || !(committedOffences().has(offenceOf(evidence)) || isTooOld(evidence, height));
      });
      waiting.splice(0, waiting.length, ...stays);
    },
  };
}
