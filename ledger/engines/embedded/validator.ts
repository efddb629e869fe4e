import type { Application } from '#ledger/abci/application.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { commitOf, decodeCommit, encodeCommit, verifyCommit, type Commit } from '#ledger/core/commit.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { milliseconds } from '#ledger/core/time.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { missing, statusOf } from '#ledger/consensus/catch-up.ts';
import type { Decided, Verdict } from '#ledger/consensus/effects.ts';
import {
  address,
  NO_ROUND,
  type NoRound,
  type Round,
  type SignedProposal,
  type SignedVote,
  type Timeouts,
} from '#ledger/consensus/types.ts';
import type { BlockLog } from '#ledger/storage/block-log.ts';
import { createBlockSync, type BlockSync } from './block-sync.ts';
import { buildBlock, faultOf, parseContent, type Chain, type Content } from './chain.ts';
import { createEvidencePool, type EvidencePool } from './evidence-pool.ts';
import { applyDecision, readDecision } from './ledger-state.ts';
import { createMempool, type Mempool } from './mempool.ts';
import { BLOCK_TRANSACTION_BYTES_MAX, coreVote, isProposalSigned, isVoteSigned, type Network } from './network.ts';
import { paceOf } from './pace.ts';
import { createParticipant, type Participant } from './participant.ts';
import { decodePeerMessage, encodePeerMessage, PEER_MESSAGE_BYTES_MAX, type PeerMessage } from './peer-message.ts';

/** Timely (PROTOCOL): a new proposal's time is at most this far behind or ahead of the own clock. */
const BEHIND_MS_MAX = 2_500n;
const AHEAD_MS_MAX = 500n;
/** While a height makes no progress, the peers are told this often what is here. */
const STATUS_MS = 1_000;
/** Waiting transactions handed to a validator that comes back. */
const HANDED_OVER_MAX = 1_000;

/** One machine, so generous: a round takes longer only when a validator is away or both cores are busy. */
export const TIMEOUTS: Timeouts = {
  propose: { initialMs: 1_000, deltaMs: 500 },
  prevote: { initialMs: 500, deltaMs: 250 },
  precommit: { initialMs: 500, deltaMs: 250 },
};

export interface ValidatorParts {
  readonly network: Network;
  readonly crypto: Crypto;
  readonly secretKey: Uint8Array;
  readonly application: Application;
  readonly log: BlockLog;
  /** State after the replay at start. */
  readonly chain: Chain;
  /** Below this height it only follows: it no longer knows what it has voted there. */
  readonly followUntilHeight: bigint;
  readonly timeouts: Timeouts;
  readonly nowMs: () => bigint;
  /** Runs once after a delay; answers how to cancel it. */
  readonly after: (delayMs: number, action: () => void) => () => void;
  readonly peers: () => readonly number[];
  readonly send: (peer: number, bytes: Uint8Array) => void;
  /** A block was decided and executed here. */
  readonly committed: (height: bigint) => void;
  /** Height, round or catching-up changed. */
  readonly progressed: () => void;
  readonly tooManyWaiting: number;
  readonly unavailable: number;
}

/** One validator without its thread, files and clock. Throws (StorageHalt, AssertionError) when it must not go on. */
export interface Validator {
  restore(inputs: Parameters<Participant['restore']>[1], contents: ReadonlyMap<string, Uint8Array>): void;
  begin(): void;
  linked(peer: number): void;
  unlinked(peer: number): void;
  receive(peer: number, bytes: Uint8Array): void;
  /** Admission: 0 and the id, or a code. */
  submit(bytes: Uint8Array): { code: number; txId?: Uint8Array };
  chain(): Chain;
  round(): number;
  isCatchingUp(): boolean;
  stop(): void;
}

interface Context {
  readonly parts: ValidatorParts;
  readonly own: Uint8Array;
  readonly mempool: Mempool;
  readonly evidence: EvidencePool;
  readonly participant: Participant;
  readonly sync: BlockSync;
  chain: Chain;
  decidedAtMs: bigint;
  isHeightBegun: boolean;
  isStopped: boolean;
  cancelPace: () => void;
  cancelStatus: () => void;
}

