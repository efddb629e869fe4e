import { step, type State } from '#ledger/consensus/driver.ts';
import { isVote, type Message } from '#ledger/consensus/early.ts';
import {
  NO_ROUND,
  address,
  round,
  valueId,
  type SignedProposal,
  type SignedVote,
  type ValueId,
} from '#ledger/consensus/types.ts';
import { dataHash, encodeBlock, type Block } from '#ledger/core/block.ts';
import { evidenceHash, type DuplicateVoteEvidence } from '#ledger/core/evidence.ts';
import { milliseconds, nanoseconds, TIMESTAMP_MS_MAX } from '#ledger/core/time.ts';
import { parseContent } from '#ledger/engines/embedded/chain.ts';
import { signProposal, signVote, type Network, type Signer } from '#ledger/engines/embedded/network.ts';
import { encodePeerMessage, type PeerMessage } from '#ledger/engines/embedded/peer-message.ts';
import type { Prng } from './prng.ts';

/** What a faulty validator does, besides running the real one with its own key. */
export interface Behaviour {
  /** Two proposals in one round, two votes in one round and kind: one to some peers, the other to the others. */
  readonly equivocates: boolean;
  /** Forgets its lock after each precommit. */
  readonly forgets: boolean;
  /** Sends old packets of everybody again. */
  readonly replays: boolean;
  /** Votes for rounds long gone and rounds far ahead, and for heights that nobody is in. */
  readonly straysInRounds: boolean;
  /** Many votes for values that do not exist, and votes in other validators' names. */
  readonly floods: boolean;
  /**
   * Proposes blocks that no correct validator accepts, or whose time is far off; votes for blocks that there cannot be, or at times that no commit
   * can carry; hands over decided blocks that it has altered.
   */
  readonly forges: boolean;
  /** Sends to some peers only. */
  readonly withholds: boolean;
}

const REMEMBERED_MAX = 64;
const FLOOD = 12;
/** Of a value id: hash ‖ number of parts ‖ hash. */
const HASH_DIGITS = 64;
const PARTS_DIGITS = 8;
/** No application of a simulation accepts a transaction as long as this. */
const MALFORMED_BYTES = 65;

export interface ByzantineOptions {
  readonly behaviour: Behaviour;
  readonly address: string;
  readonly addresses: readonly string[];
  readonly network: Network;
  readonly signer: Signer;
  readonly prng: Prng;
  /** The second value of a height and round, known to all faulty validators: together they show each peer one face. */
  readonly otherValues: Map<string, ValueId>;
}

type Said = Extract<PeerMessage, { kind: 'vote' | 'proposal' }>;

/** Wraps a validator's driver and its way out to the network; the validator inside stays the real one. */
export class Byzantine {
  readonly #options: ByzantineOptions;
  readonly #seen: Uint8Array[] = [];
  /** The other face of each own message, or its only one, so that it stays the same for all who get it. */
  readonly #twins = new Map<string, Uint8Array>();

  /** A piece that a proposal of its own carried. */
  #evidence: DuplicateVoteEvidence | undefined;

  constructor(options: ByzantineOptions) {
    this.#options = options;
  }

  /** The real driver, perhaps with a bad memory. */
  readonly step: typeof step = (state, input) => {
    const { state: next, effects } = step(state, input);
    if (!this.#options.behaviour.forgets || next.lockedRound === NO_ROUND || next.step !== 'precommit') {
      return { state: next, effects };
    }
    const forgotten: State = {
      ...next,
      lockedValue: null,
      lockedRound: NO_ROUND,
      validValue: null,
      validRound: NO_ROUND,
    };
    return { state: forgotten, effects };
  };

