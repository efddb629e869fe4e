import { Worker, type MessagePort } from 'node:worker_threads';
import type { ValidatorStatus } from '#ledger/core/committed.ts';
import type {
  CallAnswer,
  FromThread,
  IdentifiedCall,
  Membership,
  ThreadAnswers,
  ThreadCall,
  ToThread,
  ValidatorThreadData,
} from './thread-protocol.ts';

/** A thread that does not answer a call within this time is as good as gone for the caller. */
const CALL_TIMEOUT_MS = 10_000;
/** Opening a long journal takes its time; a clean stop does not. */
const START_TIMEOUT_MS = 600_000;
const STOP_TIMEOUT_MS = 10_000;
/** More than these would keep the thread from other messages for long. */
const CALLS_TOGETHER_MAX = 64;

export interface HandleEvents {
  readonly committed: (height: bigint, outcomes: Uint8Array) => void;
  /** Told at the start and whenever the set has changed. */
  readonly members: (membership: Membership) => void;
  /** It can no longer be linked or asked. */
  readonly ended: (index: number) => void;
  /** Something to tell people: repairs at start, halts. */
  readonly notice: (index: number, sentence: string) => void;
}

/** One validator's thread as the main thread sees it. It can be started again after it has ended. */
export interface ValidatorHandle {
  readonly index: number;
  readonly publicKey: Uint8Array;
  readonly folder: string;
  state(): ValidatorStatus['state'];
  height(): bigint;
  /** Blocks up to this height are not here: it joined by a snapshot. */
  base(): bigint;
  round(): number;
  reason(): string | undefined;
  /** Whether its clock is more than a minute behind the newest block. */
  isClockBehind(): boolean;
  /** Resolves when it takes part, or has halted while starting. */
  start(): Promise<void>;
  /** Resolves when its thread has ended. */
  stop(): Promise<void>;
  link(peer: number, port: MessagePort): void;
  /** Undefined when it cannot answer. */
  ask<Name extends ThreadCall['call']>(
    call: Extract<ThreadCall, { call: Name }>,
  ): Promise<{ readonly value: ThreadAnswers[Name] } | undefined>;
}

interface Handle {
  readonly data: ValidatorThreadData;
  readonly events: HandleEvents;
  readonly calls: Map<number, (answer: { value: ThreadAnswers[keyof ThreadAnswers] } | undefined) => void>;
  worker: Worker | undefined;
  state: ValidatorStatus['state'];
  height: bigint;
  base: bigint;
  round: number;
  reason: string | undefined;
  isClockBehind: boolean;
  lastCall: number;
  outbox: IdentifiedCall[];
  settled: () => void;
  exited: () => void;
}

function handleMessage(handle: Handle, message: FromThread): void {
  const { index } = handle.data;
  switch (message.kind) {
    case 'ready':
      handle.state = 'running';
      handle.height = message.height;
      handle.base = message.base;
      handle.events.members(message);
      for (const note of message.notes) handle.events.notice(index, note);
      return handle.settled();
    case 'members':
      return handle.events.members(message);
    case 'progress':
      if (handle.state === 'running' || handle.state === 'catching-up') {
        handle.state = message.isCatchingUp ? 'catching-up' : 'running';
      }
      handle.height = message.height;
      handle.round = message.round;
      handle.isClockBehind = message.isClockBehind;
      return;
    case 'committed':
      handle.height = message.height;
      return handle.events.committed(message.height, message.outcomes);
    case 'answers':
      for (const answer of message.answers) settleCall(handle, answer.id, answered(answer));
      return;
    case 'notice':
      return handle.events.notice(index, message.sentence);
    case 'halted':
      handle.state = 'halted';
      handle.reason = message.sentence;
      handle.events.notice(index, message.sentence);
      return;
    case 'stopped':
      handle.state = 'stopped';
      return;
  }
}

function answered({ value, isFailed }: CallAnswer): { value: CallAnswer['value'] } | undefined {
  return isFailed === true ? undefined : { value };
}

