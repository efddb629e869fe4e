import type { MessagePort } from 'node:worker_threads';
import type { Application } from '#ledger/abci/application.ts';
import type { TransactionOutcome } from '#ledger/core/committed.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { equal } from '#ledger/core/bytes.ts';
import { genesisHash } from '#ledger/core/genesis.ts';
import { setAt, type ScheduledSet } from '#ledger/core/validator-schedule.ts';
import { openSnapshotMaker, type SnapshotMaker } from '#ledger/engines/snapshot-maker.ts';
import type { Disk } from '#ledger/storage/disk.ts';
import { StorageHalt } from '#ledger/storage/halt.ts';
import type { Chain } from './chain.ts';
import { committedBlock, readDecision } from './ledger-state.ts';
import { networkOf, type Network } from './network.ts';
import { headOf, receiptOf, type ReceiptSource } from './receipts.ts';
import type {
  FromThread,
  Membership,
  ThreadAnswers,
  ThreadCall,
  ToThread,
  ValidatorThreadData,
} from './thread-protocol.ts';
import { createValidator, TIMEOUTS, type Validator } from './validator.ts';
import { rememberVerified } from './verified-signatures.ts';
import { clearFollow, openFiles, type OpenedFiles } from './validator-files.ts';
import { readValidatorKey } from './validator-key.ts';

export interface ThreadParts {
  readonly data: ValidatorThreadData;
  readonly disk: Disk;
  readonly crypto: Crypto;
  readonly createApplication: () => Application;
  readonly post: (message: FromThread) => void;
  /** Ends everything at once; called after a halt was posted. */
  readonly halt: (error: unknown) => void;
}

interface Thread {
  readonly parts: ThreadParts;
  readonly network: Network;
  readonly files: OpenedFiles;
  readonly validator: Validator;
  readonly source: ReceiptSource;
  readonly snapshots: SnapshotMaker;
  readonly ports: Map<number, MessagePort>;
  readonly timers: Set<NodeJS.Timeout>;
  readonly progressed: () => void;
  isFollowing: boolean;
  /** The set that the main thread knows of. */
  told: ScheduledSet;
}

/** Who decides the next height. */
function nextSet({ schedule, height }: Chain): ScheduledSet {
  return setAt(schedule, height + 1n);
}

function membershipOf(chain: Chain): Membership {
  return { height: chain.height, members: nextSet(chain).set.validators.map(({ publicKey }) => publicKey) };
}

function tellMembers(thread: Thread): void {
  const chain = thread.validator.chain();
  if (nextSet(chain) === thread.told) return;
  thread.told = nextSet(chain);
  thread.parts.post({ kind: 'members', ...membershipOf(chain) });
}

/** Runs what an event of the outside set off; whatever it throws halts the validator. */
function guarded(thread: { readonly parts: ThreadParts }, action: () => void): void {
  try {
    action();
  } catch (error) {
    thread.parts.halt(error);
  }
}

function findOutcome({ files, parts }: Thread, txId: Uint8Array): TransactionOutcome | undefined {
  for (const height of files.log.candidates(txId)) {
    const stored = files.log.block(height);
    const record = stored && readDecision(stored, parts.crypto).record;
    const item = record?.transactions.find((each) => each.txId !== undefined && equal(each.txId, txId));
    if (item !== undefined) return { txId, height, code: item.code, data: item.data };
  }
  return undefined;
}

function answer(thread: Thread, call: ThreadCall): ThreadAnswers[keyof ThreadAnswers] {
  const { files, validator, parts, source } = thread;
  switch (call.call) {
    case 'submit':
      return validator.submit(call.bytes);
    case 'query':
      return files.application.query(call.path, call.args);
    case 'block': {
      const stored = files.log.block(call.height);
      const { set } = setAt(validator.chain().schedule, call.height - 1n);
      return stored && committedBlock(readDecision(stored, parts.crypto), set);
    }
    case 'find':
      return findOutcome(thread, call.txId);
    case 'receipt':
      return receiptOf(source, call);
    case 'head':
      return headOf(source, call.fromHeight, validator.chain().commit);
  }
}

/**
 * A failed call of the outside is answered. What only reads leaves the validator as it was, so a defect there must not end it: the
 * same question would be put to the next validator. A failed disk halts, and so does a failed admission, which changes state.
 */
function answerCall(thread: Thread, id: number, call: ThreadCall): void {
  try {
    thread.parts.post({ kind: 'answer', id, value: answer(thread, call) });
  } catch (error) {
    thread.parts.post({ kind: 'failed-call', id });
    if (error instanceof StorageHalt || call.call === 'submit') thread.parts.halt(error);
  }
}

function link(thread: Thread, peer: number, port: MessagePort): void {
  unlink(thread, peer);
  thread.ports.set(peer, port);
  port.on('message', (bytes: unknown) => {
    if (!(bytes instanceof Uint8Array)) return;
    guarded(thread, () => {
      thread.validator.receive(peer, bytes);
      thread.progressed();
    });
  });
  port.on('close', () => {
    if (thread.ports.get(peer) === port) unlink(thread, peer);
  });
  thread.validator.linked(peer);
}

