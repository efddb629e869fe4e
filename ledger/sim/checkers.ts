import { isVote, type Message } from '#ledger/consensus/early.ts';
import type { Effect } from '#ledger/consensus/effects.ts';
import {
  NO_ROUND,
  address as addressOf,
  height as heightOf,
  round as roundOf,
  type Address,
  type SignedVote,
  type ValueId,
  type Vote,
} from '#ledger/consensus/types.ts';
import { isNil } from '#ledger/core/block-id.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { FOR_BLOCK, decodeCommit, type Commit } from '#ledger/core/commit.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { DuplicateVoteEvidence } from '#ledger/core/evidence.ts';
import { milliseconds } from '#ledger/core/time.ts';
import { setAt } from '#ledger/core/validator-schedule.ts';
import { PREVOTE, type Vote as CoreVote } from '#ledger/core/vote.ts';
import { parseContent } from '#ledger/engines/embedded/chain.ts';
import {
  isProposalSigned,
  isVoteSigned,
  valueIdOfBlock,
  type Electorate,
  type Network,
} from '#ledger/engines/embedded/network.ts';
import type { OpenedFiles } from '#ledger/engines/embedded/validator-files.ts';
import type { ExecutionRecord } from '#ledger/engines/execution.ts';
import type { StoredBlock } from '#ledger/storage/block-log.ts';
import { Reference } from './reference.ts';
import { Violation } from './violation.ts';

export interface CheckersOptions {
  readonly network: Network;
  readonly crypto: Crypto;
  /** Lower-case hex, by validator. */
  readonly addresses: readonly string[];
  readonly byzantine: ReadonlySet<number>;
}

/** A correct node as it is when something reaches it. */
export interface Place {
  readonly node: number;
  /** Height and round that its driver is in. */
  readonly height: bigint;
  readonly round: number;
}

/**
 * What must hold whatever the faults, judged from outside: from messages that were sent and blocks that were decided, with quorums counted anew,
 * nothing of the driver's own counting.
 */
export class Checkers {
  readonly #options: CheckersOptions;
  readonly #electorate: Electorate;
  /** One application that follows what was decided first, to judge validity. */
  readonly reference: Reference;
  /** By height, what was decided first. */
  readonly #decided = new Map<bigint, string>();
  /** By height, the app hash that the first who executed it told its submitters of. */
  readonly #told = new Map<bigint, string>();
  /** One message goes to many. */
  readonly #authentic = new WeakMap<Message, boolean>();
  readonly #lastProposed = new Map<string, bigint>();
  /** Double votes that decided blocks carry. */
  readonly #recorded = new Set<string>();
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
  /** Own prevotes that a node has cast in its present life, also while nobody was there to send them to. */
  readonly #cast: Set<string>[];
  /** Equivocators, by their votes at any height. */
  readonly culprits = new Set<Address>();
  evidences = 0;

  constructor(options: CheckersOptions) {
    this.#options = options;
    const { network, crypto } = options;
    this.#electorate = { network, set: setAt(network.founders, 1n).set };
    this.reference = new Reference(network.genesisTimeMs, crypto);
    this.#heights = options.addresses.map(() => 0n);
    this.#reached = options.addresses.map(() => new Map());
    this.#cast = options.addresses.map(() => new Set());
    this.#due = options.addresses.map(() => new Set());
    this.#reported = options.addresses.map(() => new Set());
  }

  /** The first decided block of each height, as far as any correct node came. */
  get height(): bigint {
    return this.reference.height;
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
    this.#require(this.#hasPolka(vote, vote.round), `polka before precommit: ${text(vote)}`);
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
      if (this.#hasPolka(vote, at)) return;
    }
    this.#require(false, `no prevote against the lock of round ${lock.round}: ${text(vote)}`);
  }

