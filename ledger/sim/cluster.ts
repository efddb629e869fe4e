import { step } from '#ledger/consensus/driver.ts';
import type { Timeouts } from '#ledger/consensus/types.ts';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { assert } from '#ledger/core/assert.ts';
import { toHex, utf8 } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { validatorAddress } from '#ledger/core/validator-set.ts';
import { networkOf, type Network } from '#ledger/engines/embedded/network.ts';
import { decodePeerMessage, type PeerMessage } from '#ledger/engines/embedded/peer-message.ts';
import { createSnapshotSource } from '#ledger/engines/embedded/snapshot-source.ts';
import { createValidator, TIMEOUTS, type Validator } from '#ledger/engines/embedded/validator.ts';
import {
  beginAt,
  clearFollow,
  openFiles,
  type FilesOptions,
  type OpenedFiles,
} from '#ledger/engines/embedded/validator-files.ts';
import { openSnapshotMaker, type SnapshotMaker } from '#ledger/engines/snapshot-maker.ts';
import { changeOfValidator, createApplication } from '#ledger/engines/testing/counter-application.ts';
import { createCrashingDisk, PowerCut, type CrashingDisk } from '#ledger/storage/testing/crashing-disk.ts';
import { Clock } from './clock.ts';
import { Links, type LinkFaults } from './links.ts';
import type { Observer } from './observer.ts';
import { Prng } from './prng.ts';
import { Violation } from './violation.ts';
import { watchVotesAndDecisions } from './watch.ts';

/** Validators of the embedded engine on virtual time, disks that crash and links that may lie; no thread, no clock, no chance but the seed. */

const START_MS = 1_764_000_000_000;
/** Genesis was so long ago when the first validator starts. */
const SINCE_GENESIS_MS = 1_000;
const FOLDER = '/validator';
const EVENTS_MAX = 2_000_000;
const FOUNDERS = 4;
const SEGMENT_BYTES = 64 * 1024;
/** No chain of a test gets so long. */
const NEVER_BEHIND = 1_000_000n;
const CHECKED_AHEAD_MS_MAX = 5;
/** Between threads of one machine. */
const SHORT_LINKS: LinkFaults = { loss: 0, duplicate: 0, delayMsMin: 1, delayMsMax: 3 };
/** What a validator itself answers about a transaction. */
const CODES = { tooManyWaiting: admissionCodes.TOO_MANY_WAITING, unavailable: admissionCodes.UNAVAILABLE };

export interface Node {
  disk: CrashingDisk;
  validator: Validator | undefined;
  files: OpenedFiles | undefined;
  /** Counts restarts: events of an earlier life do nothing. */
  life: number;
  /** Why it halted by itself; undefined while it has not. */
  halted: unknown;
}

export interface ClusterOptions {
  readonly crypto: Crypto;
  readonly seed: number;
  readonly segmentBytes?: number;
  /** Heights between two snapshots of a validator; none are made when it is not given. */
  readonly snapshotHeights?: number;
  /** Validators that genesis names. */
  readonly founders?: number;
  /** Validators' keys, of which genesis names the first ones. */
  readonly keys?: number;
  readonly timeouts?: Timeouts;
  /** Milliseconds that each validator's clock is ahead (behind when negative). */
  readonly skewMs?: readonly number[];
  /** Fewer blocks than this are fetched one by one where there is a snapshot; without it none joins by a snapshot. */
  readonly behindMin?: bigint;
  readonly faults?: LinkFaults;
  /** A Byzantine link: what a validator's outgoing message becomes for a peer. */
  readonly tamper?: (
    from: number,
    to: number,
    message: PeerMessage,
    bytes: Uint8Array,
    network: Network,
  ) => readonly Uint8Array[];
  /** A validator's driver; the real one where it is not given. */
  readonly stepOf?: (index: number) => typeof step;
  /** A validator's cryptography, where it is not everybody's. */
  readonly cryptoOf?: (index: number) => Crypto;
  /** Whether a validator's disk answers each sync and does nothing. */
  readonly skipsSyncs?: (index: number) => boolean;
  /** Asked before each change of a disk and before each vote or proposal leaves; throws PowerCut when the validator shall die there. */
  readonly atPersistPoint?: (index: number) => void;
  /** Whoever judges; without one, that nobody votes or decides in two ways. */
  readonly observer?: Observer;
}

/** The same bytes go to many, and are looked at by many. */
const messages = new WeakMap<Uint8Array, PeerMessage>();

export function messageIn(bytes: Uint8Array): PeerMessage | undefined {
  const known = messages.get(bytes);
  if (known !== undefined) return known;
  const message = decodePeerMessage(bytes);
  if (message !== undefined) messages.set(bytes, message);
  return message;
}

