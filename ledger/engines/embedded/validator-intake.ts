import { decodeCommit, encodeCommit, verifyCommit } from '#ledger/core/commit.ts';
import { setAt } from '#ledger/core/validator-schedule.ts';
import { missing } from '#ledger/consensus/catch-up.ts';
import { tallyOf } from '#ledger/consensus/log.ts';
import type { SignedVote } from '#ledger/consensus/types.ts';
import { hasQuorumFor } from '#ledger/consensus/votes.ts';
import { faultOf, parseContent } from './chain.ts';
import { isSamePlace } from './evidence-pool.ts';
import { isProposalSigned, isVoteSigned, type Electorate } from './network.ts';
import { decodePeerMessage, encodePeerMessage, PEER_MESSAGE_BYTES_MAX, type PeerMessage } from './peer-message.ts';
import { contentMessage, statusMessage, type Context, type FetchedBlock } from './validator-context.ts';
import { addLatePrecommit, apply, keepPace } from './validator-growth.ts';

/** Votes beyond a quorum wait this long, so many at most: longer than an ordinary round takes, less than the next block waits for them. */
const SUPERFLUOUS_MS = 8;
const SUPERFLUOUS_MAX = 256;
/** Fetched blocks are executed so long without a look at anything else. */
const TAKEN_MS = 20n;

/** Admission: 0 and the id, or a code. */
export function admit(context: Context, bytes: Uint8Array): { code: number; txId?: Uint8Array } {
  const { parts, mempool } = context;
  // Asked first: what the application lets in takes a place there, which only a block or its expiry gives back.
  if (!mempool.hasRoom(bytes.length)) return { code: parts.unavailable };
  const admitted = parts.application.checkTx(bytes, { nowMs: parts.nowMs(), recheck: false });
  const { code, txId, sender } = admitted;
  if (code !== 0 || txId === undefined) return { code: code === 0 ? parts.unavailable : code };
  const added = mempool.add({ txId, bytes, sender });
  if (added === 'full') return { code: parts.unavailable };
  if (added === 'sender-full') return { code: parts.tooManyWaiting };
  keepPace(context);
  return { code: 0, txId };
}

/** Up to two heights above the last decided one. */
function electorateAt(context: Context, height: bigint): Electorate {
  return { network: context.parts.network, set: setAt(context.chain.schedule, height).set };
}

/** A peer is ahead, or says so. */
function noteDecided(context: Context, peer: number, height: bigint): void {
  if (!context.join.noteDecided(peer, height)) context.sync.noteDecided(peer, height);
}

function noteHeight(context: Context, peer: number, height: bigint): void {
  if (height === context.chain.height + 1n) {
    context.isHeightBegun = true;
    keepPace(context);
  }
  if (height > context.chain.height + 1n) noteDecided(context, peer, height - 1n);
}

function receiveProposal(context: Context, peer: number, message: Extract<PeerMessage, { kind: 'proposal' }>): void {
  const { crypto } = context.parts;
  const { proposal } = message.signed;
  if (proposal.height <= context.chain.height || proposal.height > context.chain.height + 2n) return;
  if (!isProposalSigned(electorateAt(context, proposal.height), message.signed, crypto)) return;
  const content = context.participant.content(proposal.valueId) ?? parseContent(message.content, crypto);
  if (content === undefined || content.valueId !== proposal.valueId) return;
  if (content.block.header.height !== proposal.height) return;
  noteHeight(context, peer, proposal.height);
  context.participant.receiveProposal(message.signed, content);
}

/** Whether a quorum for this vote's value is here already, so that nobody waits for this one. */
function isSuperfluous(context: Context, { vote }: SignedVote): boolean {
  const state = context.participant.state();
  if (vote.height === context.chain.height) return true;
  if (vote.height !== state.height) return false;
  const tally = tallyOf(state.log, vote.round, vote.kind);
  return hasQuorumFor(tally, state.validators, vote.valueId);
}

function contradicts(first: SignedVote, second: SignedVote): boolean {
  return isSamePlace(first, second) && first.vote.valueId !== second.vote.valueId;
}

/** Whether a vote that this one contradicts was looked at: by the driver, or when it came for the last block. */
function isContradiction({ participant, precommits }: Context, signed: SignedVote): boolean {
  const { log } = participant.state();
  const { validator, round, kind } = signed.vote;
  const seen = [tallyOf(log, round, kind), precommits].flatMap(({ votes }) => votes.get(validator) ?? []);
  return seen.some((each) => contradicts(each, signed));
}

/**
 * What nobody waits for is looked at when the round's work is done: it completes commits. What contradicts another vote is looked at now, with
 * that vote when it waits: a moment later the height may be over, and who voted twice would go unnoticed.
 */
function receiveVote(context: Context, peer: number, signed: SignedVote): void {
  const contradicted = context.superfluous.filter((each) => contradicts(each.signed, signed));
  if (contradicted.length > 0 || isContradiction(context, signed) || !isSuperfluous(context, signed)) {
    for (const each of contradicted) takeVote(context, each.peer, each.signed);
    return takeVote(context, peer, signed);
  }
  if (context.superfluous.length >= SUPERFLUOUS_MAX) return;
  context.superfluous.push({ peer, signed });
  if (context.superfluous.length > 1) return;
  context.parts.after(SUPERFLUOUS_MS, () => {
    const waiting = context.superfluous;
    context.superfluous = [];
    if (context.isStopped) return;
    for (const each of waiting) takeVote(context, each.peer, each.signed);
  });
}