function broadcast(context: Context, message: PeerMessage): void {
  const bytes = encodePeerMessage(message);
  for (const peer of context.parts.peers()) context.parts.send(peer, bytes);
}

function statusMessage(context: Context): PeerMessage {
  return { kind: 'status', decided: context.chain.height, status: statusOf(context.participant.state()) };
}

function contentMessage(context: Context, message: SignedProposal | SignedVote): PeerMessage | undefined {
  if ('vote' in message) return { kind: 'vote', signed: message };
  const content = context.participant.content(message.proposal.valueId);
  return content && { kind: 'proposal', signed: message, content: content.encoded };
}

function build(context: Context): Content {
  const { parts, chain, mempool } = context;
  const now = parts.nowMs();
  const timeMs = now > chain.timeMs ? now : chain.timeMs + 1n;
  const height = chain.height + 1n;
  const bytesMax = BLOCK_TRANSACTION_BYTES_MAX;
  const transactions = parts.application.prepareProposal(mempool.candidates(bytesMax), { height, timeMs, bytesMax });
  const body = { timeMs, transactions, evidence: context.evidence.pending(height), proposer: context.own };
  return buildBlock(parts.network, chain, body, parts.crypto);
}

function check(context: Context, content: Content, validRound: Round | NoRound): Verdict {
  const { parts, chain } = context;
  const { header, evidence, transactions } = content.block;
  if (faultOf(parts.network, chain, content, parts.crypto) !== undefined) return 'invalid';
  if (context.evidence.faultIn(evidence, header.height) !== undefined) return 'invalid';
  const timeMs = milliseconds(header.timeNs);
  const proposed = { height: header.height, timeMs, bytesMax: BLOCK_TRANSACTION_BYTES_MAX };
  if (!parts.application.processProposal(transactions, proposed)) return 'invalid';
  if (validRound !== NO_ROUND) return 'valid';
  const now = parts.nowMs();
  return timeMs < now - BEHIND_MS_MAX || timeMs > now + AHEAD_MS_MAX ? 'untimely' : 'valid';
}

function commitOfDecision(context: Context, decision: Decided, content: Content): Commit {
  const { network } = context.parts;
  const { height, round } = decision;
  const votes = network.members.validators.map(({ address: of }) => {
    const signed = decision.precommits.find((each) => each.vote.validator === of);
    return signed && coreVote(network, signed);
  });
  return commitOf({ height, round, blockId: content.id }, votes);
}

/** The one way in which the chain grows, whether the block was decided here or fetched. */
function apply(context: Context, content: Content, commit: Commit): void {
  const { parts, mempool } = context;
  const { chain, record } = applyDecision(context.chain, { content, commit }, parts);
  context.chain = chain;
  context.decidedAtMs = parts.nowMs();
  context.isHeightBegun = false;
  context.evidence.committed(content.block.evidence, chain.height);
  for (const item of record.transactions) if (item.txId !== undefined) mempool.remove(item.txId);
  mempool.recheck((bytes) => parts.application.checkTx(bytes, { nowMs: parts.nowMs(), recheck: true }).code === 0);
  parts.committed(chain.height);
  context.sync.advanced();
  keepPace(context);
}

/** A precommit that came after the decision completes the commit that the next block will carry. */
function addLatePrecommit(context: Context, signed: SignedVote): void {
  const { chain, parts } = context;
  const { vote } = signed;
  if (vote.kind !== 'precommit' || vote.height !== chain.height || vote.round !== chain.commit.round) return;
  const votes = coreVote(parts.network, signed);
  const single = commitOf({ height: chain.height, round: chain.commit.round, blockId: chain.blockId }, [votes]);
  const entry = single.signatures[0];
  const at = votes.index;
  if (entry === undefined || at < 0 || chain.commit.signatures[at]?.signature.length !== 0) return;
  const signatures = chain.commit.signatures.with(at, entry);
  context.chain = { ...chain, commit: { ...chain.commit, signatures } };
  keepPace(context);
}