  /** An authentic message that reached a correct node. */
  received({ node, height, round }: Place, message: Message): void {
    if (!isVote(message) || message.vote.height !== height || message.vote.round > round) return;
    const reached = this.#reached[node];
    const place = slot(message.vote);
    const before = reached?.get(place);
    if (this.#reported[node]?.has(place) === true) return;
    if (before === undefined) reached?.set(place, message);
    else if (before.vote.valueId !== message.vote.valueId) this.#due[node]?.add(place);
  }

  /**
   * After each event of a node: every equivocation that reached it has been reported. Where the same event took it to another height, that is
   * seen by the block which carries it.
   */
  settled(node: number, height: bigint): void {
    for (const place of this.#due[node] ?? []) {
      this.#require(!place.startsWith(`${height}/`), `evidence of node ${node} for ${place}`);
      this.#reported[node]?.add(place);
      this.#due[node]?.delete(place);
    }
  }

  /** What was in memory is gone. */
  crashed(node: number): void {
    this.#reached[node]?.clear();
    this.#cast[node]?.clear();
    this.#due[node]?.clear();
    this.#reported[node]?.clear();
  }

  effect(node: number, effect: Effect): void {
    if (effect.kind === 'halt') this.#require(false, `no quorum for an invalid value: node ${node}`);
    if (effect.kind === 'sign-vote') this.#noteCast(node, effect.vote);
    if (effect.kind === 'send-again' && isVote(effect.message)) this.#noteCast(node, effect.message.vote);
    if (effect.kind !== 'vote-evidence') return;
    this.#checkEvidence(effect.first, effect.second);
    this.#require(effect.validator === effect.first.vote.validator, 'evidence names who voted');
    this.#due[node]?.delete(slot(effect.first.vote));
    this.#reported[node]?.add(slot(effect.first.vote));
    this.evidences += 1;
  }

  #noteCast(node: number, { kind, height, round, valueId }: Vote): void {
    if (kind === 'prevote') this.#cast[node]?.add(`${height}/${round}/${valueId}`);
  }