function unlink(thread: Thread, peer: number): void {
  const port = thread.ports.get(peer);
  if (port === undefined) return;
  thread.ports.delete(peer);
  port.close();
  thread.validator.unlinked(peer);
}

/** Every so many heights, each validator at another one, so that not all are busy at once. */
function isSnapshotDue({ index, genesis, snapshotHeights }: ValidatorThreadData, height: bigint): boolean {
  const every = BigInt(snapshotHeights);
  const offset = (every * BigInt(index)) / BigInt(genesis.validators.length);
  return (height + offset) % every === 0n;
}

/** One step at each turn of the event loop: messages, calls and timers that wait come first. */
function openSnapshots(parts: ThreadParts, files: OpenedFiles, network: Uint8Array): SnapshotMaker {
  return openSnapshotMaker({
    ...{ disk: parts.disk, folder: parts.data.folder, network },
    snapshot: () => files.application.snapshot(),
    sync: () => files.log.sync(),
    later: (action) => void setImmediate(() => guarded({ parts }, action)),
    notice: (sentence) => parts.post({ kind: 'notice', sentence }),
  });
}

function after(
  thread: { readonly parts: ThreadParts; readonly timers: Set<NodeJS.Timeout> },
  delayMs: number,
  action: () => void,
): () => void {
  const timer = setTimeout(() => {
    thread.timers.delete(timer);
    guarded(thread, action);
  }, delayMs);
  thread.timers.add(timer);
  return () => {
    thread.timers.delete(timer);
    clearTimeout(timer);
  };
}

function openThread(parts: ThreadParts): Thread {
  const { data, disk } = parts;
  const crypto = rememberVerified(parts.crypto);
  const { genesis } = data;
  const publicKeys = genesis.validators.map((each) => each.publicKey);
  const network = networkOf({ hash: genesisHash(genesis, crypto), timeMs: genesis.timeMs, publicKeys }, crypto);
  const secretKey = readValidatorKey(data.folder, data.publicKey, crypto);
  const { folder, segmentBytes } = data;
  const files = openFiles({ disk, folder, network, crypto, createApplication: parts.createApplication, segmentBytes });
  const ports = new Map<number, MessagePort>();
  const timers = new Set<NodeJS.Timeout>();
  let told = { round: 0, isCatchingUp: false };
  // Every height tells its number by itself.
  const progressed = (): void => {
    const now = { round: validator.round(), isCatchingUp: validator.isCatchingUp() };
    if (now.round === told.round && now.isCatchingUp === told.isCatchingUp) return;
    told = now;
    parts.post({ kind: 'progress', height: validator.chain().height, ...now });
  };
  const validator = createValidator({
    ...{ network, crypto, secretKey, application: files.application, log: files.log, chain: files.chain },
    followUntilHeight: files.followUntilHeight,
    timeouts: TIMEOUTS,
    nowMs: () => BigInt(Date.now()),
    after: (delayMs, action) =>
      after({ parts, timers }, delayMs, () => {
        action();
        progressed();
      }),
    peers: () => [...ports.keys()],
    // A view would drag its whole buffer along.
    send: (peer, bytes) =>
      ports.get(peer)?.postMessage(bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice()),
    executed: (height, record) => {
      const outcomes = record.transactions.map(({ txId, code, data: of }) => ({ txId, code, data: of }));
      parts.post({ kind: 'committed', height, outcomes });
    },
    committed: (height) => {
      tellMembers(thread);
      if (isSnapshotDue(data, height)) thread.snapshots.begin();
      if (thread.isFollowing && height >= files.followUntilHeight) {
        clearFollow(disk, folder);
        thread.isFollowing = false;
      }
    },
    progressed,
    tooManyWaiting: data.tooManyWaiting,
    unavailable: data.unavailable,
  });
  const thread: Thread = {
    parts,
    network,
    files,
    validator,
    source: {
      ...{ network, crypto, log: files.log, methodTypes: data.methodTypes },
      schedule: () => validator.chain().schedule,
      changes: new Map(),
    },
    snapshots: openSnapshots(parts, files, network.genesisHash),
    ports,
    timers,
    progressed,
    isFollowing: files.followUntilHeight > 0n,
    told: nextSet(files.chain),
  };
  return thread;
}

export interface RunningThread {
  receive(message: ToThread): void;
}

/** Opens the folder (which the caller has locked), takes part, and answers the main thread until it is told to stop. */
export function runValidatorThread(parts: ThreadParts, closed: () => void): RunningThread {
  const thread = openThread(parts);
  const { files, validator } = thread;
  parts.post({ kind: 'ready', notes: files.notes, ...membershipOf(files.chain) });
  validator.restore(files.inputs, files.contents);
  validator.begin();
  const stop = (): void => {
    validator.stop();
    for (const timer of thread.timers) clearTimeout(timer);
    for (const peer of [...thread.ports.keys()]) unlink(thread, peer);
    thread.snapshots.stop();
    files.log.close();
    parts.post({ kind: 'stopped' });
    closed();
  };
  return {
    receive: (message) =>
      guarded(thread, () => {
        switch (message.kind) {
          case 'link':
            return link(thread, message.peer, message.port);
          case 'unlink':
            return unlink(thread, message.peer);
          case 'call':
            return answerCall(thread, message.id, message.call);
          case 'stop':
            return stop();
        }
      }),
  };
}
