import type { Verdict } from './effects.ts';
import type { Address, Round, SignedProposal, SignedVote, ValidatorSet, ValueId } from './types.ts';
import { EMPTY_TALLY, addVote, hasQuorumFor, removeVotes, type Tally } from './votes.ts';
import { powerOf } from './validators.ts';

/** A validator's messages are kept in at most this many rounds ahead of the own one: its highest ones. */
export const ROUNDS_AHEAD_MAX = 4;

/** Proposals kept of an equivocating proposer in one round, besides those of values with a quorum. */
export const PROPOSALS_MAX = 2;

export interface KeptProposal {
  readonly signed: SignedProposal;
  /** `asked` until the shell has answered; absent before it is asked. */
  readonly check?: 'asked' | Exclude<Verdict, 'unknown'>;
}

/** What happens once in a round: the paper's "for the first time", and our requests. */
export type Once = 'L34' | 'L36' | 'L47' | `need:${string}` | `halt:${string}`;

/** All messages of one round. */
export interface RoundLog {
  readonly proposals: readonly KeptProposal[];
  readonly prevotes: Tally;
  readonly precommits: Tally;
  readonly once: ReadonlySet<Once>;
}

/** The paper's message log of one height. */
export type MessageLog = ReadonlyMap<Round, RoundLog>;

export const EMPTY_LOG: MessageLog = new Map();
const EMPTY_ROUND: RoundLog = { proposals: [], prevotes: EMPTY_TALLY, precommits: EMPTY_TALLY, once: new Set() };

export function roundLog(log: MessageLog, round: Round): RoundLog {
  return log.get(round) ?? EMPTY_ROUND;
}

export function tallyOf(log: MessageLog, round: Round, kind: SignedVote['vote']['kind']): Tally {
  const messages = roundLog(log, round);
  return kind === 'prevote' ? messages.prevotes : messages.precommits;
}

function withRound(log: MessageLog, round: Round, change: Partial<RoundLog>): MessageLog {
  return new Map(log).set(round, { ...roundLog(log, round), ...change });
}

export function markOnce(log: MessageLog, round: Round, once: Once): MessageLog {
  return withRound(log, round, { once: new Set(roundLog(log, round).once).add(once) });
}

function unmark(log: MessageLog, round: Round, once: Once): MessageLog {
  const left = new Set(roundLog(log, round).once);
  left.delete(once);
  return withRound(log, round, { once: left });
}

export interface LogContext {
  readonly validators: ValidatorSet;
  /** The own round: what lies ahead of it is bounded per validator. */
  readonly round: Round;
}

export interface Logged {
  readonly log: MessageLog;
  readonly contradicts?: SignedVote;
}

/** Keeps a vote, or leaves the log as it is: a stranger, a repetition, or a round ahead below the validator's highest ones. */
export function logVote(log: MessageLog, signed: SignedVote, context: LogContext): Logged {
  const { validator, round, kind } = signed.vote;
  const power = powerOf(context.validators, validator);
  if (power === 0) return { log };
  const bounded = boundAhead(log, { sender: validator, round, context });
  if (bounded === undefined) return { log };
  const added = addVote(tallyOf(bounded, round, kind), signed, power);
  if (added.tally === tallyOf(bounded, round, kind)) return { log };
  const next = withRound(bounded, round, kind === 'prevote' ? { prevotes: added.tally } : { precommits: added.tally });
  return added.contradicts === undefined ? { log: next } : { log: next, contradicts: added.contradicts };
}

/** Keeps a proposal (of the round's proposer: the caller's check) within the bounds, or leaves the log as it is. */
export function logProposal(log: MessageLog, signed: SignedProposal, context: LogContext): MessageLog {
  const { round, proposer, valueId } = signed.proposal;
  const bounded = boundAhead(log, { sender: proposer, round, context });
  if (bounded === undefined) return log;
  const messages = roundLog(bounded, round);
  if (messages.proposals.some((kept) => isSameProposal(kept.signed, signed))) return log;
  const isWanted =
    hasQuorumFor(messages.prevotes, context.validators, valueId) ||
    hasQuorumFor(messages.precommits, context.validators, valueId);
  if (messages.proposals.length >= PROPOSALS_MAX && !isWanted) return log;
  return withRound(bounded, round, { proposals: [...messages.proposals, { signed }] });
}

