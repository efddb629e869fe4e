import { step } from '#ledger/consensus/driver.ts';
import { isVote, type Message } from '#ledger/consensus/early.ts';
import { textOfEffect, textOfMessage } from '#ledger/consensus/text.ts';
import { address, type Address, type Timeouts, type ValueId } from '#ledger/consensus/types.ts';
import { validatorSet } from '#ledger/consensus/validators.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { Byzantine } from './byzantine.ts';
import { Checkers, Violation } from './checkers.ts';
import { Clock } from './clock.ts';
import { Crash } from './disk.ts';
import { GOOD_LINKS, Network } from './network.ts';
import type { NodeOptions } from './node-options.ts';
import { SimNode } from './node.ts';
import { textOfPacket, type Packet } from './packet.ts';
import { Prng } from './prng.ts';
import { scenarioOf, type Scenario } from './scenario.ts';
import { digest, keyedHashSignatures, realSignatures, type Signatures } from './signatures.ts';
import { Trace } from './trace.ts';
import { Workload } from './workload.ts';

const TIMEOUTS: Timeouts = {
  propose: { initialMs: 120, deltaMs: 60 },
  prevote: { initialMs: 60, deltaMs: 60 },
  precommit: { initialMs: 60, deltaMs: 60 },
};

/** Heights that every correct node must decide after healing, and the virtual time it has for them. */
const HEIGHTS_AFTER_HEALING = 4n;
const HEALED_MS_MAX = 120_000;
const HARASS_MS = 70;
const RESUBMIT_MS = 1_000;
const EVENTS_MAX = 2_000_000;

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
  readonly drive?: typeof step;
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
  readonly #clock = new Clock();
  readonly #trace = new Trace();
  readonly #prng: Prng;
  readonly #addresses: readonly Address[];
  readonly #signatures: Signatures;
  readonly #checkers: Checkers;
  readonly #network: Network<Packet>;
  readonly #nodes: SimNode[] = [];
  readonly #byzantine = new Map<number, Byzantine>();
  readonly #otherValues = new Map<string, ValueId>();
  readonly #workload: Workload;
  readonly #persistPoints: number[];
  #isHealed = false;
  #isBroken = false;
  #crashes = 0;
  #fingerprint = '';
  #heightsWithFaults = 0n;

  constructor(scenario: Scenario, options: RunOptions) {
    this.#scenario = scenario;
    this.#options = options;
    this.#prng = new Prng(scenario.seed, 1);
    const indexes = Array.from({ length: scenario.nodes }, (_, index) => index);
    this.#persistPoints = indexes.map(() => 0);
    this.#addresses = indexes.map((index) => address((index + 10).toString(16).padStart(40, '0')));
    this.#signatures = scenario.hasRealSignatures
      ? realSignatures(
          nativeCrypto,
          new Map(this.#addresses.map((each, index) => [each, secretKey(scenario.seed, index)])),
        )
      : keyedHashSignatures();
    this.#checkers = new Checkers({
      addresses: this.#addresses,
      byzantine: new Set(scenario.byzantine.keys()),
      signatures: this.#signatures,
    });
    this.#network = new Network(this.#clock, new Prng(scenario.seed, 2), (to, from, packet) =>
      this.#deliver(to, from, packet),
    );
    this.#network.faults = scenario.faults;
    this.#workload = new Workload(this.#clock, new Prng(scenario.seed, 3), (items) => this.#submit(items));
    for (const index of indexes) this.#nodes.push(this.#makeNode(index));
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
    if (this.#options.groups !== undefined) this.#network.partition(this.#options.groups);
    this.#workload.runUntil(faultsMs);
    if (partitionMs > 0) this.#repeat(partitionMs, () => this.#splitOrHeal());
    if (stormMs > 0) this.#repeat(stormMs, () => this.#correct().forEach((node) => this.#kill(node.index)));
    if (byzantine.size > 0) this.#repeat(HARASS_MS, () => this.#harass());
    for (const node of this.#nodes) this.#guard(node.index, () => node.start());
    this.#runUntil(faultsMs, () => false);
  }

  /** Liveness once they are over: heights go on, and everything handed in is in. */
  #healed(): void {
    this.#isHealed = true;
    this.#network.heal();
    this.#network.faults = GOOD_LINKS;
    for (const node of this.#nodes) if (!node.isUp) this.#guard(node.index, () => node.start());
    this.#heightsWithFaults = this.#checkers.height;
    this.#resubmit();
    const goal = this.#checkers.height + HEIGHTS_AFTER_HEALING;
    const isDone = (): boolean => this.#correct().every((node) => this.#isCaughtUp(node, goal));
    const isReached = this.#runUntil(this.#clock.nowMs + HEALED_MS_MAX, isDone);
    if (!this.#scenario.isTolerable || this.#isBroken || isReached) return;
    const heights = this.#correct().map((node) => `${node.index} at ${node.chain.height}`);
    throw new Violation(`termination after healing: height ${goal} expected, ${heights.join(', ')}`);
  }

  #resubmit(): void {
    this.#workload.resubmitMissing(this.#correct().filter((node) => node.isUp));
    this.#clock.after(RESUBMIT_MS, () => this.#resubmit());
  }

  #isCaughtUp(node: SimNode, goal: bigint): boolean {
    if (node.chain.height < goal) return false;
    for (const item of this.#workload.submitted) if (!node.chain.includes(item)) return false;
    return true;
  }

  #runUntil(untilMs: number, isDone: () => boolean): boolean {
    for (let events = 0; events < EVENTS_MAX; events += 1) {
      if (this.#isBroken || isDone()) return true;
      if (!this.#clock.tick(untilMs)) return isDone();
    }
    throw new Violation('the simulation comes to an end');
  }

  #correct(): SimNode[] {
    return this.#nodes.filter((node) => !this.#scenario.byzantine.has(node.index));
  }

  #makeNode(index: number): SimNode {
    const { skewMsMax, byzantine, seed } = this.#scenario;
    const prng = new Prng(seed, 100 + index);
    const send = (to: number, packet: Packet): void => this.#send(index, to, packet);
    const behaviour = byzantine.get(index);
    const wrapper =
      behaviour &&
      new Byzantine({
        behaviour,
        address: this.#addresses[index] as Address,
        addresses: this.#addresses,
        signatures: this.#signatures,
        prng: new Prng(seed, 200 + index),
        send,
        otherValues: this.#otherValues,
      });
    if (wrapper !== undefined) this.#byzantine.set(index, wrapper);
    const drive = this.#options.drive ?? step;
    return new SimNode({
      index,
      addresses: this.#addresses,
      validators: validatorSet(this.#addresses.map((each) => ({ address: each, power: 1 }))),
      timeouts: TIMEOUTS,
      clock: this.#guardedClock(index),
      prng,
      signatures: this.#signatures,
      skewMs: prng.between(-skewMsMax, skewMsMax),
      observer: this.#observerOf(wrapper !== undefined),
      drive: wrapper === undefined ? drive : (state, input) => wrapper.drive(state, input),
      send: wrapper === undefined ? send : (to, packet) => wrapper.send(to, packet),
      atPersistPoint: wrapper === undefined ? () => this.#atPersistPoint(index) : () => undefined,
    });
  }

  #observerOf(isByzantine: boolean): NodeOptions['observer'] {
    if (isByzantine) {
      const none = (): void => undefined;
      return { sent: none, received: none, effect: none, decided: none, started: none };
    }
    return {
      sent: (node, packet) => {
        this.#trace.add(this.#clock.nowMs, () => `${node} sends ${textOfPacket(packet)}`);
        if (packet.kind === 'message') this.#checkDurable(node, packet.message);
      },
      received: (node, message) => this.#checkers.received(node.index, node.state.height, node.state.round, message),
      effect: (node, effect) => {
        this.#trace.add(this.#clock.nowMs, () => `${node} shall ${textOfEffect(effect)}`);
        this.#checkers.effect(node, effect);
      },
      decided: (node, decided) => {
        this.#fingerprint = digest(`${this.#fingerprint}|${node}|${this.#clock.nowMs}|${decided.block.id}`);
        this.#trace.add(this.#clock.nowMs, () => `${node} decides ${decided.block.height}: ${decided.block.id}`);
        if (!this.#checkers.decided(node, decided)) this.#isBroken = true;
      },
      started: (node) => {
        const height = this.#nodes[node]?.chain.height ?? 0n;
        this.#trace.add(this.#clock.nowMs, () => `${node} starts at height ${height}`);
        this.#checkers.restarted(node, height);
      },
    };
  }

  /** An own message of the height in progress leaves only when no crash can take it back. */
  #checkDurable(index: number, message: Message): void {
    const node = this.#nodes[index];
    const isOwn = node?.address === (isVote(message) ? message.vote.validator : message.proposal.proposer);
    if (node === undefined || !isOwn || node.isDurable(message)) return;
    throw new Violation(`durable before it is sent: node ${index}, ${textOfMessage(message)}`);
  }

  /** Timers run inside the guard that turns a planned death into a crash. */
  #guardedClock(index: number): Clock {
    const clock = this.#clock;
    return {
      get nowMs() {
        return clock.nowMs;
      },
      after: (delayMs: number, run: () => void) => clock.after(delayMs, () => this.#guard(index, run)),
    } as Clock;
  }

  #guard(index: number, run: () => void): void {
    try {
      run();
      if (!this.#scenario.byzantine.has(index)) this.#checkers.settled(index);
    } catch (error) {
      if (!(error instanceof Crash)) throw error;
      this.#kill(index);
    }
  }

  #atPersistPoint(index: number): void {
    const point = (this.#persistPoints[index] ?? 0) + 1;
    this.#persistPoints[index] = point;
    const dies =
      this.#options.diesAt?.(index, point) ?? (!this.#isHealed && this.#prng.chance(this.#scenario.crashChance));
    if (dies) throw new Crash(index);
  }

  #kill(index: number): void {
    const node = this.#nodes[index];
    if (node === undefined || !node.isUp) return;
    this.#crashes += 1;
    this.#trace.add(this.#clock.nowMs, () => `${index} dies`);
    node.crash();
    this.#checkers.crashed(index);
    const restart = (): void => {
      if (!node.isUp) this.#guard(index, () => node.start());
    };
    this.#clock.after(this.#prng.between(20, 800), restart);
  }

  /** The one way out for everybody: what is sent is judged here. */
  #send(from: number, to: number, packet: Packet): void {
    if (packet.kind === 'message' && this.#isAuthentic(packet)) this.#checkers.sent(from, packet.message);
    this.#network.send(from, to, packet);
  }

  #isAuthentic(packet: Packet & { kind: 'message' }): boolean {
    const { message } = packet;
    return 'vote' in message ? this.#signatures.isSignedVote(message) : this.#signatures.isSignedProposal(message);
  }

  #deliver(to: number, from: number, packet: Packet): void {
    const node = this.#nodes[to];
    if (node === undefined || !node.isUp) return;
    this.#byzantine.get(to)?.remember(packet);
    this.#guard(to, () => node.receive(from, packet));
  }

  #submit(items: readonly number[]): void {
    const up = this.#correct().filter((node) => node.isUp);
    if (up.length === 0) return;
    const entry = this.#prng.pick(up);
    entry.submit(items);
    for (const other of this.#nodes)
      if (other !== entry) this.#send(entry.index, other.index, { kind: 'items', items });
  }

  #splitOrHeal(): void {
    if (this.#prng.chance(0.4)) return this.#network.heal();
    this.#network.partition(this.#nodes.map(() => this.#prng.between(0, 1)));
  }

  #harass(): void {
    for (const [index, wrapper] of this.#byzantine) {
      const node = this.#nodes[index];
      if (node !== undefined) wrapper.harass(node.state);
    }
  }

  /** Until the faults are over; Byzantine nodes go on. */
  #repeat(meanMs: number, run: () => void): void {
    this.#clock.after(this.#prng.between(1, meanMs * 2), () => {
      if (this.#isHealed && meanMs !== HARASS_MS) return;
      run();
      this.#repeat(meanMs, run);
    });
  }
}

/** Any number below the group's order is a secret key; these are for simulations only. */
function secretKey(seed: number, index: number): Uint8Array {
  const prng = new Prng(seed, 300 + index);
  return Uint8Array.from({ length: 32 }, (_, at) => (at === 0 ? 1 : prng.between(0, 255)));
}
