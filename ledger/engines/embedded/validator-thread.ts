import type { MessagePort } from 'node:worker_threads';
import type { Application } from '#ledger/abci/application.ts';
import type { TransactionOutcome } from '#ledger/core/committed.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { step } from '#ledger/consensus/driver.ts';
import { equal } from '#ledger/core/bytes.ts';
import { genesisHash } from '#ledger/core/genesis.ts';
import { Halt } from '#ledger/core/halt.ts';
import { setAt, type ScheduledSet } from '#ledger/core/validator-schedule.ts';
import { openSnapshotMaker, type SnapshotMaker } from '#ledger/engines/snapshot-maker.ts';
import { isSnapshotDue, type SnapshotPace } from '#ledger/engines/snapshot-pace.ts';
import type { Disk } from '#ledger/storage/disk.ts';
import type { Chain } from './chain.ts';
import { CLOCK_BEHIND } from './engine-members.ts';
import { committedBlock, readDecision } from './ledger-state.ts';
import { networkOf, type Network } from './network.ts';
import { encodeOutcomes } from './outcome-batch.ts';
import { headOf, receiptOf, type ReceiptSource } from './receipts.ts';
import type { JoinedSnapshot } from './snapshot-join.ts';
import { createSignatureChecks, type SignatureChecks } from './signature-checks.ts';
import { createSnapshotSource } from './snapshot-source.ts';
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
import { createValidator, TIMEOUTS, type Validator } from './validator.ts';
import { rememberVerified } from './verified-signatures.ts';
import {
  beginAt,
  clearFollow,
  openFiles,
  type FilesOptions,
  type OpenedFiles,
  type OpeningStep,
} from './validator-files.ts';
import { readValidatorKey } from './validator-key.ts';

/** Clocks of machines that keep time differ by less. */
const CLOCK_BEHIND_MS = 60_000n;

export interface ThreadParts {
  readonly data: ValidatorThreadData;
  readonly disk: Disk;
  readonly crypto: Crypto;
  readonly createApplication: () => Application;
  readonly post: (message: FromThread) => void;
  /** Ends everything at once; called after a halt was posted. */
  readonly halt: (error: unknown) => void;
}

/** What goes through a validator's whole time in this thread. */
interface Shell {
  readonly parts: ThreadParts;
  readonly crypto: Crypto;
  readonly network: Network;
  readonly secretKey: Uint8Array;
  readonly ports: Map<number, MessagePort>;
  readonly timers: Set<NodeJS.Timeout>;
  readonly checks: SignatureChecks;
  /** What the main thread was told last. */
  readonly told: { round: number; isCatchingUp: boolean; isClockBehind: boolean; set: ScheduledSet | undefined };
}

/** What stands on the folder as it was opened; a snapshot that it joins by replaces all of it. */
interface Life {
  readonly files: OpenedFiles;
  readonly validator: Validator;
  readonly source: ReceiptSource;
  readonly snapshots: SnapshotMaker;
  isFollowing: boolean;
  /** After the block that was executed last. */
  isSnapshotDue: boolean;
}

interface Thread extends Shell {
  life: Life;
}

/** Who decides the next height. */
function nextSet({ schedule, height }: Chain): ScheduledSet {
  return setAt(schedule, height + 1n);
}

function membershipOf(chain: Chain): Membership {
  return { height: chain.height, members: nextSet(chain).set.validators.map(({ publicKey }) => publicKey) };
}

function tellMembers({ life, told, parts }: Thread): void {
  const chain = life.validator.chain();
  if (nextSet(chain) === told.set) return;
  told.set = nextSet(chain);
  parts.post({ kind: 'members', ...membershipOf(chain) });
}

/** Every height tells its number by itself. */
function progressed({ life, told, parts }: Thread): void {
  const { validator } = life;
  const chain = validator.chain();
  const isClockBehind = chain.timeMs - BigInt(Date.now()) > CLOCK_BEHIND_MS;
  const now = { round: validator.round(), isCatchingUp: validator.isCatchingUp(), isClockBehind };
  const isSame = now.round === told.round && now.isCatchingUp === told.isCatchingUp;
  if (isSame && isClockBehind === told.isClockBehind) return;
  if (isClockBehind && !told.isClockBehind) parts.post({ kind: 'notice', sentence: CLOCK_BEHIND });
  Object.assign(told, now);
  parts.post({ kind: 'progress', height: chain.height, ...now });
}

/** Runs what an event of the outside set off; whatever it throws halts the validator. */
function guarded(thread: { readonly parts: ThreadParts }, action: () => void): void {
  try {
    action();
  } catch (error) {
    thread.parts.halt(error);
  }
}

