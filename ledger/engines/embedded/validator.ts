import type { Verdict } from '#ledger/consensus/effects.ts';
import { tallyOf } from '#ledger/consensus/log.ts';
import { address, NO_ROUND, type NoRound, type Round, type Timeouts } from '#ledger/consensus/types.ts';
import { EMPTY_TALLY } from '#ledger/consensus/votes.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { milliseconds } from '#ledger/core/time.ts';
import { setAt } from '#ledger/core/validator-schedule.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { BLOCK_TRANSACTION_BYTES_MAX } from '#ledger/engines/block-limits.ts';
import { FIRST_BLOCK_BYTES } from './block-size.ts';
import { createBlockSync } from './block-sync.ts';
import { buildBlock, faultOf, parseContent, type Chain, type Content } from './chain.ts';
import { createEvidencePool, type DecidedBlocks } from './evidence-pool.ts';
import { readDecision } from './ledger-state.ts';
import { createMempool } from './mempool.ts';
import { membersOf } from './network.ts';
import { createParticipant, type Participant } from './participant.ts';
import { encodePeerMessage } from './peer-message.ts';
import { createSnapshotJoin } from './snapshot-join.ts';
import {
  broadcast,
  contentMessage,
  statusMessage,
  type Context,
  type FetchedBlock,
  type ValidatorParts,
} from './validator-context.ts';
import { apply, commitOfDecision, keepPace } from './validator-growth.ts';
import { admit, receive } from './validator-intake.ts';

/** Timely (PROTOCOL): a new proposal's time is at most this far behind or ahead of the own clock. */
const BEHIND_MS_MAX = 2_500n;
const AHEAD_MS_MAX = 500n;
/**
 * While a height makes no progress, the peers are told this often what is here: well below the propose timeout, so that a validator which
 * missed a decision hears of it before its own turn to propose costs everybody one.
 */
const STATUS_MS = 200;
/** Waiting transactions handed to a validator that comes back. */
const HANDED_OVER_MAX = 1_000;

/** One machine, so generous: a round takes longer only when a validator is away or both cores are busy. */
export const TIMEOUTS: Timeouts = {
  propose: { initialMs: 1_000, deltaMs: 500 },
  prevote: { initialMs: 500, deltaMs: 250 },
  precommit: { initialMs: 500, deltaMs: 250 },
};

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
  /** Transactions that were admitted and are not decided. */
  waiting(): number;
  round(): number;
  isCatchingUp(): boolean;
  stop(): void;
}

function build(context: Context): Content {
  const { parts, chain, mempool } = context;
  const now = parts.nowMs();
  const timeMs = now > chain.timeMs ? now : chain.timeMs + 1n;
  const height = chain.height + 1n;
  const bytesMax = context.blockBytes;
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

/** What the evidence pool asks of the blocks so far, also of those before a snapshot. */
function decidedBlocks(context: () => Context): DecidedBlocks {
  return {
    height: () => context().chain.height,
    block: (height) => {
      const { log, crypto, origin } = context().parts;
      const stored = log.block(height);
      const block = stored ? readDecision(stored, crypto).content.block : origin?.past.get(height);
      return block && { timeMs: milliseconds(block.header.timeNs), evidence: block.evidence };
    },
    validators: (height) => setAt(context().chain.schedule, height).set,
  };
}

function createParticipantOf(parts: ValidatorParts, own: Uint8Array, context: () => Context): Participant {
  return createParticipant({
    network: parts.network,
    validatorsAt: (height) => membersOf(setAt(context().chain.schedule, height).set),
    own: address(toHex(own)),
    signer: parts,
    timeouts: parts.timeouts,
    step: parts.step,
    log: parts.log,
    nowMs: parts.nowMs,
    after: parts.after,
    build: () => build(context()),
    check: (content, validRound) => check(context(), content, validRound),
    send: (signed) => {
      const message = contentMessage(context(), signed);
      if (message !== undefined) broadcast(context(), message);
    },
    askPeers: () => broadcast(context(), statusMessage(context())),
    decided: (decision, content) => {
      // Block sync may have been faster.
      if (decision.height !== context().chain.height + 1n) return;
      const { log } = context().participant.state();
      const precommits = tallyOf(log, decision.round, 'precommit');
      apply(context(), content, commitOfDecision(context(), decision, content), precommits);
    },
    equivocated: (first, second) => context().evidence.add(first, second),
  });
}

/** The ways to what the peers have decided already: their blocks one by one, or a snapshot first. */
function createCatchUp(parts: ValidatorParts, context: () => Context): Pick<Context, 'sync' | 'join'> {
  const sync = createBlockSync<FetchedBlock>({
    ownHeight: () => context().chain.height,
    after: parts.after,
    request: (peer, height) => parts.send(peer, encodePeerMessage({ kind: 'block-request', height })),
    changed: () => {
      parts.progressed();
      keepPace(context());
      // What the peers said of the height that begins now met a driver further down and is gone. Without asking at once, a validator
      // that comes back as the next proposer costs everybody a propose timeout.
      if (!sync.isCatchingUp()) broadcast(context(), statusMessage(context()));
    },
  });
  const join = createSnapshotJoin({
    network: parts.network,
    crypto: parts.crypto,
    after: parts.after,
    peers: parts.peers,
    ...parts.joining,
    ownHeight: () => context().chain.height,
    send: (peer, message) => parts.send(peer, encodePeerMessage(message)),
    givenUp: (claims) => {
      for (const [peer, height] of claims) sync.noteDecided(peer, height);
      parts.progressed();
      keepPace(context());
    },
  });
  return { sync, join };
}

function createContext(parts: ValidatorParts): Context {
  const own = validatorAddress(parts.crypto.publicKey(parts.secretKey), parts.crypto);
  const context: Context = {
    parts,
    own,
    mempool: createMempool(),
    evidence: createEvidencePool(
      parts.network,
      parts.crypto,
      decidedBlocks(() => context),
    ),
    participant: createParticipantOf(parts, own, () => context),
    ...createCatchUp(parts, () => context),
    chain: parts.chain,
    precommits: EMPTY_TALLY,
    decidedAtMs: parts.nowMs(),
    blockBytes: FIRST_BLOCK_BYTES,
    superfluous: [],
    isHeightBegun: false,
    isTaking: false,
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
    unlinked: (peer) => {
      context.join.forget(peer);
      context.sync.forget(peer);
    },
    receive: (peer, bytes) => receive(context, peer, bytes),
    submit: (bytes) => admit(context, bytes),
    chain: () => context.chain,
    waiting: () => context.mempool.size(),
    round: () => context.participant.state().round,
    isCatchingUp: () =>
      context.join.isUnderWay() || context.sync.isCatchingUp() || context.chain.height < parts.followUntilHeight,
    stop: () => {
      context.isStopped = true;
      context.cancelPace();
      context.cancelStatus();
      context.join.stop();
      context.sync.stop();
    },
  };
}