  #checkEvidence(first: SignedVote, second: SignedVote): void {
    const isProof =
      slot(first.vote) === slot(second.vote) &&
      first.vote.valueId !== second.vote.valueId &&
      this.isAuthentic(first) &&
      this.isAuthentic(second);
    this.#require(isProof, `evidence is proof: ${text(first.vote)} ${text(second.vote)}`);
    const { validator } = first.vote;
    this.#require(this.#isFaulty(validator), `no evidence against a correct validator: ${validator}`);
    this.#require(this.#options.addresses.includes(validator), 'evidence is about a validator');
  }

  /** Double votes that a node has noticed in its present life and that no decided block carries yet. */
  unrecorded(node: number): string[] {
    return [...(this.#reported[node] ?? [])].filter((place) => !this.#recorded.has(place));
  }

  /** The highest decided block that this node proposed; 0 before the first. */
  lastProposedBy(node: number): bigint {
    return this.#lastProposed.get(this.#options.addresses[node] ?? '') ?? 0n;
  }

  isRecorded(place: string): boolean {
    return this.#recorded.has(place);
  }

  /** Signed by whom it names. */
  isAuthentic(message: Message): boolean {
    const known = this.#authentic.get(message);
    if (known !== undefined) return known;
    const { crypto } = this.#options;
    const isSigned = isVote(message)
      ? isVoteSigned(this.#electorate, message, crypto)
      : isProposalSigned(this.#electorate, message, crypto);
    this.#authentic.set(message, isSigned);
    return isSigned;
  }

  /** Submitters are told before the block stands in a log: what they hear stands. Answers as `decided` does. */
  executed(node: number, height: bigint, record: ExecutionRecord): boolean {
    const told = toHex(record.appHash);
    const before = this.#told.get(height) ?? this.reference.appHashAt(height) ?? told;
    this.#told.set(height, before);
    return before === told || this.#isDisagreement(height, node);
  }

  /**
   * Agreement, validity, certificate, and a replica like all others. Answers false when a disagreement is explained by more faulty validators
   * than are tolerated.
   */
  decided(node: number, stored: StoredBlock): boolean {
    const { height } = stored;
    const expected = this.heightOf(node) + 1n;
    this.#require(height === expected, `node ${node} decides height ${expected}, not ${height}`);
    const content = parseContent(stored.content, this.#options.crypto);
    this.#require(content?.valueId === stored.valueId, `node ${node} decides what it can read, at height ${height}`);
    this.#checkCertificate(node, stored, decodeCommit(stored.commit));
    const before = this.#decided.get(height);
    if (before === undefined && content !== undefined) {
      const fault = this.reference.faultOf(content);
      this.#require(fault === undefined, `node ${node} decided an invalid block of height ${height}: ${fault}`);
      for (const each of content.block.evidence) this.#record(each);
      this.#decided.set(height, stored.valueId);
      this.#lastProposed.set(toHex(content.block.header.proposer), height);
      this.reference.apply(content);
    } else if (before !== stored.valueId) {
      return this.#isDisagreement(height, node);
    }
    this.#require(
      this.reference.isResult(height, stored.result),
      `executing height ${height} gives node ${node} what it gives all others`,
    );
    this.#heights[node] = height;
    return true;
  }

  /** Always false, or a violation. */
  #isDisagreement(height: bigint, node: number): false {
    const isExplained = this.culprits.size * 3 > this.#options.addresses.length;
    this.#require(isExplained, `agreement at height ${height}, node ${node}`);
    return false;
  }

  #record(evidence: DuplicateVoteEvidence): void {
    const [first, second] = [signedVoteOf(evidence.voteA), signedVoteOf(evidence.voteB)];
    this.#checkEvidence(first, second);
    const place = slot(first.vote);
    this.#require(!this.#recorded.has(place), `evidence is recorded once: ${place}`);
    this.#recorded.add(place);
  }

  /** Byte for byte the state that all others have at its height. */
  checkReplica(node: number, { application }: Pick<OpenedFiles, 'application'>): void {
    const { height } = application.info();
    this.#require(
      this.reference.isReplica(height, application),
      `node ${node} has the state of all others at height ${height}`,
    );
  }

  /**
   * A restart begins from what the disk has: behind what was decided, or ahead of what was told by the blocks whose record outlived the crash that
   * came before anybody heard of them.
   */
  restarted(node: number, { chain, log }: Pick<OpenedFiles, 'chain' | 'log'>): boolean {
    for (let height = this.heightOf(node) + 1n; height <= chain.height; height += 1n) {
      const stored = log.block(height);
      this.#require(stored !== undefined, `node ${node} has the block of height ${height}`);
      if (stored !== undefined && !this.decided(node, stored)) return false;
    }
    this.#heights[node] = chain.height;
    return true;
  }

  #checkCertificate(node: number, { height, round, valueId }: StoredBlock, commit: Commit | undefined): void {
    const isFor = commit?.height === height && commit.round === round && valueIdOfBlock(commit.blockId) === valueId;
    this.#require(isFor, `certificate of node ${node} is for its block of height ${height}`);
    const signers = new Set<string>();
    for (const each of commit?.signatures ?? []) {
      if (each.flag !== FOR_BLOCK) continue;
      const validator = addressOf(toHex(each.validator));
      const at = { height: heightOf(height), round: roundOf(round), valueId: valueId as ValueId };
      const vote = { ...at, kind: 'precommit' as const, validator };
      const signed = { vote, timestampMs: milliseconds(each.timeNs), signature: each.signature };
      this.#require(
        this.#options.addresses.includes(validator) && this.isAuthentic(signed),
        `certificate of node ${node}: ${text(vote)}`,
      );
      signers.add(validator);
    }
    this.#require(
      this.#isQuorum(signers.size),
      `certificate of node ${node} at height ${height} has more than two thirds`,
    );
  }

  #votesAt(height: bigint, round: number, kind: Vote['kind']): Map<Address, Set<ValueId | null>> {
    const place = `${height}/${round}/${kind}`;
    const votes = this.#sent.get(place) ?? new Map<Address, Set<ValueId | null>>();
    this.#sent.set(place, votes);
    return votes;
  }

  /** More than two thirds have prevoted the value of this vote in the round: as was sent, or cast by the voter itself. */
  #hasPolka({ height, valueId, validator }: Vote, round: number): boolean {
    const voters = new Set<Address>();
    for (const [voter, values] of this.#votesAt(height, round, 'prevote')) if (values.has(valueId)) voters.add(voter);
    const node = this.#options.addresses.indexOf(validator);
    if (this.#cast[node]?.has(`${height}/${round}/${valueId}`) === true) voters.add(validator);
    return this.#isQuorum(voters.size);
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

function signedVoteOf({ type, height, round, blockId, timeNs, validator, signature }: CoreVote): SignedVote {
  const vote = {
    kind: type === PREVOTE ? ('prevote' as const) : ('precommit' as const),
    height: heightOf(height),
    round: roundOf(round),
    valueId: isNil(blockId) ? null : valueIdOfBlock(blockId),
    validator: addressOf(toHex(validator)),
  };
  return { vote, timestampMs: milliseconds(timeNs), signature };
}

function slot({ height, round, kind, validator }: Vote): string {
  return `${height}/${round}/${kind}/${validator}`;
}

function text({ kind, height, round, valueId, validator }: Vote): string {
  return `${kind} ${height}/${round} of ${validator} for ${valueId ?? 'nil'}`;
}