export class Cluster {
  readonly clock = new Clock();
  readonly network: Network;
  readonly secretKeys: readonly Uint8Array[];
  /** Lower-case hex, by validator. */
  readonly addresses: readonly string[];
  readonly nodes: readonly Node[];
  readonly links: Links;
  readonly #options: ClusterOptions;
  readonly #publicKeys: readonly Uint8Array[];
  readonly #prng: Prng;
  readonly #observer: Observer;

  constructor(options: ClusterOptions) {
    const { crypto, seed, founders = FOUNDERS } = options;
    this.#options = options;
    this.#prng = new Prng(seed, 4);
    this.secretKeys = Array.from({ length: options.keys ?? founders }, (_, index) =>
      crypto.sha256(utf8(`validator ${index + 1}`)),
    );
    this.#publicKeys = this.secretKeys.map((key) => crypto.publicKey(key));
    this.addresses = this.#publicKeys.map((key) => toHex(validatorAddress(key, crypto)));
    const publicKeys = this.#publicKeys.slice(0, founders);
    const genesis = { hash: crypto.sha256(utf8('cluster')), timeMs: BigInt(START_MS), publicKeys };
    this.network = networkOf(genesis, crypto);
    this.nodes = this.secretKeys.map((_, index) => ({
      disk: this.#watched(createCrashingDisk(), index),
      validator: undefined,
      files: undefined,
      life: 0,
      halted: undefined,
    }));
    this.links = new Links(this.clock, new Prng(seed, 2), (to, from, bytes) => this.#deliver(to, from, bytes));
    this.links.faults = options.faults ?? SHORT_LINKS;
    this.#observer = options.observer ?? watchVotesAndDecisions(this.addresses);
  }

  nowMs(): number {
    return START_MS + SINCE_GENESIS_MS + this.clock.nowMs;
  }

  start(index: number): void {
    const { life } = this.#node(index);
    this.#inside(index, life, () => this.#open(index, life));
  }

  /** What is not synced may be lost or torn; the validator is gone until it is started. */
  crash(index: number): void {
    const node = this.#node(index);
    node.life += 1;
    node.validator = undefined;
    node.files = undefined;
    node.disk = this.#watched(
      node.disk.afterCrash((below) => this.#prng.between(0, below - 1)),
      index,
    );
    for (const [other, peer] of this.nodes.entries())
      if (other !== index) this.#inside(other, peer.life, () => peer.validator?.unlinked(index));
  }

  submit(text: string): void {
    this.#submitToAll(utf8(text));
  }

  /** Decides whether a key is a member: the counter application takes the transaction's word for it. */
  submitChange(index: number, power: 0n | 1n): void {
    this.#submitToAll(changeOfValidator(this.#publicKeys[index]!, power));
  }

  submitBytes(index: number, bytes: Uint8Array): { code: number } {
    const node = this.#node(index);
    let answer: { code: number } = { code: CODES.unavailable };
    this.#inside(index, node.life, () => (answer = node.validator?.submit(bytes) ?? answer));
    return answer;
  }

  /** Runs events until `until` holds, or the virtual time is up; answers whether it holds. */
  run(until: () => boolean, forMs: number): boolean {
    const endMs = this.clock.nowMs + forMs;
    for (let events = 0; events < EVENTS_MAX; events += 1) {
      if (until()) return true;
      if (!this.clock.tick(endMs)) return until();
    }
    throw new Violation('a run comes to an end');
  }

  height(index: number): bigint {
    return this.nodes[index]?.validator?.chain().height ?? 0n;
  }

  filesOptions(index: number): FilesOptions {
    const { crypto } = this.#options;
    return {
      disk: this.#node(index).disk,
      folder: FOLDER,
      network: this.network,
      crypto,
      createApplication: () => createApplication(undefined, crypto),
      segmentBytes: this.#options.segmentBytes ?? SEGMENT_BYTES,
    };
  }

  /** Sends raw bytes as if `from` had. */
  inject(from: number, to: number, bytes: Uint8Array): void {
    this.links.send(from, to, bytes);
  }

  #node(index: number): Node {
    const node = this.nodes[index];
    assert(node !== undefined, 'a validator has a number');
    return node;
  }