function isEveryPrecommitHere(chain: Chain): boolean {
  return chain.commit.signatures.every((each) => each.signature.length > 0);
}

/** Begins the next height when there is a reason to, else looks again when time alone could bring one. */
function keepPace(context: Context): void {
  const { parts, chain, participant } = context;
  context.cancelPace();
  if (context.isStopped || participant.state().height > chain.height) return;
  if (context.sync.isCatchingUp() || chain.height < parts.followUntilHeight) return;
  const pace = paceOf({
    chain,
    nowMs: parts.nowMs(),
    decidedAtMs: context.decidedAtMs,
    isTransactionWaiting: context.mempool.size() > 0,
    isHeightBegun: context.isHeightBegun,
    isEveryPrecommitHere: isEveryPrecommitHere(chain),
  });
  if (pace.begin) {
    participant.start(chain.height + 1n);
    parts.progressed();
  } else {
    context.cancelPace = parts.after(pace.afterMs, () => keepPace(context));
  }
}

function noteHeight(context: Context, peer: number, height: bigint): void {
  if (height === context.chain.height + 1n) {
    context.isHeightBegun = true;
    keepPace(context);
  }
  if (height > context.chain.height + 1n) context.sync.noteDecided(peer, height - 1n);
}

function receiveProposal(context: Context, peer: number, message: Extract<PeerMessage, { kind: 'proposal' }>): void {
  const { network, crypto } = context.parts;
  const { proposal } = message.signed;
  if (proposal.height <= context.chain.height || proposal.height > context.chain.height + 2n) return;
  if (!isProposalSigned(network, message.signed, crypto)) return;
  const content = context.participant.content(proposal.valueId) ?? parseContent(message.content, crypto);
  if (content === undefined || content.valueId !== proposal.valueId) return;
  if (content.block.header.height !== proposal.height) return;
  noteHeight(context, peer, proposal.height);
  context.participant.receiveProposal(message.signed, content);
}

function receiveVote(context: Context, peer: number, signed: SignedVote): void {
  const { height } = signed.vote;
  if (height < context.chain.height) return;
  if (!isVoteSigned(context.parts.network, signed, context.parts.crypto)) return;
  if (height === context.chain.height) addLatePrecommit(context, signed);
  noteHeight(context, peer, height);
  context.participant.receiveVote(signed);
}

function receiveStatus(context: Context, peer: number, message: Extract<PeerMessage, { kind: 'status' }>): void {
  const { parts, chain, participant } = context;
  if (message.decided > chain.height) return context.sync.noteDecided(peer, message.decided);
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

function receiveBlock(context: Context, peer: number, message: Extract<PeerMessage, { kind: 'block' }>): void {
  const { parts, chain } = context;
  if (context.sync.asked() !== peer || message.height !== chain.height + 1n) return;
  const content = parseContent(message.content, parts.crypto);
  const commit = decodeCommit(message.commit);
  if (content === undefined || commit === undefined) return context.sync.disappointed(peer);
  const { chainId, validators } = parts.network;
  const claim = { chainId, height: message.height, blockId: content.id, commit, validators };
  const isGood =
    verifyCommit(claim, parts.crypto).ok && faultOf(parts.network, chain, content, parts.crypto) === undefined;
  if (!isGood) return context.sync.disappointed(peer);
  apply(context, content, commit);
}

function receive(context: Context, peer: number, bytes: Uint8Array): void {
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
  }
}

