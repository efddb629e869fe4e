import { toHex } from '#ledger/core/bytes.ts';
import { consensusParametersHash } from '#ledger/core/block.ts';
import { NIL_BLOCK_ID, type BlockId } from '#ledger/core/block-id.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { nanoseconds } from '#ledger/core/time.ts';
import { equalPowerSet, validatorIndex, validatorSetHash, type ValidatorSet } from '#ledger/core/validator-set.ts';
import { PRECOMMIT, PREVOTE, proposalDigest, voteDigest, type Vote } from '#ledger/core/vote.ts';
import { address, valueId, type SignedProposal, type SignedVote, type ValueId } from '#ledger/consensus/types.ts';
import type { Proposal, Vote as ConsensusVote, ValidatorSet as ConsensusSet } from '#ledger/consensus/types.ts';
import { validatorSet as consensusValidatorSet } from '#ledger/consensus/validators.ts';
import { BLOCK_TRANSACTION_BYTES_MAX } from '#ledger/engines/block-limits.ts';
import { hexBytes } from './signed-codec.ts';

/** What all validators of a network have in common. */
export interface Network {
  readonly chainId: string;
  readonly genesisHash: Uint8Array;
  readonly genesisTimeMs: bigint;
  /** CometBFT's order; fixed by genesis. */
  readonly validators: ValidatorSet;
  readonly validatorsHash: Uint8Array;
  readonly consensusHash: Uint8Array;
  /** The same set as the driver sees it. */
  readonly members: ConsensusSet;
}

/** `genesisHash` names the network; chain_id is `interpool-` and its first 16 hex digits (PROTOCOL). */
export function networkOf(
  genesis: { readonly hash: Uint8Array; readonly timeMs: bigint; readonly publicKeys: readonly Uint8Array[] },
  crypto: Crypto,
): Network {
  const validators = equalPowerSet(genesis.publicKeys, crypto);
  const members = validators.validators.map((each) => ({
    address: address(toHex(each.address)),
    power: Number(each.power),
  }));
  return {
    chainId: `interpool-${toHex(genesis.hash).slice(0, 16)}`,
    genesisHash: genesis.hash,
    genesisTimeMs: genesis.timeMs,
    validators,
    validatorsHash: validatorSetHash(validators, crypto),
    consensusHash: consensusParametersHash(
      { blockBytesMax: BigInt(BLOCK_TRANSACTION_BYTES_MAX), blockGasMax: -1n },
      crypto,
    ),
    members: consensusValidatorSet(members),
  };
}

/** Block hash 32 ‖ number of parts u32 ‖ part-set hash 32, in hex. */
export function valueIdOfBlock(id: BlockId): ValueId {
  return valueId(`${toHex(id.hash)}${id.parts.total.toString(16).padStart(8, '0')}${toHex(id.parts.hash)}`);
}

/** The value last asked for: all votes of a height name one. */
let latest: { readonly valueId: ValueId; readonly blockId: BlockId } | undefined;

export function blockIdOfValue(id: ValueId | null): BlockId {
  if (id === null) return NIL_BLOCK_ID;
  if (latest?.valueId === id) return latest.blockId;
  const bytes = hexBytes(id);
  const total = Number.parseInt(id.slice(64, 72), 16);
  const blockId = { hash: bytes.slice(0, 32), parts: { total, hash: bytes.slice(36) } };
  latest = { valueId: id, blockId };
  return blockId;
}

/** CometBFT's vote behind the driver's. */
export function coreVote(network: Network, signed: SignedVote): Vote {
  const { vote, timestampMs, signature } = signed;
  const validator = hexBytes(vote.validator);
  return {
    type: vote.kind === 'prevote' ? PREVOTE : PRECOMMIT,
    height: vote.height,
    round: vote.round,
    blockId: blockIdOfValue(vote.valueId),
    timeNs: nanoseconds(timestampMs),
    validator,
    index: validatorIndex(network.validators, validator),
    signature,
  };
}

function digestOfVote(network: Network, vote: ConsensusVote, timestampMs: bigint, crypto: Crypto): Uint8Array {
  const unsigned = {
    type: vote.kind === 'prevote' ? PREVOTE : PRECOMMIT,
    height: vote.height,
    round: vote.round,
    blockId: blockIdOfValue(vote.valueId),
    timeNs: nanoseconds(timestampMs),
  } as const;
  return voteDigest(network.chainId, unsigned, crypto);
}

function digestOfProposal(network: Network, proposal: Proposal, timestampMs: bigint, crypto: Crypto): Uint8Array {
  const unsigned = {
    height: proposal.height,
    round: proposal.round,
    polRound: proposal.validRound,
    blockId: blockIdOfValue(proposal.valueId),
    timeNs: nanoseconds(timestampMs),
  };
  return proposalDigest(network.chainId, unsigned, crypto);
}

/** What signs for one validator. */
export interface Signer {
  readonly crypto: Crypto;
  readonly secretKey: Uint8Array;
}

export function signVote(network: Network, vote: ConsensusVote, timestampMs: bigint, signer: Signer): SignedVote {
  const digest = digestOfVote(network, vote, timestampMs, signer.crypto);
  return { vote, timestampMs, signature: signer.crypto.sign(digest, signer.secretKey) };
}

export function signProposal(
  network: Network,
  proposal: Proposal,
  timestampMs: bigint,
  signer: Signer,
): SignedProposal {
  const digest = digestOfProposal(network, proposal, timestampMs, signer.crypto);
  return { proposal, timestampMs, signature: signer.crypto.sign(digest, signer.secretKey) };
}

function publicKeyOf(network: Network, addressHex: string): Uint8Array | undefined {
  const at = network.members.validators.findIndex((member) => member.address === addressHex);
  return network.validators.validators[at]?.publicKey;
}

/** A vote of a member of the set with a good signature. */
export function isVoteSigned(network: Network, signed: SignedVote, crypto: Crypto): boolean {
  const publicKey = publicKeyOf(network, signed.vote.validator);
  if (publicKey === undefined) return false;
  return crypto.verify(digestOfVote(network, signed.vote, signed.timestampMs, crypto), signed.signature, publicKey);
}

/** A proposal of a member of the set with a good signature. */
export function isProposalSigned(network: Network, signed: SignedProposal, crypto: Crypto): boolean {
  const { proposal, timestampMs, signature } = signed;
  const publicKey = publicKeyOf(network, proposal.proposer);
  if (publicKey === undefined) return false;
  return crypto.verify(digestOfProposal(network, proposal, timestampMs, crypto), signature, publicKey);
}
