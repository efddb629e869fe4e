import { MessageChannel } from 'node:worker_threads';
import { assert } from '#ledger/core/assert.ts';
import { equal } from '#ledger/core/bytes.ts';
import type { ControlCommand, EngineFigures, SubmitResult } from '#ledger/core/committed.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { genesisHash } from '#ledger/core/genesis.ts';
import { createBlockFeed, type BlockFeed } from '#ledger/engines/block-feed.ts';
import type { Engine } from '#ledger/engines/engine.ts';
import { createHoldOff, type HoldOff } from '#ledger/engines/hold-off.ts';
import { createOutcomes, type Outcomes } from '#ledger/engines/outcomes.ts';
import type { Disk } from '#ledger/storage/disk.ts';
import { isStuck, statusOf, STUCK, troublesOf, voicesOf } from './engine-members.ts';
import { decodeOutcomes } from './outcome-batch.ts';
import { ASIDES_MAX, hasRoomAside, setAside } from './set-aside.ts';
import { admissionOf } from './submission.ts';
import type { Membership, ThreadCall, ThreadAnswers, ValidatorThreadData } from './thread-protocol.ts';
import { createValidatorHandle, type ValidatorHandle } from './validator-handle.ts';

export interface EmbeddedOptions {
  /** Of this machine, by index: those of genesis, and other keys, which follow until a vote admits them. */
  readonly validators: readonly ValidatorThreadData[];
  /** One whose folder was added since; undefined when there is none. */
  readonly added: (index: number) => ValidatorThreadData | undefined;
  readonly crypto: Crypto;
  readonly disk: Disk;
  readonly unavailable: number;
  /** Sentences for people: repairs, halts. */
  readonly notice: (sentence: string) => void;
  /** So many have halted by themselves that no quorum is left; those that were stopped by command do not count. */
  readonly failed: (sentence: string) => void;
}

interface State {
  readonly options: EmbeddedOptions;
  /** By index. */
  readonly handles: ValidatorHandle[];
  readonly outcomes: Outcomes;
  readonly feed: BlockFeed;
  readonly holdOff: HoldOff;
  /** Who decides the height after `membership.height`. */
  membership: Membership;
  isStarted: boolean;
  isStopped: boolean;
}

function running(state: State): ValidatorHandle[] {
  return state.handles.filter((handle) => handle.state() === 'running' || handle.state() === 'catching-up');
}

/** Most up to date first. */
function byHeight(state: State): ValidatorHandle[] {
  return running(state).sort((a, b) =>
    a.height() === b.height() ? a.index - b.index : a.height() > b.height() ? -1 : 1,
  );
}

/** Asks validators in turn until one has an answer: one that joined by a snapshot has none about the blocks before. */
async function askAny<Name extends ThreadCall['call']>(
  state: State,
  call: Extract<ThreadCall, { call: Name }>,
): Promise<ThreadAnswers[Name] | undefined> {
  for (const handle of byHeight(state)) {
    const answer = await handle.ask<Name>(call);
    const isLast = answer !== undefined && handle.base() === 0n;
    if (isLast || answer?.value !== undefined) return answer.value;
  }
  return undefined;
}

/** The first block that can be read here. */
function firstHeight(state: State): bigint {
  const bases = running(state).map((handle) => handle.base());
  return bases.reduce((lowest, base) => (base < lowest ? base : lowest), bases[0] ?? 0n) + 1n;
}

function connect(one: ValidatorHandle, other: ValidatorHandle): void {
  const { port1, port2 } = new MessageChannel();
  one.link(other.index, port1);
  other.link(one.index, port2);
}

/** A new pair of ports between every two running validators of which one has just started. */
function linkToOthers(state: State, started: ValidatorHandle): void {
  for (const other of running(state)) {
    if (other.index !== started.index) connect(started, other);
  }
}

function hasQuorum(state: State): boolean {
  return voicesOf(state, running(state)).isQuorum;
}

function keepMembership(state: State, membership: Membership): void {
  if (membership.height >= state.membership.height) state.membership = membership;
}

async function start(state: State): Promise<void> {
  await Promise.all(state.handles.map((handle) => handle.start()));
  const started = running(state);
  if (!hasQuorum(state)) {
    const reasons = state.handles.flatMap((handle) => handle.reason() ?? []);
    await stop(state);
    const { count, total } = voicesOf(state, started);
    throw new Error(`Only ${count} of ${total} validators could start. ${reasons.join(' ')}`);
  }
  for (const [at, handle] of started.entries()) {
    for (const other of started.slice(at + 1)) connect(handle, other);
  }
  for (const handle of started) state.feed.advance(handle.height());
  state.isStarted = true;
  setTimeout(() => tellIfStuck(state), STUCK_AFTER_MS).unref();
}