export function isSameProposal(a: SignedProposal, b: SignedProposal): boolean {
  return a.proposal.valueId === b.proposal.valueId && a.proposal.validRound === b.proposal.validRound;
}

/** Marks one proposal as asked about, or as known without asking. */
export function markCheck(log: MessageLog, kept: KeptProposal, check: NonNullable<KeptProposal['check']>): MessageLog {
  const { round } = kept.signed.proposal;
  const proposals = roundLog(log, round).proposals.map((other) => (other === kept ? { ...kept, check } : other));
  return withRound(log, round, { proposals });
}

/** Whether the shell has been asked about this value in this round and has not answered. */
export function isAsked(log: MessageLog, round: Round, valueId: ValueId): boolean {
  const { proposals } = roundLog(log, round);
  return proposals.some((kept) => kept.check === 'asked' && kept.signed.proposal.valueId === valueId);
}

/** The answer about the proposal that was asked about; `unknown` forgets it, so that it can come again. */
export function logVerdict(log: MessageLog, round: Round, valueId: ValueId, verdict: Verdict): MessageLog {
  const { proposals } = roundLog(log, round);
  const asked = proposals.find((kept) => kept.check === 'asked' && kept.signed.proposal.valueId === valueId);
  if (asked === undefined) return log;
  if (verdict !== 'unknown') return markCheck(log, asked, verdict);
  const left = proposals.filter((kept) => kept !== asked);
  return unmark(withRound(log, round, { proposals: left }), round, `need:${valueId}`);
}

/** Power of those who sent anything in the round, each counted once. */
export function senderPower(log: MessageLog, round: Round, set: ValidatorSet): number {
  const messages = roundLog(log, round);
  const senders = new Set<Address>([...messages.prevotes.votes.keys(), ...messages.precommits.votes.keys()]);
  for (const kept of messages.proposals) senders.add(kept.signed.proposal.proposer);
  let power = 0;
  for (const sender of senders) power += powerOf(set, sender);
  return power;
}

/** Makes room for a message of `sender` in `round`; undefined when the sender's higher rounds fill its share already. */
function boundAhead(
  log: MessageLog,
  { sender, round, context }: { sender: Address; round: Round; context: LogContext },
): MessageLog | undefined {
  if (round <= context.round) return log;
  const ahead: Round[] = [];
  for (const [other, messages] of log) {
    if (other > context.round && isSender(messages, sender)) ahead.push(other);
  }
  if (ahead.includes(round) || ahead.length < ROUNDS_AHEAD_MAX) return log;
  const lowest = ahead.reduce((least, other) => (other < least ? other : least));
  return round < lowest ? undefined : forget(log, lowest, sender, context.validators);
}

function isSender(messages: RoundLog, sender: Address): boolean {
  return (
    messages.prevotes.votes.has(sender) ||
    messages.precommits.votes.has(sender) ||
    messages.proposals.some((kept) => kept.signed.proposal.proposer === sender)
  );
}

function forget(log: MessageLog, round: Round, sender: Address, set: ValidatorSet): MessageLog {
  const messages = roundLog(log, round);
  const power = powerOf(set, sender);
  const left: RoundLog = {
    proposals: messages.proposals.filter((kept) => kept.signed.proposal.proposer !== sender),
    prevotes: removeVotes(messages.prevotes, sender, power),
    precommits: removeVotes(messages.precommits, sender, power),
    once: messages.once,
  };
  const next = new Map(log);
  const isEmpty = left.proposals.length === 0 && left.prevotes.votes.size === 0 && left.precommits.votes.size === 0;
  if (isEmpty) next.delete(round);
  else next.set(round, left);
  return next;
}