function admit(context: Context, bytes: Uint8Array): { code: number; txId?: Uint8Array } {
  const { parts, mempool } = context;
  const admitted = parts.application.checkTx(bytes, { nowMs: parts.nowMs(), recheck: false });
  const { code, txId, sender } = admitted;
  if (code !== 0 || txId === undefined) return { code: code === 0 ? parts.unavailable : code };
  const added = mempool.add({ txId, bytes, sender });
  if (added === 'full') return { code: parts.unavailable };
  if (added === 'sender-full') return { code: parts.tooManyWaiting };
  keepPace(context);
  return { code: 0, txId };
}

function createContext(parts: ValidatorParts): Context {
  const own = validatorAddress(parts.crypto.publicKey(parts.secretKey), parts.crypto);
  const decidedBlocks = {
    height: () => context.chain.height,
    block: (height: bigint) => {
      const stored = parts.log.block(height);
      if (stored === undefined) return undefined;
      const { header, evidence } = readDecision(stored, parts.crypto).content.block;
      return { timeMs: milliseconds(header.timeNs), evidence };
    },
  };
  const participant = createParticipant({
    network: parts.network,
    own: address(toHex(own)),
    signer: parts,
    timeouts: parts.timeouts,
    log: parts.log,
    nowMs: parts.nowMs,
    after: parts.after,
    build: () => build(context),
    check: (content, validRound) => check(context, content, validRound),
    send: (signed) => {
      const message = contentMessage(context, signed);
      if (message !== undefined) broadcast(context, message);
    },
    askPeers: () => broadcast(context, statusMessage(context)),
    decided: (decision, content) => {
      // Block sync may have been faster.
      if (decision.height === context.chain.height + 1n)
        apply(context, content, commitOfDecision(context, decision, content));
    },
    equivocated: (first, second) => context.evidence.add(first, second),
  });
  const sync = createBlockSync({
    ownHeight: () => context.chain.height,
    after: parts.after,
    request: (peer, height) => parts.send(peer, encodePeerMessage({ kind: 'block-request', height })),
    changed: () => {
      parts.progressed();
      keepPace(context);
    },
  });
  const context: Context = {
    parts,
    own,
    mempool: createMempool(),
    evidence: createEvidencePool(parts.network, parts.crypto, decidedBlocks),
    participant,
    sync,
    chain: parts.chain,
    decidedAtMs: parts.nowMs(),
    isHeightBegun: false,
    isStopped: false,
    cancelPace: () => undefined,
    cancelStatus: () => undefined,
  };
  return context;
}

/** Tells the peers now and then what is here, while the height in progress stands still. */
function watchProgress(context: Context): void {
  let seen = context.chain.height;
  const look = (): void => {
    const isInProgress = context.participant.state().height > context.chain.height;
    if (isInProgress && context.chain.height === seen) broadcast(context, statusMessage(context));
    seen = context.chain.height;
    context.cancelStatus = context.parts.after(STATUS_MS, look);
  };
  context.cancelStatus = context.parts.after(STATUS_MS, look);
}

export function createValidator(parts: ValidatorParts): Validator {
  const context = createContext(parts);
  return {
    restore: (inputs, contents) => {
      const known = [...contents.values()].flatMap((encoded) => parseContent(encoded, parts.crypto) ?? []);
      if (inputs.length > 0) context.participant.restore(context.chain.height + 1n, inputs, known);
    },
    begin: () => {
      watchProgress(context);
      keepPace(context);
    },
    linked: (peer) => {
      parts.send(peer, encodePeerMessage(statusMessage(context)));
      for (const bytes of context.mempool.oldest(HANDED_OVER_MAX)) {
        parts.send(peer, encodePeerMessage({ kind: 'transaction', bytes }));
      }
    },
    unlinked: (peer) => context.sync.forget(peer),
    receive: (peer, bytes) => receive(context, peer, bytes),
    submit: (bytes) => admit(context, bytes),
    chain: () => context.chain,
    round: () => context.participant.state().round,
    isCatchingUp: () => context.sync.isCatchingUp() || context.chain.height < parts.followUntilHeight,
    stop: () => {
      context.isStopped = true;
      context.cancelPace();
      context.cancelStatus();
      context.sync.stop();
    },
  };
}
