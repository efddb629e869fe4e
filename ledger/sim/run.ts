import { step, type State } from '#ledger/consensus/driver.ts';
import { isVote, type Message } from '#ledger/consensus/early.ts';
import { textOfEffect, textOfMessage } from '#ledger/consensus/text.ts';
import type { SignedVote, Timeouts, ValueId } from '#ledger/consensus/types.ts';
import { toHex, utf8 } from '#ledger/core/bytes.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { encodePeerMessage, type PeerMessage } from '#ledger/engines/embedded/peer-message.ts';
import { rememberVerified } from '#ledger/engines/embedded/verified-signatures.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { PowerCut } from '#ledger/storage/testing/crashing-disk.ts';
import { Byzantine } from './byzantine.ts';
import { Checkers } from './checkers.ts';
import { Cluster, messageIn } from './cluster.ts';
import { GOOD_LINKS } from './links.ts';
import type { Observer } from './observer.ts';
import { Prng } from './prng.ts';
import { scenarioOf, type Scenario } from './scenario.ts';
import { keyedHashCrypto } from './signatures.ts';
import { Trace } from './trace.ts';
import { Violation } from './violation.ts';
import { Workload } from './workload.ts';

/** Shorter than the engine's: a run has more rounds, and more of them fail. */
const TIMEOUTS: Timeouts = {
  propose: { initialMs: 120, deltaMs: 60 },
  prevote: { initialMs: 60, deltaMs: 60 },
  precommit: { initialMs: 60, deltaMs: 60 },
};
/** So small that a run fills several. */
const SEGMENT_BYTES = 16 * 1024;

/** Heights that every correct node must decide after healing, and the virtual time it has for them. */
const HEIGHTS_AFTER_HEALING = 4n;
const HEALED_MS_MAX = 120_000;
const HARASS_MS = 70;
const RESUBMIT_MS = 1_000;

export interface Outcome {
  readonly seed: number;
  readonly ok: boolean;
  /** Which guarantee did not hold; absent when ok. */
  readonly violation?: string;
  /** The last events, when it failed. */
  readonly trace: readonly string[];
  readonly heights: bigint;
  /** Those decided before the network healed. */
  readonly heightsWithFaults: bigint;
  /** Of who decided what when: equal for equal seeds. */
  readonly fingerprint: string;
  readonly crashes: number;
  readonly evidences: number;
  /** A disagreement that more faulty validators than tolerated brought about, with their names on record. */
  readonly isBroken: boolean;
}

/** What a test may set instead of leaving it to the seed. */
export interface RunOptions {
  readonly scenario?: Scenario;
  /** The driver of the correct validators. */
  readonly step?: typeof step;
  /** The cryptography of the correct validators, made of the one that judges. */
  readonly crypto?: (crypto: Crypto) => Crypto;
  /** The disks of the correct validators do nothing when they are asked to sync. */
  readonly skipsSyncs?: boolean;
  /** Asked at each persist point of each node with its number; true: the node dies there. */
  readonly diesAt?: (node: number, persistPoint: number) => boolean;
  /** The group of each node while the faults last. */
  readonly groups?: readonly number[];
}

/** One simulated consortium: all faults, then healing. The seed determines everything. */
export function runSeed(seed: number, options: RunOptions = {}): Outcome {
  return new Simulation(options.scenario ?? scenarioOf(seed), options).run();
}

class Simulation {
  readonly #scenario: Scenario;
  readonly #options: RunOptions;
  readonly #trace = new Trace();
  readonly #prng: Prng;
  readonly #crypto: Crypto;
  readonly #cluster: Cluster;
  readonly #checkers: Checkers;
  readonly #byzantine = new Map<number, Byzantine>();
  readonly #workload: Workload;
  readonly #persistPoints: number[];
  /** Of the values that were proposed. */
  readonly #contents = new Map<ValueId, Uint8Array>();
  /** Bytes that a validator's disk was seen to hold for good. */
  readonly #durable: WeakSet<Uint8Array>[];
  /** What each validator's driver was left in, in its present life. */
  readonly #states: (State | undefined)[];
  #isHealed = false;
  #isBroken = false;
  #crashes = 0;
  #fingerprint = '';
  #heightsWithFaults = 0n;

