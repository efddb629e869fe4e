import {
  address,
  valueId,
  type SignedProposal,
  type SignedVote,
  type ValueId,
  type Proposal,
  type Vote as ConsensusVote,
  type ValidatorSet as ConsensusSet,
} from '#ledger/consensus/types.ts';
import { validatorSet as consensusValidatorSet } from '#ledger/consensus/validators.ts';
import { NIL_BLOCK_ID, type BlockId } from '#ledger/core/block-id.ts';
import { consensusParametersHash } from '#ledger/core/block.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { nanoseconds } from '#ledger/core/time.ts';
import { genesisSchedule, type ValidatorSchedule } from '#ledger/core/validator-schedule.ts';
import { validatorIndex, type ValidatorSet } from '#ledger/core/validator-set.ts';
import { PRECOMMIT, PREVOTE, proposalDigest, voteDigest, type Vote } from '#ledger/core/vote.ts';
import { BLOCK_TRANSACTION_BYTES_MAX } from '#ledger/engines/block-limits.ts';
import { hexBytes } from './signed-codec.ts';

/** What all validators of a network have in common and what never changes; who decides a height stands in the chain's schedule. */
export interface Network {
  readonly chainId: string;
  readonly genesisHash: Uint8Array;
  readonly genesisTimeMs: bigint;
  /** What the schedule of every chain begins with. */
  readonly founders: ValidatorSchedule;
  readonly consensusHash: Uint8Array;
}

/** `genesisHash` names the network; chain_id is `interpool-` and its first 16 hex digits (PROTOCOL). */
export function networkOf(
  genesis: { readonly hash: Uint8Array; readonly timeMs: bigint; readonly publicKeys: readonly Uint8Array[] },
  crypto: Crypto,
): Network {
  return {
    chainId: `interpool-${toHex(genesis.hash).slice(0, 16)}`,
    genesisHash: genesis.hash,
    genesisTimeMs: genesis.timeMs,
    founders: genesisSchedule(genesis.publicKeys, crypto),
    consensusHash: consensusParametersHash(
      { blockBytesMax: BigInt(BLOCK_TRANSACTION_BYTES_MAX), blockGasMax: -1n },
      crypto,
    ),
  };
}

const membersOfSet = new WeakMap<ValidatorSet, ConsensusSet>();

/** The same set as the driver sees it. */
export function membersOf(set: ValidatorSet): ConsensusSet {
  const known = membersOfSet.get(set);
  if (known !== undefined) return known;
  const members = consensusValidatorSet(
    set.validators.map((each) => ({ address: address(toHex(each.address)), power: Number(each.power) })),
  );
  membersOfSet.set(set, members);
  return members;
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

/** CometBFT's vote behind the driver's; the set is that of its height. */
export function coreVote(set: ValidatorSet, signed: SignedVote): Vote {
  const { vote, timestampMs, signature } = signed;
  const validator = hexBytes(vote.validator);
  return {
    type: vote.kind === 'prevote' ? PREVOTE : PRECOMMIT,
    height: vote.height,
    round: vote.round,
    blockId: blockIdOfValue(vote.valueId),
    timeNs: nanoseconds(timestampMs),
    validator,
    index: validatorIndex(set, validator),
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

function publicKeyOf(set: ValidatorSet, addressHex: string): Uint8Array | undefined {
  const at = membersOf(set).validators.findIndex((member) => member.address === addressHex);
  return set.validators[at]?.publicKey;
}

/** A network and who decides the height in question. */
export interface Electorate {
  readonly network: Network;
  readonly set: ValidatorSet;
}

/** A vote of a member of the set with a good signature. */
export function isVoteSigned({ network, set }: Electorate, signed: SignedVote, crypto: Crypto): boolean {
  const publicKey = publicKeyOf(set, signed.vote.validator);
  if (publicKey === undefined) return false;
  return crypto.verify(digestOfVote(network, signed.vote, signed.timestampMs, crypto), signed.signature, publicKey);
}

/** A proposal of a member of the set with a good signature. */
export function isProposalSigned({ network, set }: Electorate, signed: SignedProposal, crypto: Crypto): boolean {
  const { proposal, timestampMs, signature } = signed;
  const publicKey = publicKeyOf(set, proposal.proposer);
  if (publicKey === undefined) return false;
  return crypto.verify(digestOfProposal(network, proposal, timestampMs, crypto), signature, publicKey);
}
