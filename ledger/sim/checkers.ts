import { isVote, type Message } from '#ledger/consensus/early.ts';
import type { Effect } from '#ledger/consensus/effects.ts';
import { NO_ROUND, type Address, type SignedVote, type ValueId, type Vote } from '#ledger/consensus/types.ts';
import { Chain, type DecidedBlock } from './chain.ts';
import type { Signatures } from './signatures.ts';

/** A guarantee did not hold: a defect of the driver or of the shell's rules. */
export class Violation extends Error {
  override readonly name = 'Violation';
}

export interface CheckersOptions {
  readonly addresses: readonly Address[];
  readonly byzantine: ReadonlySet<number>;
  readonly signatures: Signatures;
}

/**
 * What must hold whatever the faults, judged from outside: from messages that were sent and blocks that were decided, with quorums counted anew,
 * nothing of the driver's own counting.
 */
export class Checkers {
  readonly #options: CheckersOptions;
  readonly #decided = new Map<bigint, DecidedBlock>();
  /** One application that follows what was decided first, to judge validity. */
  readonly #reference = new Chain();
  readonly #heights: bigint[];
  /** Votes ever sent: by height/round/kind, validator, the values voted for. */
  readonly #sent = new Map<string, Map<Address, Set<ValueId | null>>>();
  readonly #proposed = new Map<string, string>();
  /** Own precommits for a value, per correct validator at its height: the locks it has shown. */
  readonly #locks = new Map<Address, Vote[]>();
  /** Votes that reached a node in its present life and height: for evidence. */
  readonly #reached: Map<string, SignedVote>[];
  readonly #due: Set<string>[];
  readonly #reported: Set<string>[];
  /** Equivocators, by their votes at any height. */
  readonly culprits = new Set<Address>();
  evidences = 0;

  constructor(options: CheckersOptions) {
    this.#options = options;
    this.#heights = options.addresses.map(() => 0n);
    this.#reached = options.addresses.map(() => new Map());
    this.#due = options.addresses.map(() => new Set());
    this.#reported = options.addresses.map(() => new Set());
  }

  /** The first decided block of each height, as far as any correct node came. */
  get height(): bigint {
    return this.#reference.height;
  }

  heightOf(node: number): bigint {
    return this.#heights[node] ?? 0n;
  }

  /** Every message on its way out, of faulty nodes too. */
  sent(node: number, message: Message): void {
    if (!isVote(message)) return this.#sentProposal(node, message.proposal.proposer, message);
    const { vote } = message;
    const votes = this.#votesAt(vote.height, vote.round, vote.kind);
    const values = votes.get(vote.validator) ?? new Set();
    const isNew = !values.has(vote.valueId);
    votes.set(vote.validator, values.add(vote.valueId));
    if (values.size > 1) this.culprits.add(vote.validator);
    if (this.#isFaulty(vote.validator) || !isNew) return;
    this.#require(values.size === 1, `no double vote: ${text(vote)}`);
    if (vote.valueId === null) return;
    if (vote.kind === 'precommit') this.#checkPrecommit(vote);
    else this.#checkPrevote(vote);
  }

  #sentProposal(node: number, proposer: Address, message: Message): void {
    if (isVote(message) || this.#isFaulty(proposer)) return;
    const { height, round, valueId, validRound } = message.proposal;
    const place = `${height}/${round}/${proposer}`;
    const before = this.#proposed.get(place);
    this.#proposed.set(place, before ?? `${valueId}/${validRound}`);
    this.#require(
      before === undefined || before === `${valueId}/${validRound}`,
      `no double proposal: ${place} by node ${node}`,
    );
  }