function settleCall(
  handle: Handle,
  id: number,
  answer: { value: ThreadAnswers[keyof ThreadAnswers] } | undefined,
): void {
  handle.calls.get(id)?.(answer);
  handle.calls.delete(id);
}

function handleExit(handle: Handle): void {
  handle.worker = undefined;
  if (handle.state !== 'stopped' && handle.state !== 'halted') {
    handle.state = 'halted';
    handle.reason ??= 'Its thread ended unexpectedly.';
    handle.events.notice(handle.data.index, handle.reason);
  }
  handle.outbox = [];
  for (const id of [...handle.calls.keys()]) settleCall(handle, id, undefined);
  handle.settled();
  handle.exited();
  handle.events.ended(handle.data.index);
}

function within(timeoutMs: number, begin: (done: () => void) => void): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), timeoutMs);
    begin(() => {
      clearTimeout(timer);
      resolve(true);
    });
  });
}

async function start(handle: Handle): Promise<void> {
  if (handle.worker !== undefined) return;
  handle.reason = undefined;
  handle.state = 'catching-up';
  const worker = new Worker(new URL(handle.data.workerUrl), { workerData: handle.data });
  handle.worker = worker;
  worker.on('message', (message: FromThread) => handleMessage(handle, message));
  worker.on('error', (error) => {
    handle.reason ??= `The validator met a defect of the program and stopped (${error instanceof Error ? error.message : String(error)}).`;
  });
  worker.on('exit', () => {
    if (handle.worker === worker) handleExit(handle);
  });
  const isSettled = await within(START_TIMEOUT_MS, (done) => {
    handle.settled = done;
  });
  if (!isSettled) await worker.terminate();
}

async function stop(handle: Handle): Promise<void> {
  const { worker } = handle;
  if (worker === undefined) return;
  const hasExited = await within(STOP_TIMEOUT_MS, (done) => {
    handle.exited = done;
    worker.postMessage({ kind: 'stop' } satisfies ToThread);
  });
  if (!hasExited) await worker.terminate();
}

/** One message for what one turn of this thread asked: a client's bytes hold many requests. */
function sendCalls(handle: Handle): void {
  const calls = handle.outbox;
  if (calls.length === 0) return;
  handle.outbox = [];
  handle.worker?.postMessage({ kind: 'calls', calls } satisfies ToThread);
}

function ask(handle: Handle, call: ThreadCall): Promise<{ value: ThreadAnswers[keyof ThreadAnswers] } | undefined> {
  const { worker } = handle;
  if (worker === undefined) return Promise.resolve(undefined);
  handle.lastCall += 1;
  const id = handle.lastCall;
  return new Promise((resolve) => {
    const timer = setTimeout(() => settleCall(handle, id, undefined), CALL_TIMEOUT_MS);
    handle.calls.set(id, (answer) => {
      clearTimeout(timer);
      resolve(answer);
    });
    handle.outbox.push({ id, call });
    if (handle.outbox.length === 1) queueMicrotask(() => sendCalls(handle));
    else if (handle.outbox.length >= CALLS_TOGETHER_MAX) sendCalls(handle);
  });
}

export function createValidatorHandle(data: ValidatorThreadData, events: HandleEvents): ValidatorHandle {
  const handle: Handle = {
    data,
    events,
    calls: new Map(),
    worker: undefined,
    state: 'stopped',
    height: 0n,
    base: 0n,
    round: 0,
    reason: undefined,
    isClockBehind: false,
    lastCall: 0,
    outbox: [],
    settled: () => undefined,
    exited: () => undefined,
  };
  return {
    index: data.index,
    publicKey: data.publicKey,
    folder: data.folder,
    state: () => handle.state,
    height: () => handle.height,
    base: () => handle.base,
    round: () => handle.round,
    reason: () => handle.reason,
    isClockBehind: () => handle.isClockBehind,
    start: () => start(handle),
    stop: () => stop(handle),
    link: (peer, port) => handle.worker?.postMessage({ kind: 'link', peer, port } satisfies ToThread, [port]),
    ask: (call) => ask(handle, call) as Promise<{ value: ThreadAnswers[typeof call.call] } | undefined>,
  };
}