  /** What its validator's message becomes for a peer. */
  faces(to: number, message: PeerMessage, bytes: Uint8Array): readonly Uint8Array[] {
    const { behaviour, prng } = this.#options;
    this.remember(message, bytes);
    if (behaviour.withholds && prng.chance(0.4)) return [];
    if (message.kind === 'block' && behaviour.forges) return [this.#altered(message)];
    if (!this.#isOwn(message)) return [bytes];
    if (behaviour.forges && !behaviour.equivocates) return [this.#twin(message, bytes)];
    const shown = behaviour.equivocates && to % 2 !== 0 ? this.#twin(message, bytes) : bytes;
    if (!behaviour.equivocates || !prng.chance(0.2)) return [shown];
    // Showing some peers both faces is what makes evidence.
    return [shown, shown === bytes ? this.#twin(message, bytes) : bytes];
  }

  remember(message: PeerMessage, bytes: Uint8Array): void {
    if (!this.#options.behaviour.replays || message.kind === 'status') return;
    if (this.#seen.length < REMEMBERED_MAX) this.#seen.push(bytes);
    else this.#seen[this.#options.prng.between(0, REMEMBERED_MAX - 1)] = bytes;
  }

  /** What it sends to somebody now and then, on its own account. */
  harassment(state: State): { readonly to: number; readonly packets: readonly Uint8Array[] } {
    const { behaviour, prng, addresses } = this.#options;
    const to = prng.between(0, addresses.length - 1);
    const packets: Uint8Array[] = [];
    if (behaviour.replays && this.#seen.length > 0) packets.push(prng.pick(this.#seen));
    if (behaviour.straysInRounds) packets.push(this.#stray(state));
    if (behaviour.floods) for (let i = 0; i < FLOOD; i += 1) packets.push(this.#flood(state));
    return { to, packets };
  }

  #isOwn(message: PeerMessage): message is Said {
    if (message.kind !== 'vote' && message.kind !== 'proposal') return false;
    const { signed } = message;
    return ('vote' in signed ? signed.vote.validator : signed.proposal.proposer) === this.#options.address;
  }

  #twin(message: Said, bytes: Uint8Array): Uint8Array {
    const place = placeOf(message.signed);
    const known = this.#twins.get(place);
    if (known !== undefined) return known;
    const twin =
      message.kind === 'vote'
        ? (this.#otherVote(message.signed) ?? bytes)
        : (this.#twinProposal(message.signed, message.content) ?? bytes);
    this.#twins.set(place, twin);
    return twin;
  }

  #otherVote(signed: SignedVote): Uint8Array | undefined {
    const { behaviour, prng } = this.#options;
    if (behaviour.forges && prng.chance(0.3)) return this.#impossible(signed);
    return behaviour.equivocates ? this.#twinVote(signed) : undefined;
  }

  #twinVote({ vote, timestampMs }: SignedVote): Uint8Array {
    const other = this.#options.otherValues.get(`${vote.height}/${vote.round}`) ?? null;
    const unlike = vote.valueId === other ? null : other;
    return this.#signedVote({ ...vote, valueId: unlike }, timestampMs);
  }

  #twinProposal({ proposal, timestampMs }: SignedProposal, encoded: Uint8Array): Uint8Array | undefined {
    const { behaviour, prng, signer, network, otherValues } = this.#options;
    const original = parseContent(encoded, signer.crypto);
    if (original === undefined) return undefined;
    this.#evidence = original.block.evidence[0] ?? this.#evidence;
    const farOffMs = prng.pick([-60_000, 60_000]);
    const isForged = behaviour.forges && prng.chance(0.5);
    const isFarOff = behaviour.forges && prng.chance(0.5);
    const block = this.#twinBlock(original.block, isFarOff ? farOffMs : 1, isForged);
    const twin = parseContent(encodeBlock(block), signer.crypto);
    if (twin === undefined) return undefined;
    otherValues.set(`${proposal.height}/${proposal.round}`, twin.valueId);
    const signed = signProposal(network, { ...proposal, valueId: twin.valueId }, timestampMs, signer);
    return encodePeerMessage({ kind: 'proposal', signed, content: twin.encoded });
  }

  /** Everything about it fits but its time, and perhaps one thing more. */
  #twinBlock(block: Block, laterByMs: number, isForged: boolean): Block {
    const { prng, signer } = this.#options;
    const timeNs = nanoseconds(milliseconds(block.header.timeNs) + BigInt(laterByMs));
    const twin = { ...block, header: { ...block.header, timeNs } };
    const forgery = isForged ? prng.pick(['transaction', 'state', 'evidence'] as const) : undefined;
    if (forgery === 'transaction') {
      const transactions = [...block.transactions, new Uint8Array(MALFORMED_BYTES)];
      return { ...twin, transactions, header: { ...twin.header, dataHash: dataHash(transactions, signer.crypto) } };
    }
    if (forgery === 'state') return { ...twin, header: { ...twin.header, appHash: block.header.dataHash } };
    if (forgery !== 'evidence' || this.#evidence === undefined) return twin;
    // What was recorded, or is about to be, once more.
    const evidence = [...block.evidence, this.#evidence];
    return { ...twin, evidence, header: { ...twin.header, evidenceHash: evidenceHash(evidence, signer.crypto) } };
  }

  /** The vote for the same block in no part, or of 1970, or of a time at the end of what a commit can carry, or beyond. */
  #impossible({ vote, timestampMs }: SignedVote): Uint8Array {
    const { prng } = this.#options;
    if (vote.valueId !== null && prng.chance(0.5))
      return this.#signedVote({ ...vote, valueId: inParts(vote.valueId, 0) }, timestampMs);
    return this.#signedVote(vote, prng.pick([0n, TIMESTAMP_MS_MAX, TIMESTAMP_MS_MAX + 1n, 2n ** 63n - 1n]));
  }

  /** A decided block with a bit turned, under its own commit or as its own commit. */
  #altered(message: Extract<PeerMessage, { kind: 'block' }>): Uint8Array {
    const { prng } = this.#options;
    const part = prng.pick(['content', 'commit'] as const);
    const bytes = message[part].slice();
    const at = prng.between(0, bytes.length - 1);
    bytes[at] = (bytes[at] ?? 0) ^ (1 << prng.between(0, 7));
    return encodePeerMessage({ ...message, [part]: bytes });
  }

  #stray(state: State): Uint8Array {
    const { prng } = this.#options;
    const strayed = prng.pick([0, 1, state.round + 1, state.round + 3, state.round + 1_000, 2 ** 31 - 1]);
    const height = (state.height + BigInt(prng.between(0, 2))) as State['height'];
    const kind = prng.pick(['prevote', 'precommit'] as const);
    return this.#signedVote(
      { kind, height, round: round(strayed), valueId: state.validValue, validator: address(this.#options.address) },
      0n,
    );
  }

  #flood(state: State): Uint8Array {
    const { prng, addresses } = this.#options;
    const hash = prng.between(0, 1_000_000).toString(16).padStart(HASH_DIGITS, '0');
    // A block has one part at least, and less than 2³¹.
    const parts = prng.chance(0.9) ? 1 : prng.pick([0, 2 ** 31, 2 ** 32 - 1]);
    const invented = inParts(valueId(`${hash}00000001${hash}`), parts);
    const kind = prng.pick(['prevote', 'precommit'] as const);
    const ahead = round(state.round + prng.between(0, 40));
    const own = address(this.#options.address);
    const vote = { kind, height: state.height, round: ahead, valueId: invented, validator: own };
    const { network, signer } = this.#options;
    // Such a number cannot be signed: whoever reads it must not come so far.
    const signable = parts < 2 ** 31 ? vote : { ...vote, valueId: null };
    const signed = { ...signVote(network, signable, 0n, signer), vote };
    const inAnotherName = { ...signed, vote: { ...vote, validator: address(prng.pick(addresses)) } };
    return encodePeerMessage({ kind: 'vote', signed: prng.chance(0.5) ? signed : inAnotherName });
  }

  #signedVote(vote: SignedVote['vote'], timestampMs: bigint): Uint8Array {
    const { network, signer } = this.#options;
    return encodePeerMessage({ kind: 'vote', signed: signVote(network, vote, timestampMs, signer) });
  }
}

/** The value with another number of parts. */
export function inParts(value: ValueId, parts: number): ValueId {
  const total = parts.toString(16).padStart(PARTS_DIGITS, '0');
  return valueId(`${value.slice(0, HASH_DIGITS)}${total}${value.slice(HASH_DIGITS + PARTS_DIGITS)}`);
}

function placeOf(message: Message): string {
  if (isVote(message)) {
    const { kind, height, round: at, valueId: value } = message.vote;
    return `${kind}/${height}/${at}/${value ?? 'nil'}`;
  }
  const { height, round: at, valueId: value, validRound } = message.proposal;
  return `proposal/${height}/${at}/${value}/${validRound}`;
}