  /** L36: a correct validator precommits a value only after a polka of that round. */
  #checkPrecommit(vote: Vote): void {
    this.#require(
      this.#hasQuorum(vote.height, vote.round, 'prevote', vote.valueId),
      `polka before precommit: ${text(vote)}`,
    );
    const locks = (this.#locks.get(vote.validator) ?? []).filter((lock) => lock.height === vote.height);
    this.#locks.set(vote.validator, [...locks, vote]);
  }

  /** L23, L29: against its lock a correct validator prevotes only what has a polka in the lock's round or a later one. */
  #checkPrevote(vote: Vote): void {
    let lock: Vote | undefined;
    for (const each of this.#locks.get(vote.validator) ?? []) {
      const isEarlier = each.height === vote.height && each.round < vote.round;
      if (isEarlier && each.round > (lock?.round ?? NO_ROUND)) lock = each;
    }
    if (lock === undefined || lock.valueId === vote.valueId) return;
    for (let at: number = lock.round; at < vote.round; at += 1) {
      if (this.#hasQuorum(vote.height, at, 'prevote', vote.valueId)) return;
    }
    this.#require(false, `no prevote against the lock of round ${lock.round}: ${text(vote)}`);
  }

  /** A message that passed the signature check of a correct node at this height. */
  received(node: number, nodeHeight: bigint, nodeRound: number, message: Message): void {
    if (!isVote(message) || message.vote.height !== nodeHeight || message.vote.round > nodeRound) return;
    const reached = this.#reached[node];
    const place = slot(message.vote);
    const before = reached?.get(place);
    if (this.#reported[node]?.has(place) === true) return;
    if (before === undefined) reached?.set(place, message);
    else if (before.vote.valueId !== message.vote.valueId) this.#due[node]?.add(place);
  }

  /** After each event of a node: every equivocation that reached it has been reported. */
  settled(node: number): void {
    const due = this.#due[node];
    this.#require(due === undefined || due.size === 0, `evidence of node ${node} for ${[...(due ?? [])].join(', ')}`);
  }

  /** What was in memory is gone. */
  crashed(node: number): void {
    this.#reached[node]?.clear();
    this.#due[node]?.clear();
    this.#reported[node]?.clear();
  }

  effect(node: number, effect: Effect): void {
    if (effect.kind === 'halt') this.#require(false, `no quorum for an invalid value: node ${node}`);
    if (effect.kind !== 'vote-evidence') return;
    const { first, second, validator } = effect;
    const { signatures, addresses } = this.#options;
    const isProof =
      slot(first.vote) === slot(second.vote) &&
      first.vote.valueId !== second.vote.valueId &&
      signatures.isSignedVote(first) &&
      signatures.isSignedVote(second);
    this.#require(
      isProof && validator === first.vote.validator,
      `evidence is proof: ${text(first.vote)} ${text(second.vote)}`,
    );
    this.#require(this.#isFaulty(validator), `no evidence against a correct validator: ${validator}`);
    this.#require(addresses.includes(validator), 'evidence is about a validator');
    this.#due[node]?.delete(slot(first.vote));
    this.#reported[node]?.add(slot(first.vote));
    this.evidences += 1;
  }

  /** Agreement, validity, certificate. Answers false when a disagreement is explained by more faulty validators than are tolerated. */
  decided(node: number, decided: DecidedBlock): boolean {
    const { block } = decided;
    const expected = this.heightOf(node) + 1n;
    this.#require(block.height === expected, `node ${node} decides height ${expected}, not ${block.height}`);
    this.#checkCertificate(node, decided);
    const before = this.#decided.get(block.height);
    if (before === undefined) {
      this.#require(this.#reference.accepts(block), `node ${node} decided an invalid block of height ${block.height}`);
      this.#decided.set(block.height, decided);
      this.#reference.apply(decided);
    } else if (before.block.id !== block.id) {
      this.#require(
        this.culprits.size * 3 > this.#options.addresses.length,
        `agreement at height ${block.height}, node ${node}`,
      );
      return false;
    }
    this.#heights[node] = block.height;
    return true;
  }

  /** A restart begins from what the disk has; it may be behind what was decided, never beyond. */
  restarted(node: number, height: bigint): void {
    this.#require(height <= this.heightOf(node), `node ${node} restarts at a height it had decided`);
    this.#heights[node] = height;
  }

  #checkCertificate(node: number, { block, certificate, round }: DecidedBlock): void {
    const signers = new Set<Address>();
    for (const signed of certificate) {
      const { vote } = signed;
      const isFor =
        vote.kind === 'precommit' && vote.height === block.height && vote.round === round && vote.valueId === block.id;
      this.#require(
        isFor && this.#options.signatures.isSignedVote(signed),
        `certificate of node ${node}: ${text(vote)}`,
      );
      signers.add(vote.validator);
    }
    this.#require(
      signers.size === certificate.length && this.#isQuorum(signers.size),
      `certificate of node ${node} at height ${block.height} has more than two thirds`,
    );
  }

  #votesAt(height: bigint, round: number, kind: Vote['kind']): Map<Address, Set<ValueId | null>> {
    const place = `${height}/${round}/${kind}`;
    const votes = this.#sent.get(place) ?? new Map<Address, Set<ValueId | null>>();
    this.#sent.set(place, votes);
    return votes;
  }

  #hasQuorum(height: bigint, round: number, kind: Vote['kind'], valueId: ValueId | null): boolean {
    let voters = 0;
    for (const values of this.#votesAt(height, round, kind).values()) if (values.has(valueId)) voters += 1;
    return this.#isQuorum(voters);
  }

  #isQuorum(count: number): boolean {
    return count * 3 > this.#options.addresses.length * 2;
  }

  #isFaulty(address: Address): boolean {
    return this.#options.byzantine.has(this.#options.addresses.indexOf(address));
  }

  #require(holds: boolean, guarantee: string): void {
    if (!holds) throw new Violation(guarantee);
  }
}

function slot({ height, round, kind, validator }: Vote): string {
  return `${height}/${round}/${kind}/${validator}`;
}

function text({ kind, height, round, valueId, validator }: Vote): string {
  return `${kind} ${height}/${round} of ${validator} for ${valueId ?? 'nil'}`;
}
