import { assert } from '#ledger/core/assert.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import { initialState, type State, type step } from '#ledger/consensus/driver.ts';
import type { Decided, Effect, Input, StartHeight, Verdict } from '#ledger/consensus/effects.ts';
import {
  height as heightOf,
  type Address,
  type Round,
  type NoRound,
  type SignedProposal,
  type SignedVote,
  type Timeouts,
  type ValidatorSet,
  type ValueId,
} from '#ledger/consensus/types.ts';
import type { BlockLog } from '#ledger/storage/block-log.ts';
import { StorageHalt } from '#ledger/storage/halt.ts';
import type { Content } from './chain.ts';
import { inputFromCbor, inputToCbor, type RecordedInput } from './inputs.ts';
import { signProposal, signVote, type Network, type Signer } from './network.ts';

/** Above this many, contents that the driver does not need are dropped; they can be asked for again. */
const CONTENTS_MAX = 64;
/** Effects that one input may set off, far above what the driver can: a runaway loop halts. */
const INPUTS_MAX = 100_000;

/** What the driver's effects need of the validator around it. Nothing here is called while a replay runs. */
export interface ParticipantParts {
  readonly network: Network;
  /** Who decides a height, up to two above the last decided one. */
  readonly validatorsAt: (height: bigint) => ValidatorSet;
  readonly own: Address;
  readonly signer: Signer;
  readonly timeouts: Timeouts;
  readonly step: typeof step;
  readonly log: BlockLog;
  readonly nowMs: () => bigint;
  readonly after: (delayMs: number, action: () => void) => () => void;
  /** A block for this height on top of the last decided one. */
  readonly build: () => Content;
  readonly check: (content: Content, validRound: Round | NoRound) => Verdict;
  /** An own message, durable by now: to every peer. */
  readonly send: (message: SignedProposal | SignedVote) => void;
  /** Tells the peers what is here, so that they send what is not. */
  readonly askPeers: () => void;
  readonly decided: (decision: Decided, content: Content) => void;
  readonly equivocated: (first: SignedVote, second: SignedVote) => void;
}

/** The driver of one validator with its write-ahead log: steps 1 to 5 of consensus/README. */
export interface Participant {
  readonly state: () => State;
  readonly content: (id: ValueId) => Content | undefined;
  /** Begins a height; ignored unless it is above the one in progress. */
  start(height: bigint): void;
  /** After a restart: the height in progress from its recorded inputs, then whatever is still to be done. */
  restore(height: bigint, inputs: readonly CborValue[], contents: readonly Content[]): void;
  /** Signatures are checked. `content` goes with a proposal. */
  receiveProposal(signed: SignedProposal, content: Content): void;
  receiveVote(signed: SignedVote): void;
}

interface Loop {
  readonly parts: ParticipantParts;
  readonly contents: Map<ValueId, Content>;
  state: State;
  inputs: Input[];
  outbox: (SignedProposal | SignedVote)[];
  decision: Decided | undefined;
  hasUnsyncedOwn: boolean;
  isRunning: boolean;
}

function heightOfInput(input: RecordedInput): bigint {
  switch (input.kind) {
    case 'proposal':
      return input.signed.proposal.height;
    case 'vote':
      return input.signed.vote.height;
    case 'value-built':
    case 'value-checked':
      return input.height;
    case 'timeout-elapsed':
      return input.timeout.height;
  }
}

/** Messages of the next height are not recorded: they come back as `deliver`, or from the peers. */
function record(loop: Loop, input: Input): void {
  if (input.kind === 'start-height' || input.kind === 'restored') return;
  if (heightOfInput(input) !== loop.state.height) return;
  if (input.kind === 'proposal') {
    const content = loop.contents.get(input.signed.proposal.valueId);
    assert(content !== undefined, 'the content of a proposal is at hand before the driver sees it');
    loop.parts.log.recordContent(content.valueId, content.encoded);
  }
  loop.parts.log.recordInput(loop.state.height, inputToCbor(input));
}

function sign(loop: Loop, effect: Extract<Effect, { kind: 'sign-proposal' | 'sign-vote' }>): void {
  const { network, signer } = loop.parts;
  loop.hasUnsyncedOwn = true;
  if (effect.kind === 'sign-proposal') {
    const signed = signProposal(network, effect.proposal, loop.parts.nowMs(), signer);
    loop.outbox.push(signed);
    loop.inputs.unshift({ kind: 'proposal', signed });
  } else {
    const signed = signVote(network, effect.vote, loop.parts.nowMs(), signer);
    loop.outbox.push(signed);
    loop.inputs.unshift({ kind: 'vote', signed });
  }
}