function findOutcome({ life: { files }, parts }: Thread, txId: Uint8Array): TransactionOutcome | undefined {
  for (const height of files.log.candidates(txId)) {
    const stored = files.log.block(height);
    const record = stored && readDecision(stored, parts.crypto).record;
    const item = record?.transactions.find((each) => each.txId !== undefined && equal(each.txId, txId));
    if (item !== undefined) return { txId, height, code: item.code, data: item.data };
  }
  return undefined;
}

function answer(thread: Thread, call: ThreadCall): ThreadAnswers[keyof ThreadAnswers] {
  const { parts } = thread;
  const { files, validator, source } = thread.life;
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
    case 'figures':
      return {
        ...files.application.figures(call.nowMs),
        waiting: validator.waiting(),
        journalBytes: files.log.bytes(),
      };
  }
}

/**
 * A failed call of the outside is answered. What only reads leaves the validator as it was, so a defect there must not end it: the
 * same question would be put to the next validator. A failed disk halts, and so does a failed admission, which changes state.
 */
function answerCalls(thread: Thread, calls: readonly IdentifiedCall[]): void {
  const answers: CallAnswer[] = [];
  try {
    for (const { id, call } of calls) {
      try {
        answers.push({ id, value: answer(thread, call) });
      } catch (error) {
        answers.push({ id, isFailed: true });
        if (error instanceof Halt || call.call === 'submit') throw error;
      }
    }
  } finally {
    thread.parts.post({ kind: 'answers', answers });
  }
}

function link(thread: Thread, peer: number, port: MessagePort): void {
  unlink(thread, peer);
  thread.ports.set(peer, port);
  port.on('message', (bytes: unknown) => {
    if (!(bytes instanceof Uint8Array)) return;
    guarded(thread, () => {
      thread.life.validator.receive(peer, bytes);
      progressed(thread);
    });
  });
  port.on('close', () => {
    if (thread.ports.get(peer) === port) unlink(thread, peer);
  });
  thread.life.validator.linked(peer);
}

function unlink(thread: Thread, peer: number): void {
  const port = thread.ports.get(peer);
  if (port === undefined) return;
  thread.ports.delete(peer);
  port.close();
  thread.life.validator.unlinked(peer);
}

function snapshotPace({ index, genesis, snapshotHeights }: ValidatorThreadData): SnapshotPace {
  return { every: BigInt(snapshotHeights), index, of: genesis.validators.length };
}

/** One step at each turn of the event loop: messages, calls and timers that wait come first. */
function openSnapshots({ parts, network }: Shell, files: OpenedFiles): SnapshotMaker {
  return openSnapshotMaker({
    disk: parts.disk,
    folder: parts.data.folder,
    network: network.genesisHash,
    snapshot: () => files.application.snapshot(),
    sync: () => {
      files.log.sync();
      files.log.saveIndex(files.changes);
    },
    later: (action) => void setImmediate(() => guarded({ parts }, action)),
    notice: (sentence) => parts.post({ kind: 'notice', sentence }),
  });
}

function after({ parts, timers }: Shell, delayMs: number, action: () => void): () => void {
  const timer = setTimeout(() => {
    timers.delete(timer);
    guarded({ parts }, action);
  }, delayMs);
  timers.add(timer);
  return () => {
    timers.delete(timer);
    clearTimeout(timer);
  };
}

function clearTimers({ timers }: Shell): void {
  for (const timer of timers) clearTimeout(timer);
  timers.clear();
}

/** A start that takes longer says how far it is, and again each time that so much more has passed. */
const TOLD_EVERY_MS = 2_000;

const STEP_WORDS: Readonly<Record<OpeningStep, string>> = {
  reading: 'It reads its journal',
  replaying: 'It executes the blocks since its last snapshot again',
};

function openingProgress({ post }: ThreadParts): FilesOptions['progress'] {
  let toldMs = Date.now();
  return (step, done, of) => {
    if (Date.now() - toldMs < TOLD_EVERY_MS) return;
    toldMs = Date.now();
    post({ kind: 'notice', sentence: `${STEP_WORDS[step]}: ${Math.floor((done * 100) / of)} % is done.` });
  };
}

function filesOptions({ parts, network, crypto }: Shell): FilesOptions {
  const { folder, segmentBytes } = parts.data;
  const progress = openingProgress(parts);
  return {
    disk: parts.disk,
    folder,
    network,
    crypto,
    createApplication: parts.createApplication,
    segmentBytes,
    progress,
  };
}