/** By then whoever lacks blocks has asked the others for them. */
const STUCK_AFTER_MS = 10_000;

function tellIfStuck(state: State): void {
  if (!state.isStopped && isStuck(state.handles)) state.options.notice(STUCK);
}

function tellIfFailed(state: State): void {
  const usable = state.handles.filter((handle) => handle.state() !== 'halted');
  const { count, total, isQuorum } = voicesOf(state, usable);
  if (!state.isStarted || state.isStopped || isQuorum) return;
  state.options.failed(`Only ${count} of ${total} validators have not halted: nothing can be decided any more.`);
}

async function stop(state: State): Promise<void> {
  state.isStopped = true;
  state.feed.stop();
  await Promise.all(state.handles.map((handle) => handle.stop()));
}

/** The first validator that decided a height tells; the others say the same. */
function keepOutcomes(state: State, height: bigint, told: Uint8Array): void {
  if (height <= state.feed.height()) return;
  const outcomes = decodeOutcomes(told, height);
  assert(outcomes !== undefined, 'a validator tells outcomes in the form that this process reads');
  // Who hears of an outcome may ask for its block at once.
  state.feed.advance(height);
  state.outcomes.keep(outcomes);
}

async function submit(state: State, bytes: Uint8Array): Promise<SubmitResult> {
  const { options, holdOff } = state;
  if (state.isStopped || !hasQuorum(state)) return { ok: false, code: options.unavailable };
  const held = holdOff.answer();
  if (held !== undefined) return held;
  const result = await ask(state, bytes);
  return result.ok || result.code !== options.unavailable ? result : holdOff.begin();
}

function ask(state: State, bytes: Uint8Array): Promise<SubmitResult> {
  const asked = running(state).map((handle) => ({
    isLevel: handle.height() >= state.feed.height(),
    answer: handle.ask<'submit'>({ call: 'submit', bytes }).then((answer) => answer?.value),
  }));
  return admissionOf(asked, state.options.unavailable, (txId) => state.outcomes.admitted(txId));
}

/** The handle of a validator, also of one whose folder was added while the engine runs. */
function handleOf(state: State, index: number): ValidatorHandle | undefined {
  const known = state.handles.find((handle) => handle.index === index);
  if (known !== undefined) return known;
  const data = state.options.added(index);
  return data && addHandle(state, data);
}

/** In order of index; undefined, with a notice, for a key that runs here already: two threads with one key would contradict each other. */
function addHandle(state: State, data: ValidatorThreadData): ValidatorHandle | undefined {
  const twin = state.handles.find(({ publicKey }) => equal(publicKey, data.publicKey));
  if (twin !== undefined) {
    state.options.notice(`Validator ${data.index} has the key of validator ${twin.index}; it is not run.`);
    return undefined;
  }
  const handle = openHandle(state, data);
  state.handles.push(handle);
  state.handles.sort((a, b) => a.index - b.index);
  return handle;
}

function openHandle(state: State, data: ValidatorThreadData): ValidatorHandle {
  return createValidatorHandle(data, {
    committed: (height, outcomes) => keepOutcomes(state, height, outcomes),
    members: (membership) => keepMembership(state, membership),
    ended: () => tellIfFailed(state),
    notice: (index, sentence) => state.options.notice(`Validator ${index}: ${sentence}`),
  });
}

/** By the number of its folder, which commands take, and by its name on the ledger where that says something else. */
function labelOf({ options }: State, { index, publicKey }: ValidatorHandle): string {
  const founders = options.validators[0]?.genesis.validators ?? [];
  const name = founders.find((founder) => equal(founder.publicKey, publicKey))?.name;
  const label = `Validator ${index}`;
  return name === undefined || name === label ? label : `${label}, on the ledger “${name}”,`;
}

