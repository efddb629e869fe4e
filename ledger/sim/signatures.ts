import type { Crypto } from '#ledger/core/crypto.ts';
import type { Address, Proposal, SignedProposal, SignedVote, Vote } from '#ledger/consensus/types.ts';

/** Signs and verifies consensus messages in a simulation. */
export interface Signatures {
  signVote(vote: Vote, timestampMs: bigint): SignedVote;
  signProposal(proposal: Proposal, timestampMs: bigint): SignedProposal;
  isSignedVote(signed: SignedVote): boolean;
  isSignedProposal(signed: SignedProposal): boolean;
}

type Sign = (signer: Address, message: string) => Uint8Array;
type Verify = (signer: Address, message: string, signature: Uint8Array) => boolean;

function voteMessage({ kind, height, round, valueId }: Vote, timestampMs: bigint): string {
  return `${kind}|${height}|${round}|${valueId ?? 'nil'}|${timestampMs}`;
}

function proposalMessage({ height, round, valueId, validRound }: Proposal, timestampMs: bigint): string {
  return `proposal|${height}|${round}|${valueId}|${validRound}|${timestampMs}`;
}

function signatures(sign: Sign, verify: Verify): Signatures {
  const known = new WeakMap<object, boolean>();
  const once = (message: object, check: () => boolean): boolean => {
    const before = known.get(message);
    if (before !== undefined) return before;
    const isGood = check();
    known.set(message, isGood);
    return isGood;
  };
  return {
    signVote: (vote, timestampMs) => ({
      vote,
      timestampMs,
      signature: sign(vote.validator, voteMessage(vote, timestampMs)),
    }),
    signProposal: (proposal, timestampMs) => ({
      proposal,
      timestampMs,
      signature: sign(proposal.proposer, proposalMessage(proposal, timestampMs)),
    }),
    isSignedVote: (signed) =>
      once(signed, () => verify(signed.vote.validator, voteMessage(signed.vote, signed.timestampMs), signed.signature)),
    isSignedProposal: (signed) =>
      once(signed, () =>
        verify(signed.proposal.proposer, proposalMessage(signed.proposal, signed.timestampMs), signed.signature),
      ),
  };
}

/** 64 bits of a text as hex (two FNV-1a streams with a final mix): spread well enough for ids within one simulation, no cryptography. */
export function digest(text: string): string {
  let low = 0x811c9dc5;
  let high = 0x9dc5811c;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    low = Math.imul(low ^ unit, 0x01000193);
    high = Math.imul(high ^ unit ^ (i << 8), 0x85ebca6b);
  }
  const mix = (value: number): string => {
    const mixed = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d);
    return ((mixed ^ (mixed >>> 13)) >>> 0).toString(16).padStart(8, '0');
  };
  return mix(low) + mix(high);
}

function bytesOf(text: string): Uint8Array {
  return Uint8Array.from(text, (character) => character.charCodeAt(0));
}

/** A keyed hash: only `signer` knows its key, so to speak; nodes of a simulation have no other way to make one. */
export function keyedHashSignatures(): Signatures {
  const sign: Sign = (signer, message) => bytesOf(digest(`key of ${signer}|${message}`));
  return signatures(sign, (signer, message, signature) => {
    const expected = sign(signer, message);
    return expected.length === signature.length && expected.every((byte, index) => byte === signature[index]);
  });
}

/** Real secp256k1 signatures; `keys` are the secret keys by address. */
export function realSignatures(crypto: Crypto, keys: ReadonlyMap<Address, Uint8Array>): Signatures {
  const publicKeys = new Map([...keys].map(([address, secretKey]) => [address, crypto.publicKey(secretKey)]));
  return signatures(
    (signer, message) => {
      const secretKey = keys.get(signer);
      if (secretKey === undefined) throw new Error(`no key of ${signer}`);
      return crypto.sign(crypto.sha256(bytesOf(message)), secretKey);
    },
    (signer, message, signature) => {
      const publicKey = publicKeys.get(signer);
      return publicKey !== undefined && crypto.verify(crypto.sha256(bytesOf(message)), signature, publicKey);
    },
  );
}
