import { step, type State, type Transition } from '#ledger/consensus/driver.ts';
import { isVote, type Message } from '#ledger/consensus/early.ts';
import type { Input } from '#ledger/consensus/effects.ts';
import {
  NO_ROUND,
  round,
  valueId,
  type Address,
  type SignedProposal,
  type SignedVote,
  type ValueId,
} from '#ledger/consensus/types.ts';
import { makeBlock, type Block } from './chain.ts';
import type { Packet } from './packet.ts';
import type { Prng } from './prng.ts';
import type { Signatures } from './signatures.ts';

/** What a faulty validator does, besides running the real driver with its own key. */
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
  /** Proposes blocks that no application accepts, or whose time is far off. */
  readonly forges: boolean;
  /** Sends to some peers only. */
  readonly withholds: boolean;
}

const REMEMBERED_MAX = 64;
const FLOOD = 12;

export interface ByzantineOptions {
  readonly behaviour: Behaviour;
  readonly address: Address;
  readonly addresses: readonly Address[];
  readonly signatures: Signatures;
  readonly prng: Prng;
  readonly send: (to: number, packet: Packet) => void;
  /** The second value of a height and round, known to all faulty validators: together they show each peer one face. */
  readonly otherValues: Map<string, ValueId>;
}

/** Wraps a node's driver and its way out to the network; the node inside stays the real one. */
export class Byzantine {
  readonly #options: ByzantineOptions;
  readonly #seen: Packet[] = [];
  /** The other face of each own message, so that it stays the same for all who get it. */
  readonly #twins = new Map<Message, Packet>();

  constructor(options: ByzantineOptions) {
    this.#options = options;
  }

  /** The real driver, perhaps with a bad memory. */
  drive(state: State, input: Input): Transition {
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
  }

  send(to: number, packet: Packet): void {
    const { behaviour, prng, send } = this.#options;
    this.remember(packet);
    if (behaviour.withholds && prng.chance(0.4)) return;
    if (packet.kind !== 'message' || !this.#isOwn(packet.message)) return send(to, packet);
    const shown = behaviour.equivocates || behaviour.forges ? this.#faceFor(to, packet) : packet;
    send(to, shown);
    // Showing some peers both faces is what makes evidence.
    if (behaviour.equivocates && prng.chance(0.2)) send(to, shown === packet ? this.#twin(packet) : packet);
  }

  remember(packet: Packet): void {
    if (!this.#options.behaviour.replays || packet.kind === 'status') return;
    if (this.#seen.length < REMEMBERED_MAX) this.#seen.push(packet);
    else this.#seen[this.#options.prng.between(0, REMEMBERED_MAX - 1)] = packet;
  }

  /** Now and then, on its own account. */
  harass(state: State): void {
    const { behaviour, prng, addresses } = this.#options;
    const to = prng.between(0, addresses.length - 1);
    if (behaviour.replays && this.#seen.length > 0) this.#options.send(to, prng.pick(this.#seen));
    if (behaviour.straysInRounds) this.#stray(to, state);
    if (behaviour.floods) for (let i = 0; i < FLOOD; i += 1) this.#flood(to, state);
  }

  #isOwn(message: Message): boolean {
    const { address } = this.#options;
    return isVote(message) ? message.vote.validator === address : message.proposal.proposer === address;
  }

  #faceFor(to: number, packet: Packet & { kind: 'message' }): Packet {
    const { behaviour } = this.#options;
    if (!behaviour.equivocates && isVote(packet.message)) return packet;
    return to % 2 === 0 ? packet : this.#twin(packet);
  }

  #twin(packet: Packet & { kind: 'message' }): Packet {
    const known = this.#twins.get(packet.message);
    if (known !== undefined) return known;
    const twin = isVote(packet.message)
      ? this.#twinVote(packet.message)
      : this.#twinProposal(packet.message, packet.block);
    this.#twins.set(packet.message, twin);
    return twin;
  }

  #twinVote({ vote, timestampMs }: SignedVote): Packet {
    const other = this.#options.otherValues.get(`${vote.height}/${vote.round}`) ?? null;
    const unlike = vote.valueId === other ? null : other;
    if (vote.valueId === unlike)
      return { kind: 'message', message: this.#options.signatures.signVote(vote, timestampMs) };
    return { kind: 'message', message: this.#options.signatures.signVote({ ...vote, valueId: unlike }, timestampMs) };
  }

  #twinProposal(signed: SignedProposal, block: Block | undefined): Packet {
    const { behaviour, prng, signatures } = this.#options;
    if (block === undefined) return { kind: 'message', message: signed };
    const farOffMs = prng.pick([-60_000, 60_000]);
    const twin = behaviour.forges
      ? makeBlock({ ...block, isForged: prng.chance(0.5), timeMs: block.timeMs + (prng.chance(0.5) ? farOffMs : 1) })
      : makeBlock({ ...block, timeMs: block.timeMs + 1 });
    this.#options.otherValues.set(`${signed.proposal.height}/${signed.proposal.round}`, twin.id);
    const proposal = { ...signed.proposal, valueId: twin.id };
    return { kind: 'message', message: signatures.signProposal(proposal, signed.timestampMs), block: twin };
  }

  #stray(to: number, state: State): void {
    const { prng, address, signatures } = this.#options;
    const strayed = prng.pick([0, 1, state.round + 1, state.round + 3, state.round + 1_000, 2 ** 31 - 1]);
    const height = (state.height + BigInt(prng.between(0, 2))) as State['height'];
    const kind = prng.pick(['prevote', 'precommit'] as const);
    const vote = { kind, height, round: round(strayed), valueId: state.validValue, validator: address };
    this.#options.send(to, { kind: 'message', message: signatures.signVote(vote, 0n) });
  }

  #flood(to: number, state: State): void {
    const { prng, address, addresses, signatures } = this.#options;
    const invented = valueId(`none-${prng.between(0, 1_000_000)}`);
    const kind = prng.pick(['prevote', 'precommit'] as const);
    const ahead = round(state.round + prng.between(0, 40));
    const vote = { kind, height: state.height, round: ahead, valueId: invented, validator: address };
    const signed = signatures.signVote(vote, 0n);
    const inAnotherName = { ...signed, vote: { ...vote, validator: prng.pick(addresses) } };
    this.#options.send(to, { kind: 'message', message: prng.chance(0.5) ? signed : inAnotherName });
  }
}