/** Ends a validator and sets aside what it knows, where the others can decide without it; else the reason. */
async function emptyFolder(state: State, handle: ValidatorHandle): Promise<string | undefined> {
  const others = running(state).filter((other) => other !== handle);
  if (!voicesOf(state, others).isQuorum) return 'the others are too few to go on without it.';
  const { disk } = state.options;
  if (!hasRoomAside(disk, handle.folder))
    return `${ASIDES_MAX} states are set aside in its folder already; its operator has to remove one.`;
  await handle.stop();
  // The height that is being decided is the last that it may have voted on.
  setAside(disk, handle.folder, state.feed.height() + 1n);
  return undefined;
}

async function control(state: State, command: ControlCommand): Promise<{ ok: boolean; sentence: string }> {
  const handle = handleOf(state, command.index);
  if (handle === undefined) {
    const folder = `validator-${command.index}`;
    return {
      ok: false,
      sentence: `There is no validator ${command.index}: the home has no folder ${folder} with a key of its own.`,
    };
  }
  const label = labelOf(state, handle);
  const isRunning = running(state).includes(handle);
  if (command.kind === 'stop-validator') {
    if (!isRunning) return { ok: false, sentence: `${label} is not running.` };
    await handle.stop();
    return { ok: true, sentence: `${label} has stopped.` };
  }
  if (command.kind === 'rebuild-validator') {
    const refusal = await emptyFolder(state, handle);
    if (refusal !== undefined) return { ok: false, sentence: `${label} was not rebuilt: ${refusal}` };
  } else if (isRunning) return { ok: false, sentence: `${label} is running already.` };
  await handle.start();
  if (!running(state).includes(handle)) {
    return { ok: false, sentence: handle.reason() ?? `${label} could not start.` };
  }
  linkToOthers(state, handle);
  return { ok: true, sentence: `${label} has started and catches up.` };
}

/** As the most up-to-date validator counts; transactions wait at each of them, and it is the longest room that tells. */
async function figuresOf(state: State): Promise<EngineFigures> {
  const nowMs = BigInt(Date.now());
  const asked = byHeight(state).map(async (handle) => {
    const answer = await handle.ask<'figures'>({ call: 'figures', nowMs });
    return answer === undefined ? [] : [{ name: `validator-${handle.index}`, ...answer.value }];
  });
  const answers = (await Promise.all(asked)).flat();
  const newest = answers[0];
  return {
    waiting: newest === undefined ? null : Math.max(...answers.map(({ waiting }) => waiting)),
    dueItems: newest?.dueItems ?? null,
    dueBacklog: newest?.dueBacklog ?? null,
    stateRecords: newest?.stateRecords ?? null,
    journals: answers.map(({ name, journalBytes }) => ({ name, bytes: journalBytes })),
  };
}

/** Four validators or more in worker threads of this process. It tolerates a Byzantine program, not the loss of the host. */
export function createEmbeddedEngine(options: EmbeddedOptions): Engine {
  const genesis = options.validators[0]?.genesis;
  const state: State = {
    options,
    handles: [],
    membership: { height: 0n, members: genesis?.validators.map(({ publicKey }) => publicKey) ?? [] },
    outcomes: createOutcomes((txId) => askAny<'find'>(state, { call: 'find', txId })),
    feed: createBlockFeed({
      read: (height) => askAny<'block'>(state, { call: 'block', height }),
      firstHeight: () => firstHeight(state),
    }),
    holdOff: createHoldOff(options.unavailable),
    isStarted: false,
    isStopped: false,
  };
  for (const data of options.validators) addHandle(state, data);
  const network = genesis === undefined ? new Uint8Array(32) : genesisHash(genesis, options.crypto);
  return {
    start: () => start(state),
    stop: () => stop(state),
    submit: (bytes) => submit(state, bytes),
    outcome: (txId, timeoutMs) => state.outcomes.wait(txId, timeoutMs),
    query: async (path, args) =>
      (await askAny<'query'>(state, { call: 'query', path, args })) ?? { ok: false, code: options.unavailable },
    receipt: (logIndex, fromHeight = 1n) => askAny<'receipt'>(state, { call: 'receipt', logIndex, fromHeight }),
    head: (fromHeight = 1n) => askAny<'head'>(state, { call: 'head', fromHeight }),
    subscribe: (fromHeight, onBlock) => state.feed.subscribe(fromHeight, onBlock),
    status: async () => ({
      engine: 'embedded',
      height: state.feed.height(),
      firstHeight: firstHeight(state),
      network,
      validators: statusOf(state, options.crypto),
      troubles: troublesOf(state),
    }),
    figures: () => figuresOf(state),
    control: (command) => control(state, command),
  };
}