function carryOut(loop: Loop, effect: Effect): void {
  const { parts } = loop;
  switch (effect.kind) {
    case 'build-value': {
      const content = parts.build();
      loop.contents.set(content.valueId, content);
      loop.inputs.push({ kind: 'value-built', height: effect.height, round: effect.round, valueId: content.valueId });
      return;
    }
    case 'check-value': {
      const { height, round, valueId, validRound } = effect;
      const content = loop.contents.get(valueId);
      const verdict = content === undefined ? 'unknown' : parts.check(content, validRound);
      loop.inputs.push({ kind: 'value-checked', height, round, valueId, verdict });
      return;
    }
    case 'sign-proposal':
    case 'sign-vote':
      return sign(loop, effect);
    case 'send-again':
      loop.outbox.push(effect.message);
      return;
    case 'deliver':
      for (const message of effect.messages) loop.inputs.push(inputOf(message));
      return;
    case 'schedule-timeout': {
      const { timeout } = effect;
      parts.after(effect.durationMs, () => feed(loop, { kind: 'timeout-elapsed', timeout }));
      return;
    }
    case 'decided':
      loop.decision = effect;
      return;
    case 'vote-evidence':
      return parts.equivocated(effect.first, effect.second);
    case 'proposal-evidence':
      // Costs nothing by itself (PROTOCOL): only duplicate votes are recorded.
      return;
    case 'need-proposal':
      return parts.askPeers();
    case 'halt':
      throw new StorageHalt(
        `At height ${effect.height} more than two thirds of the validators decided a block that this one finds invalid; it has stopped.`,
      );
  }
}

function inputOf(message: SignedProposal | SignedVote): Input {
  return 'vote' in message ? { kind: 'vote', signed: message } : { kind: 'proposal', signed: message };
}

/** Values whose content the driver still needs: proposals of the height in progress, and those kept for the next one. */
function neededValues({ state }: Loop): ReadonlySet<ValueId> {
  const needed = new Set<ValueId>();
  for (const round of state.log.values()) for (const { signed } of round.proposals) needed.add(signed.proposal.valueId);
  for (const message of state.early) if (!('vote' in message)) needed.add(message.proposal.valueId);
  return needed;
}

/** A peer's content, of either height: when there are many, those that the driver did not keep make room. */
function takeContent(loop: Loop, content: Content): void {
  // In the middle of a step, messages are on their way from one height to the next and nothing may be dropped.
  if (loop.contents.size >= CONTENTS_MAX && !loop.isRunning) {
    const needed = neededValues(loop);
    for (const id of loop.contents.keys()) if (!needed.has(id)) loop.contents.delete(id);
  }
  loop.contents.set(content.valueId, content);
}

/** Own messages are synced before any leaves; only then a decision is applied. */
function finish(loop: Loop): void {
  if (loop.hasUnsyncedOwn) {
    loop.parts.log.persist();
    loop.hasUnsyncedOwn = false;
  }
  const outbox = loop.outbox;
  loop.outbox = [];
  for (const message of outbox) loop.parts.send(message);
  const decision = loop.decision;
  if (decision === undefined) return;
  loop.decision = undefined;
  const content = loop.contents.get(decision.valueId);
  assert(content !== undefined, 'the content of a decided value is at hand');
  loop.parts.decided(decision, content);
}

function feed(loop: Loop, input: Input): void {
  loop.inputs.push(input);
  if (loop.isRunning) return;
  loop.isRunning = true;
  try {
    let left = INPUTS_MAX;
    while (loop.inputs.length > 0 || loop.decision !== undefined) {
      for (let next = loop.inputs.shift(); next !== undefined; next = loop.inputs.shift()) {
        assert(left-- > 0, 'the driver comes to rest');
        const { state, effects } = loop.parts.step(loop.state, next);
        const isChanged = state !== loop.state;
        loop.state = state;
        if (isChanged) record(loop, next);
        for (const effect of effects) carryOut(loop, effect);
      }
      finish(loop);
    }
  } finally {
    loop.isRunning = false;
  }
}

/** What speaks of a value that is not here any more is left out: the driver asks again when it matters (consensus/README). */
function isContentLost(loop: Loop, input: RecordedInput): boolean {
  switch (input.kind) {
    case 'proposal':
      return !loop.contents.has(input.signed.proposal.valueId);
    case 'value-built':
    case 'value-checked':
      return !loop.contents.has(input.valueId);
    case 'vote':
    case 'timeout-elapsed':
      return false;
  }
}

function startOf({ parts }: Loop, height: bigint): StartHeight {
  return {
    kind: 'start-height',
    height: heightOf(height),
    validators: parts.validatorsAt(height),
    nextValidators: parts.validatorsAt(height + 1n),
    timeouts: parts.timeouts,
  };
}

function restore(loop: Loop, height: bigint, recorded: readonly CborValue[]): void {
  const { step } = loop.parts;
  loop.state = step(loop.state, { ...startOf(loop, height), replay: true }).state;
  for (const value of recorded) {
    const input = inputFromCbor(value);
    if (input === undefined) throw new StorageHalt(`A recorded input of height ${height} cannot be read.`);
    if (isContentLost(loop, input)) continue;
    loop.state = step(loop.state, input).state;
  }
  feed(loop, { kind: 'restored' });
}

export function createParticipant(parts: ParticipantParts): Participant {
  const loop: Loop = {
    parts,
    contents: new Map(),
    state: initialState(parts.own),
    inputs: [],
    outbox: [],
    decision: undefined,
    hasUnsyncedOwn: false,
    isRunning: false,
  };
  return {
    state: () => loop.state,
    content: (id) => loop.contents.get(id),
    start: (height) => {
      for (const [id, content] of loop.contents) if (content.block.header.height < height) loop.contents.delete(id);
      feed(loop, startOf(loop, height));
    },
    restore: (height, inputs, contents) => {
      for (const content of contents) loop.contents.set(content.valueId, content);
      restore(loop, height, inputs);
    },
    receiveProposal: (signed, content) => {
      takeContent(loop, content);
      feed(loop, { kind: 'proposal', signed });
    },
    receiveVote: (signed) => feed(loop, { kind: 'vote', signed }),
  };
}