  constructor(scenario: Scenario, options: RunOptions) {
    const { seed, nodes, skewMsMax, faults, snapshotHeights } = scenario;
    this.#scenario = scenario;
    this.#options = options;
    this.#prng = new Prng(seed, 1);
    this.#crypto = scenario.hasRealSignatures ? rememberVerified(nativeCrypto) : keyedHashCrypto(nativeCrypto);
    const indexes = Array.from({ length: nodes }, (_, index) => index);
    this.#persistPoints = indexes.map(() => 0);
    this.#durable = indexes.map(() => new WeakSet());
    this.#states = indexes.map(() => undefined);
    const crypto = options.crypto?.(this.#crypto);
    this.#cluster = new Cluster({
      crypto: this.#crypto,
      seed,
      founders: nodes,
      segmentBytes: SEGMENT_BYTES,
      ...(snapshotHeights > 0 && { snapshotHeights }),
      timeouts: TIMEOUTS,
      skewMs: indexes.map((index) => new Prng(seed, 100 + index).between(-skewMsMax, skewMsMax)),
      faults,
      tamper: (from, to, message, bytes) => this.#leave(from, to, message, bytes),
      stepOf: (index) => this.#stepOf(index),
      ...(crypto && { cryptoOf: (index: number) => (this.#isCorrect(index) ? crypto : this.#crypto) }),
      skipsSyncs: (index) => options.skipsSyncs === true && this.#isCorrect(index),
      atPersistPoint: (index) => this.#atPersistPoint(index),
      observer: this.#observer(),
    });
    const { network, addresses, clock } = this.#cluster;
    this.#checkers = new Checkers({
      network,
      crypto: this.#crypto,
      addresses,
      byzantine: new Set(scenario.byzantine.keys()),
    });
    this.#workload = new Workload(clock, new Prng(seed, 3), (transactions) => this.#submit(transactions));
    this.#makeByzantine();
  }