  #watched(disk: CrashingDisk, index: number): CrashingDisk {
    const { atPersistPoint, skipsSyncs } = this.#options;
    if (skipsSyncs?.(index) === true) disk.skipSyncs();
    if (atPersistPoint !== undefined) disk.beforeEach(() => atPersistPoint(index));
    return disk;
  }

  /** Runs code of a validator: a power cut in it is its crash, a halt is remembered. */
  #inside(index: number, life: number, action: () => void): void {
    const node = this.#node(index);
    if (node.life !== life) return;
    try {
      action();
      this.#observer.settled?.(index);
    } catch (error) {
      if (error instanceof Violation) throw error;
      if (!(error instanceof PowerCut)) node.halted = error;
      this.crash(index);
      this.#observer.gone?.(index, node.halted);
    }
  }

  #later(index: number, life: number, delayMs: number, action: () => void): void {
    this.clock.after(delayMs, () => this.#inside(index, life, action));
  }

  #submitToAll(bytes: Uint8Array): void {
    for (const index of this.nodes.keys()) this.submitBytes(index, bytes);
  }

  #send(from: number, to: number, bytes: Uint8Array): void {
    const message = messageIn(bytes);
    assert(message !== undefined, 'a validator sends what can be read');
    if (message.kind === 'vote' || message.kind === 'proposal') this.#options.atPersistPoint?.(from);
    this.#observer.says?.(from, to, message);
    const onItsWay = this.#options.tamper?.(from, to, message, bytes, this.network) ?? [bytes];
    for (const each of onItsWay) this.links.send(from, to, each);
  }

  #deliver(to: number, from: number, bytes: Uint8Array): void {
    const node = this.#node(to);
    const { validator } = node;
    if (validator === undefined) return;
    this.#observer.hears?.(to, bytes);
    this.#inside(to, node.life, () => validator.receive(from, bytes));
  }

  /** From what the disk has. */
  #open(index: number, life: number): void {
    const node = this.#node(index);
    const files = openFiles(this.filesOptions(index));
    this.#observer.opened?.(index, files);
    const validator = this.#create(index, life, files);
    node.files = files;
    node.validator = validator;
    validator.restore(files.inputs, files.contents);
    validator.begin();
    for (const [peer, other] of this.nodes.entries()) {
      if (peer === index || other.validator === undefined) continue;
      // What it set off may have been its end.
      if (node.life !== life) return;
      validator.linked(peer);
      this.#inside(peer, other.life, () => other.validator?.linked(index));
    }
  }

  /** The validator as its thread makes it, with the virtual machine in the place of the real one. */
  #create(index: number, life: number, files: OpenedFiles): Validator {
    const { network, nodes } = this;
    const { crypto: everybodys, cryptoOf, stepOf, snapshotHeights, skewMs, behindMin = NEVER_BEHIND } = this.#options;
    const crypto = cryptoOf?.(index) ?? everybodys;
    const { disk } = this.#node(index);
    const { log, origin, application } = files;
    const snapshots = this.#snapshotMaker(index, life, files);
    const validator = createValidator({
      network,
      crypto,
      secretKey: this.secretKeys[index]!,
      application,
      log,
      chain: files.chain,
      origin,
      followUntilHeight: files.followUntilHeight,
      timeouts: this.#options.timeouts ?? TIMEOUTS,
      step: stepOf?.(index) ?? step,
      snapshots: createSnapshotSource(disk, FOLDER, {
        network,
        crypto,
        log,
        origin,
        methodTypes: {},
        changes: new Map(),
        schedule: () => validator.chain().schedule,
      }),
      joining: {
        behindMin,
        createApplication: () => createApplication(undefined, crypto),
        adopt: (joined) => {
          validator.stop();
          log.close();
          beginAt(this.filesOptions(index), joined);
          const node = this.#node(index);
          node.life += 1;
          this.#open(index, node.life);
        },
      },
      nowMs: () => BigInt(this.nowMs() + (skewMs?.[index] ?? 0)),
      after: (delayMs, action) => {
        let isCancelled = false;
        this.#later(index, life, delayMs, () => (isCancelled ? undefined : action()));
        return () => {
          isCancelled = true;
        };
      },
      checkAhead: (_transactions, done) => this.#later(index, life, this.#prng.between(0, CHECKED_AHEAD_MS_MAX), done),
      peers: () => [...nodes.keys()].filter((peer) => peer !== index && nodes[peer]!.validator !== undefined),
      send: (peer, bytes) => this.#node(index).life === life && this.#send(index, peer, bytes),
      executed: (height, record) => {
        if (record.validatorUpdates.length > 0) files.changes.push(height);
        this.#observer.executed?.(index, height, record);
      },
      committed: (height) => {
        const block = log.block(height);
        assert(block !== undefined, 'a committed block stands in the log');
        this.#observer.committed?.(index, block);
        if (snapshotHeights !== undefined && height % BigInt(snapshotHeights) === 0n) snapshots.begin();
        if (files.followUntilHeight > 0n && height >= files.followUntilHeight) clearFollow(disk, FOLDER);
      },
      progressed: () => undefined,
      ...CODES,
    });
    return validator;
  }

  #snapshotMaker(index: number, life: number, { application, log, changes }: OpenedFiles): SnapshotMaker {
    return openSnapshotMaker({
      disk: this.#node(index).disk,
      folder: FOLDER,
      network: this.network.genesisHash,
      snapshot: () => application.snapshot(),
      sync: () => {
        log.sync();
        log.saveIndex(changes);
      },
      later: (action) => this.#later(index, life, 1, action),
      notice: () => undefined,
    });
  }
}