/** Opens the folder as it stands. `thread` is asked for once the life has begun. */
function openLife(shell: Shell, thread: () => Thread): Life {
  const { parts, network, crypto, secretKey, ports } = shell;
  const { data, disk } = parts;
  const files = openFiles(filesOptions(shell));
  const { application, log, chain, origin, followUntilHeight } = files;
  const pace = snapshotPace(data);
  const source: ReceiptSource = {
    network,
    crypto,
    log,
    origin,
    methodTypes: data.methodTypes,
    changes: new Map(),
    schedule: () => validator.chain().schedule,
  };
  const validator = createValidator({
    network,
    crypto,
    secretKey,
    application,
    log,
    chain,
    origin,
    followUntilHeight,
    timeouts: TIMEOUTS,
    step,
    snapshots: createSnapshotSource(disk, data.folder, source),
    joining: {
      behindMin: BigInt(data.snapshotHeights),
      createApplication: parts.createApplication,
      adopt: (joined) => adopt(thread(), joined),
    },
    nowMs: () => BigInt(Date.now()),
    after: (delayMs, action) =>
      after(shell, delayMs, () => {
        action();
        progressed(thread());
      }),
    checkAhead: (transactions, done) => shell.checks.ahead(transactions, () => guarded(shell, done)),
    peers: () => [...ports.keys()],
    // A view would drag its whole buffer along.
    send: (peer, bytes) =>
      ports.get(peer)?.postMessage(bytes.length === bytes.buffer.byteLength ? bytes : bytes.slice()),
    executed: (height, record) => {
      parts.post({ kind: 'committed', height, outcomes: encodeOutcomes(record.transactions) });
      if (record.validatorUpdates.length > 0) files.changes.push(height);
      life.isSnapshotDue = isSnapshotDue({ height, record, records: application.info().records }, pace);
    },
    committed: (height) => {
      tellMembers(thread());
      if (life.isSnapshotDue) life.snapshots.begin();
      life.isSnapshotDue = false;
      if (life.isFollowing && height >= followUntilHeight) {
        clearFollow(disk, data.folder);
        life.isFollowing = false;
      }
    },
    progressed: () => progressed(thread()),
    tooManyWaiting: data.tooManyWaiting,
    unavailable: data.unavailable,
  });
  const snapshots = openSnapshots(shell, files);
  const isFollowing = followUntilHeight > 0n;
  const life: Life = { files, validator, source, snapshots, isFollowing, isSnapshotDue: false };
  return life;
}

function openThread(parts: ThreadParts): Thread {
  const { data } = parts;
  const crypto = rememberVerified(parts.crypto);
  const { genesis } = data;
  const publicKeys = genesis.validators.map((each) => each.publicKey);
  const shell: Shell = {
    parts,
    crypto,
    ports: new Map(),
    timers: new Set(),
    checks: createSignatureChecks(data, (checked) => thread.life.files.application.expect(checked)),
    network: networkOf({ hash: genesisHash(genesis, crypto), timeMs: genesis.timeMs, publicKeys }, crypto),
    secretKey: readValidatorKey(data.folder, data.publicKey, crypto),
    told: { round: 0, isCatchingUp: false, isClockBehind: false, set: undefined },
  };
  const thread: Thread = { ...shell, life: openLife(shell, () => thread) };
  return thread;
}

/** Takes part from where the folder stands. */
function begin({ life, parts, ports, told }: Thread, notes: readonly string[]): void {
  const { files, validator } = life;
  told.set = nextSet(files.chain);
  parts.post({ kind: 'ready', base: files.origin?.height ?? 0n, notes, ...membershipOf(files.chain) });
  validator.restore(files.inputs, files.contents);
  validator.begin();
  for (const peer of ports.keys()) validator.linked(peer);
}

/** Goes on from a snapshot in place of everything that stands in the folder. */
function adopt(thread: Thread, joined: JoinedSnapshot): void {
  const { validator, files, snapshots } = thread.life;
  validator.stop();
  clearTimers(thread);
  snapshots.stop();
  files.log.close();
  beginAt(filesOptions(thread), joined);
  thread.life = openLife(thread, () => thread);
  const { height } = joined.snapshot;
  begin(thread, [
    `It joined by the snapshot of height ${height}; the blocks up to there are with the other validators.`,
  ]);
}

export interface RunningThread {
  receive(message: ToThread): void;
}

/** Opens the folder (which the caller has locked), takes part, and answers the main thread until it is told to stop. */
export function runValidatorThread(parts: ThreadParts, closed: () => void): RunningThread {
  const thread = openThread(parts);
  begin(thread, thread.life.files.notes);
  const stop = (): void => {
    thread.life.validator.stop();
    clearTimers(thread);
    thread.checks.stop();
    for (const peer of [...thread.ports.keys()]) unlink(thread, peer);
    thread.life.snapshots.stop();
    thread.life.files.log.close();
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
          case 'calls':
            return answerCalls(thread, message.calls);
          case 'stop':
            return stop();
        }
      }),
  };
}