function takeVote(context: Context, peer: number, signed: SignedVote): void {
  const { height } = signed.vote;
  if (height < context.chain.height) return;
  // Who decides heights further up is not known yet; like a status, the vote only claims that the peer is ahead.
  if (height > context.chain.height + 2n) return noteDecided(context, peer, height - 1n);
  if (!isVoteSigned(electorateAt(context, height), signed, context.parts.crypto)) return;
  if (height === context.chain.height) addLatePrecommit(context, signed);
  noteHeight(context, peer, height);
  context.participant.receiveVote(signed);
}

function receiveStatus(context: Context, peer: number, message: Extract<PeerMessage, { kind: 'status' }>): void {
  const { parts, chain, participant } = context;
  if (message.decided > chain.height) return noteDecided(context, peer, message.decided);
  // The peer learns from our status that it is behind, and asks for blocks.
  if (message.decided < chain.height) return parts.send(peer, encodePeerMessage(statusMessage(context)));
  for (const each of missing(participant.state(), message.status)) {
    const answer = contentMessage(context, each);
    if (answer !== undefined) parts.send(peer, encodePeerMessage(answer));
  }
}

function receiveBlockRequest(context: Context, peer: number, height: bigint): void {
  const stored = context.parts.log.block(height);
  if (stored === undefined) return;
  // The commit of the last block is completed by late precommits in memory only.
  const commit = height === context.chain.height ? encodeCommit(context.chain.commit) : stored.commit;
  context.parts.send(peer, encodePeerMessage({ kind: 'block', height, content: stored.content, commit }));
}

/** Kept for its turn; its signatures are checked meanwhile, beside what is executed. */
function receiveBlock(context: Context, peer: number, message: Extract<PeerMessage, { kind: 'block' }>): void {
  const { parts, sync } = context;
  const { height } = message;
  if (!sync.isAwaited(peer, height)) return;
  const content = parseContent(message.content, parts.crypto);
  const commit = decodeCommit(message.commit);
  if (content === undefined || commit === undefined) return sync.disappointed(peer);
  const block: FetchedBlock = { content, commit, isChecked: false };
  sync.arrived(height, block);
  const checked = (): void => {
    block.isChecked = true;
    takeSoon(context);
  };
  // A thread is started for many blocks, not for a few: that costs more than it spares.
  if (sync.isFarBehind()) parts.checkAhead(content.block.transactions, checked);
  else checked();
}

/** In a turn of its own: blocks that come one after the other through one port keep everything else of this thread waiting else. */
function takeSoon(context: Context): void {
  if (context.isTaking) return;
  context.isTaking = true;
  context.parts.after(0, () => {
    context.isTaking = false;
    if (!context.isStopped) takeBlocks(context);
  });
}

/** What the commit of a fetched block says is not believed: it is verified like one of the own. */
function isDecided({ parts, chain }: Context, { content, commit }: FetchedBlock): boolean {
  const { chainId } = parts.network;
  const height = chain.height + 1n;
  const { set: validators } = setAt(chain.schedule, height);
  const claim = { chainId, height, blockId: content.id, commit, validators };
  return verifyCommit(claim, parts.crypto).ok && faultOf(parts.network, chain, content, parts.crypto) === undefined;
}

/** The fetched blocks whose turn it is, as far as a moment goes: messages and timers come in between. */
function takeBlocks(context: Context): void {
  const { parts, sync } = context;
  const endMs = parts.nowMs() + TAKEN_MS;
  for (let next = sync.next(); next?.block.isChecked === true; next = sync.next()) {
    if (parts.nowMs() > endMs) return takeSoon(context);
    if (!isDecided(context, next.block)) return sync.disappointed(next.peer);
    apply(context, next.block.content, next.block.commit);
  }
}

function receiveSnapshotRequest({ parts }: Context, peer: number): void {
  parts.send(peer, encodePeerMessage({ kind: 'snapshot', offer: parts.snapshots.offer() }));
}

function receiveChunkRequest(
  { parts }: Context,
  peer: number,
  { height, index }: Extract<PeerMessage, { kind: 'chunk-request' }>,
): void {
  // A newer snapshot has taken its place: without an answer the peer begins anew with somebody else.
  const bytes = parts.snapshots.chunk(height, index);
  if (bytes !== undefined) parts.send(peer, encodePeerMessage({ kind: 'chunk', height, index, bytes }));
}

/** Strict: what does not decode, verify or fit is dropped without a trace in the state. */
export function receive(context: Context, peer: number, bytes: Uint8Array): void {
  if (context.isStopped || bytes.length > PEER_MESSAGE_BYTES_MAX) return;
  const message = decodePeerMessage(bytes);
  if (message === undefined) return;
  switch (message.kind) {
    case 'proposal':
      return receiveProposal(context, peer, message);
    case 'vote':
      return receiveVote(context, peer, message.signed);
    case 'transaction':
      return void admit(context, message.bytes);
    case 'status':
      return receiveStatus(context, peer, message);
    case 'block-request':
      return receiveBlockRequest(context, peer, message.height);
    case 'block':
      return receiveBlock(context, peer, message);
    case 'snapshot-request':
      return receiveSnapshotRequest(context, peer);
    case 'chunk-request':
      return receiveChunkRequest(context, peer, message);
    case 'snapshot':
    case 'chunk':
      return context.join.receive(peer, message);
  }
}