  run(): Outcome {
    try {
      this.#faults();
      if (!this.#isBroken) this.#healed();
      return this.#outcome();
    } catch (error) {
      if (error instanceof Violation) return this.#outcome(error.message);
      return this.#outcome(error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }

  #outcome(violation?: string): Outcome {
    return {
      seed: this.#scenario.seed,
      ok: violation === undefined,
      ...(violation === undefined ? {} : { violation }),
      trace: violation === undefined ? [] : this.#trace.lines(),
      heights: this.#checkers.height,
      heightsWithFaults: this.#heightsWithFaults,
      fingerprint: this.#fingerprint,
      crashes: this.#crashes,
      evidences: this.#checkers.evidences,
      isBroken: this.#isBroken,
    };
  }

  /** Safety while everything goes wrong. */
  #faults(): void {
    const { faultsMs, partitionMs, stormMs, byzantine } = this.#scenario;
    if (this.#options.groups !== undefined) this.#cluster.links.partition(this.#options.groups);
    this.#workload.runUntil(faultsMs);
    if (partitionMs > 0) this.#repeat(partitionMs, () => this.#splitOrHeal());
    if (stormMs > 0) this.#repeat(stormMs, () => this.#correct().forEach((index) => this.#kill(index)));
    if (byzantine.size > 0) this.#repeat(HARASS_MS, () => this.#harass());
    for (const index of this.#cluster.nodes.keys()) this.#cluster.start(index);
    this.#cluster.run(() => this.#isBroken, faultsMs);
  }

  /** Liveness once they are over: heights go on, everything handed in is in, and so is what was noticed of double votes. */
  #healed(): void {
    this.#isHealed = true;
    this.#cluster.links.heal();
    this.#cluster.links.faults = GOOD_LINKS;
    for (const index of this.#cluster.nodes.keys()) if (!this.#isUp(index)) this.#cluster.start(index);
    this.#heightsWithFaults = this.#checkers.height;
    this.#resubmit();
    const goal = this.#checkers.height + HEIGHTS_AFTER_HEALING;
    const noticed = new Map(this.#correct().map((index) => [index, this.#checkers.unrecorded(index)]));
    const lacking = (): string[] =>
      [...noticed].flatMap(([index, places]) =>
        // Only its own blocks carry what it alone has noticed; one of a height that was begun later was built later.
        this.#checkers.lastProposedBy(index) > this.#heightsWithFaults + 1n
          ? places.filter((place) => !this.#checkers.isRecorded(place))
          : [],
      );
    const isDone = (): boolean =>
      this.#isBroken || (this.#correct().every((index) => this.#isCaughtUp(index, goal)) && lacking().length === 0);
    const isReached = this.#cluster.run(isDone, HEALED_MS_MAX);
    this.#checkReplicas();
    if (isReached || !this.#scenario.isTolerable) return;
    const heights = this.#correct().map((index) => `${index} at ${this.#cluster.height(index)}`);
    const unrecorded = lacking().length === 0 ? '' : `, not on record: ${lacking().join(' ')}`;
    throw new Violation(`termination after healing: height ${goal} expected, ${heights.join(', ')}${unrecorded}`);
  }

  #checkReplicas(): void {
    if (this.#isBroken) return;
    for (const index of this.#correct()) {
      const { files } = this.#cluster.nodes[index] ?? {};
      if (files !== undefined) this.#checkers.checkReplica(index, files);
    }
  }

  #resubmit(): void {
    for (const index of this.#correct()) {
      const height = this.#cluster.height(index);
      for (const each of this.#workload.submitted)
        if (!this.#checkers.reference.isIncluded(each, height)) this.#cluster.submitBytes(index, each);
    }
    this.#cluster.clock.after(RESUBMIT_MS, () => this.#resubmit());
  }

  #isCaughtUp(index: number, goal: bigint): boolean {
    const height = this.#cluster.height(index);
    const needed = this.#checkers.reference.heightOfAll(this.#workload.submitted);
    return height >= goal && needed !== undefined && height >= needed;
  }

  #isCorrect(index: number): boolean {
    return !this.#scenario.byzantine.has(index);
  }

  #isUp(index: number): boolean {
    return this.#cluster.nodes[index]?.validator !== undefined;
  }

  #correct(): number[] {
    return [...this.#cluster.nodes.keys()].filter((index) => this.#isCorrect(index));
  }

  #makeByzantine(): void {
    const { network, addresses, secretKeys } = this.#cluster;
    const otherValues = new Map<string, ValueId>();
    for (const [index, behaviour] of this.#scenario.byzantine) {
      const wrapper = new Byzantine({
        behaviour,
        address: addresses[index]!,
        addresses,
        network,
        signer: { crypto: this.#crypto, secretKey: secretKeys[index]! },
        prng: new Prng(this.#scenario.seed, 200 + index),
        otherValues,
      });
      this.#byzantine.set(index, wrapper);
    }
  }

  /** A driver that is watched. */
  #stepOf(index: number): typeof step {
    const inner = this.#byzantine.get(index)?.step ?? this.#options.step ?? step;
    return (before, input) => {
      const done = inner(before, input);
      this.#states[index] = done.state;
      if (this.#isCorrect(index)) {
        for (const effect of done.effects) {
          this.#note(() => `${index} shall ${textOfEffect(effect)}`);
          this.#checkers.effect(index, effect);
        }
      }
      return done;
    };
  }

  #observer(): Observer {
    const correct =
      <Rest extends readonly unknown[]>(action: (index: number, ...rest: Rest) => void) =>
      (index: number, ...rest: Rest): void => {
        if (this.#isCorrect(index)) action(index, ...rest);
      };
    return {
      opened: correct((index, files) => {
        this.#note(() => `${index} starts at height ${files.chain.height}`);
        if (!this.#checkers.restarted(index, files)) this.#isBroken = true;
        else this.#checkers.checkReplica(index, files);
      }),
      says: correct((from, _to, message) => this.#checkDurable(from, message)),
      hears: (index, bytes) => this.#heard(index, bytes),
      executed: correct((index, height, record) => {
        if (!this.#checkers.executed(index, height, record)) this.#isBroken = true;
      }),
      committed: correct((index, block) => {
        this.#addToFingerprint(`${index}|${this.#cluster.clock.nowMs}|${block.valueId}`);
        this.#note(() => `${index} decides ${block.height}: ${block.valueId}`);
        if (!this.#checkers.decided(index, block)) this.#isBroken = true;
      }),
      settled: correct((index) => this.#checkers.settled(index, this.#states[index]?.height ?? 0n)),
      gone: (index, cause) => this.#gone(index, cause),
    };
  }

  #note(words: () => string): void {
    this.#trace.add(this.#cluster.clock.nowMs, words);
  }

  #addToFingerprint(words: string): void {
    this.#fingerprint = toHex(nativeCrypto.sha256(utf8(`${this.#fingerprint}|${words}`)));
  }

  /** A message reaches a node; whether its driver is in the height of a vote, only the node knows. */
  #heard(index: number, bytes: Uint8Array): void {
    const message = messageIn(bytes);
    if (message === undefined) return;
    if (!this.#isCorrect(index)) return this.#byzantine.get(index)?.remember(message, bytes);
    const state = this.#states[index];
    if (message.kind !== 'vote' && message.kind !== 'proposal') return;
    if (state === undefined || state.height < this.#cluster.height(index)) return;
    if (!this.#checkers.isAuthentic(message.signed)) return;
    this.#checkers.received({ node: index, height: state.height, round: state.round }, message.signed);
  }

  /** An own message leaves only when no crash can take it back, nor the block that a proposal or a precommit speaks of. */
  #checkDurable(index: number, message: PeerMessage): void {
    this.#note(() => `${index} sends ${textOf(message)}`);
    if (message.kind !== 'vote' && message.kind !== 'proposal') return;
    const { signed } = message;
    if (signerOf(signed) !== this.#cluster.addresses[index]) return;
    const content = message.kind === 'proposal' ? message.content : this.#contentOf(message.signed);
    if (this.#isDurable(index, signed.signature) && (content === undefined || this.#isDurable(index, content))) return;
    throw new Violation(`durable before it is sent: node ${index}, ${textOfMessage(signed)}`);
  }

  #contentOf({ vote }: SignedVote): Uint8Array | undefined {
    return vote.kind === 'prevote' || vote.valueId === null ? undefined : this.#contents.get(vote.valueId);
  }

  #isDurable(index: number, bytes: Uint8Array): boolean {
    const known = this.#durable[index];
    if (known?.has(bytes) === true) return true;
    const isThere = this.#cluster.nodes[index]?.disk.holds(bytes) === true;
    if (isThere) known?.add(bytes);
    return isThere;
  }

  #atPersistPoint(index: number): void {
    if (!this.#isCorrect(index)) return;
    const point = (this.#persistPoints[index] ?? 0) + 1;
    this.#persistPoints[index] = point;
    const dies =
      this.#options.diesAt?.(index, point) ?? (!this.#isHealed && this.#prng.chance(this.#scenario.crashChance));
    if (dies) throw new PowerCut('the plan says so');
  }

  #kill(index: number): void {
    if (!this.#isUp(index)) return;
    this.#cluster.crash(index);
    this.#gone(index, undefined);
  }

  #gone(index: number, cause: unknown): void {
    this.#states[index] = undefined;
    this.#note(() => `${index} dies`);
    if (cause !== undefined && this.#isCorrect(index) && !this.#isBroken)
      throw new Violation(`node ${index} goes on: ${cause instanceof Error ? (cause.stack ?? '') : String(cause)}`);
    this.#crashes += 1;
    this.#checkers.crashed(index);
    this.#cluster.clock.after(this.#prng.between(20, 800), () => {
      if (!this.#isUp(index)) this.#cluster.start(index);
    });
  }

  /** The one way out for everybody: what is sent is judged here. */
  #leave(from: number, to: number, message: PeerMessage, bytes: Uint8Array): readonly Uint8Array[] {
    const leaving = this.#byzantine.get(from)?.faces(to, message, bytes) ?? [bytes];
    for (const each of leaving) this.#judge(from, each);
    return leaving;
  }

  #judge(from: number, bytes: Uint8Array): void {
    const message = messageIn(bytes);
    if (message === undefined || (message.kind !== 'vote' && message.kind !== 'proposal')) return;
    if (message.kind === 'proposal') this.#contents.set(message.signed.proposal.valueId, message.content);
    if (this.#checkers.isAuthentic(message.signed)) this.#checkers.sent(from, message.signed);
  }

  #submit(transactions: readonly Uint8Array[]): void {
    const up = this.#correct().filter((index) => this.#isUp(index));
    if (up.length === 0) return;
    const entry = this.#prng.pick(up);
    for (const bytes of transactions) {
      this.#cluster.submitBytes(entry, bytes);
      const packet = encodePeerMessage({ kind: 'transaction', bytes });
      for (const other of this.#cluster.nodes.keys()) if (other !== entry) this.#cluster.inject(entry, other, packet);
    }
  }

  #splitOrHeal(): void {
    const { links, nodes } = this.#cluster;
    if (this.#prng.chance(0.4)) return links.heal();
    links.partition(nodes.map(() => this.#prng.between(0, 1)));
  }

  #harass(): void {
    for (const [index, wrapper] of this.#byzantine) {
      const state = this.#states[index];
      if (state === undefined) continue;
      const { to, packets } = wrapper.harassment(state);
      for (const each of packets) {
        this.#judge(index, each);
        this.#cluster.inject(index, to, each);
      }
    }
  }

  /** Until the faults are over; Byzantine nodes go on. */
  #repeat(meanMs: number, run: () => void): void {
    this.#cluster.clock.after(this.#prng.between(1, meanMs * 2), () => {
      if (this.#isHealed && meanMs !== HARASS_MS) return;
      run();
      this.#repeat(meanMs, run);
    });
  }
}

function signerOf(message: Message): string {
  return isVote(message) ? message.vote.validator : message.proposal.proposer;
}

/** A packet in a few words, for traces. */
function textOf(message: PeerMessage): string {
  switch (message.kind) {
    case 'vote':
    case 'proposal':
      return textOfMessage(message.signed);
    case 'status':
      return `status ${message.status.height}/${message.status.round}, decided ${message.decided}`;
    case 'block':
    case 'block-request':
      return `${message.kind} ${message.height}`;
    default:
      return message.kind;
  }
}
