import { missing, statusOf, type Status } from '#ledger/consensus/catch-up.ts';
import { initialState, type State } from '#ledger/consensus/driver.ts';
import { isVote, type Message } from '#ledger/consensus/early.ts';
import type { CheckValue, Decided, Effect, Input } from '#ledger/consensus/effects.ts';
import { NO_ROUND, height, type Address, type Proposal, type ValueId, type Vote } from '#ledger/consensus/types.ts';
import { isCertificate } from '#ledger/consensus/votes.ts';
import { Chain, ITEMS_MAX, hasTrueId, makeBlock, type Block, type DecidedBlock } from './chain.ts';
import { Disk } from './disk.ts';
import type { NodeOptions } from './node-options.ts';
import type { Packet } from './packet.ts';

type DiskRecord =
  | { readonly kind: 'input'; readonly input: Input }
  | { readonly kind: 'content'; readonly block: Block }
  | { readonly kind: 'decided'; readonly decided: DecidedBlock };

/** PROTOCOL: a new proposal's time is at most this far from the clock. */
const BEHIND_MS_MAX = 2_500;
const AHEAD_MS_MAX = 500;
const STATUS_MS = 200;
const SYNC_BLOCKS_MAX = 4;

/** The shell's rules (consensus/README.md) around the real driver, on virtual time. */
export class SimNode {
  readonly index: number;
  readonly address: Address;
  chain = new Chain();
  state: State;
  isUp = false;
  readonly #options: NodeOptions;
  readonly #disk: Disk<DiskRecord>;
  /** Timers of an earlier life do nothing. */
  #life = 0;
  #isBusy = false;
  #inputs: Input[] = [];
  #ownInputs: Input[] = [];
  #outbox: Packet[] = [];
  #decision: Decided | undefined;
  #hasUnsyncedOwn = false;
  #contents = new Map<ValueId, { block: Block; arrivedMs: number }>();
  #waiting = new Set<number>();
  #lastHeight = -1n;

  constructor(options: NodeOptions) {
    this.index = options.index;
    this.address = options.addresses[options.index] as Address;
    this.#options = options;
    this.#disk = new Disk(options.prng, options.atPersistPoint);
    this.state = initialState(this.address);
  }

  /** From what the disk has: the whole restart procedure of consensus/README.md. */
  start(): void {
    this.#life += 1;
    this.isUp = true;
    this.chain = new Chain();
    this.#contents = new Map();
    let records: Input[] = [];
    for (const record of this.#disk.recover()) {
      if (record.kind === 'input') records.push(record.input);
      if (record.kind === 'content') this.#hold(record.block);
      if (record.kind === 'decided') {
        this.chain.apply(record.decided);
        records = [];
      }
    }
    this.state = initialState(this.address);
    this.#options.observer.started(this.index);
    this.#drive(this.#startHeight(true));
    for (const input of records) if (this.#isReplayable(input)) this.#drive(input);
    this.feed({ kind: 'restored' });
    this.#every(STATUS_MS, () => this.#tellStatus());
  }

  /** All that was in memory is gone. */
  crash(): void {
    this.#life += 1;
    this.isUp = false;
    this.#disk.crash();
    this.#inputs = [];
    this.#ownInputs = [];
    this.#outbox = [];
    this.#decision = undefined;
    this.#hasUnsyncedOwn = false;
    this.#waiting = new Set();
    this.#isBusy = false;
  }

  /** Whether this own message would survive a crash, and the content of a precommitted or proposed value with it. */
  isDurable(message: Message): boolean {
    const isThere = this.#disk.hasDurable(
      (record) =>
        record.kind === 'input' &&
        (record.input.kind === 'vote' || record.input.kind === 'proposal') &&
        record.input.signed === message,
    );
    if (isVote(message) && (message.vote.kind === 'prevote' || message.vote.valueId === null)) return isThere;
    const valueId = isVote(message) ? message.vote.valueId : message.proposal.valueId;
    return isThere && this.#disk.hasDurable((record) => record.kind === 'content' && record.block.id === valueId);
  }

  submit(items: readonly number[]): void {
    for (const item of items) if (!this.chain.includes(item)) this.#waiting.add(item);
  }

  /** A packet from the network: hostile until checked. */
  receive(from: number, packet: Packet): void {
    switch (packet.kind) {
      case 'message':
        return this.#receiveMessage(packet.message, packet.block);
      case 'status':
        return this.#answerStatus(from, packet.status);
      case 'blocks':
        return this.#syncBlocks(packet.decided);
      case 'items':
        return this.submit(packet.items);
    }
  }

  /** Runs the driver until it rests, then syncs, then sends, then applies the decision: in this order. */
  feed(input: Input): void {
    this.#inputs.push(input);
    if (this.#isBusy) return;
    this.#isBusy = true;
    for (let next = this.#nextInput(); next !== undefined; next = this.#nextInput()) {
      for (const effect of this.#drive(next)) this.#perform(effect);
    }
    this.#flush();
    this.#isBusy = false;
  }

  /** Own messages first: they count before anything else does. */
  #nextInput(): Input | undefined {
    return this.#ownInputs.shift() ?? this.#inputs.shift();
  }

  #drive(input: Input): readonly Effect[] {
    const before = this.state;
    const { state, effects } = this.#options.drive(before, input);
    this.state = state;
    const isRecorded = input.kind !== 'start-height' && input.kind !== 'restored' && state.withheld === null;
    if (state !== before && isRecorded) this.#disk.append({ kind: 'input', input });
    return effects;
  }

  #flush(): void {
    if (this.#hasUnsyncedOwn) this.#disk.sync();
    this.#hasUnsyncedOwn = false;
    const outbox = this.#outbox;
    this.#outbox = [];
    for (const packet of outbox) this.#broadcast(packet);
    const decision = this.#decision;
    this.#decision = undefined;
    if (decision === undefined) return;
    this.#options.atPersistPoint();
    const content = this.#contents.get(decision.valueId);
    if (content === undefined) throw new Error('a decided value has its content');
    this.#apply({ block: content.block, round: decision.round, certificate: decision.precommits });
    this.#after(this.#options.prng.between(0, 120), () => this.feed(this.#startHeight(false)));
  }

  #broadcast(packet: Packet): void {
    for (let to = 0; to < this.#options.addresses.length; to += 1) {
      if (to === this.index) continue;
      if (packet.kind === 'message') this.#options.atPersistPoint();
      this.#options.observer.sent(this.index, packet);
      this.#options.send(to, packet);
    }
  }

  #perform(effect: Effect): void {
    this.#options.observer.effect(this.index, effect);
    switch (effect.kind) {
      case 'build-value':
        return this.#after(this.#options.prng.between(0, 15), () => this.#build(effect.round));
      case 'check-value':
        return this.#after(this.#options.prng.between(0, 10), () => this.#check(effect));
      case 'sign-proposal':
        return this.#signProposal(effect.proposal);
      case 'sign-vote':
        return this.#signVote(effect.vote);
      case 'send-again':
        return this.#enqueue(effect.message);
      case 'deliver':
        return void this.#inputs.push(...effect.messages.map(asInput));
      case 'schedule-timeout':
        return this.#after(effect.durationMs, () => this.feed({ kind: 'timeout-elapsed', timeout: effect.timeout }));
      case 'decided':
        this.#decision = effect;
        return;
      case 'need-proposal':
        return void this.#outbox.push({ kind: 'status', status: statusOf(this.state) });
      case 'vote-evidence':
      case 'proposal-evidence':
      case 'halt':
        return;
    }
  }

  #nowMs(): number {
    return this.#options.clock.nowMs + this.#options.skewMs;
  }

  #build(round: Proposal['round']): void {
    const items = [...this.#waiting].filter((item) => !this.chain.includes(item)).slice(0, ITEMS_MAX);
    const timeMs = Math.max(this.#nowMs(), this.chain.tipTimeMs + 1);
    const block = makeBlock({
      height: this.chain.height + 1n,
      parent: this.chain.tip,
      timeMs,
      proposer: this.index,
      items,
      isForged: false,
    });
    this.#hold(block);
    this.feed({ kind: 'value-built', height: height(block.height), round, valueId: block.id });
  }

  #check(effect: CheckValue): void {
    const { round, valueId } = effect;
    const content = this.#contents.get(valueId);
    if (effect.height !== this.chain.height + 1n) return;
    if (content === undefined) {
      this.feed({ kind: 'value-checked', height: effect.height, round, valueId, verdict: 'unknown' });
      return;
    }
    const lateMs = content.arrivedMs - content.block.timeMs;
    const isTimely = effect.validRound !== NO_ROUND || (lateMs <= BEHIND_MS_MAX && lateMs >= -AHEAD_MS_MAX);
    const accepted = isTimely ? 'valid' : 'untimely';
    const verdict = this.chain.accepts(content.block) ? accepted : 'invalid';
    this.feed({ kind: 'value-checked', height: effect.height, round, valueId, verdict });
  }

  #signProposal(proposal: Proposal): void {
    const signed = this.#options.signatures.signProposal(proposal, BigInt(this.#nowMs()));
    const content = this.#contents.get(proposal.valueId);
    if (content === undefined) throw new Error('an own proposal has its content');
    this.#disk.append({ kind: 'content', block: content.block });
    this.#own(signed);
  }

  #signVote(vote: Vote): void {
    const content = vote.kind === 'precommit' && vote.valueId !== null ? this.#contents.get(vote.valueId) : undefined;
    if (content !== undefined) this.#disk.append({ kind: 'content', block: content.block });
    this.#own(this.#options.signatures.signVote(vote, BigInt(this.#nowMs())));
  }

  #own(message: Message): void {
    this.#hasUnsyncedOwn = true;
    this.#enqueue(message);
    this.#ownInputs.push(asInput(message));
  }

  #enqueue(message: Message): void {
    const packet = this.#asPacket(message);
    if (packet !== undefined) this.#outbox.push(packet);
  }

  #asPacket(message: Message): Packet | undefined {
    if (isVote(message)) return { kind: 'message', message };
    const content = this.#contents.get(message.proposal.valueId);
    return content === undefined ? undefined : { kind: 'message', message, block: content.block };
  }

  #receiveMessage(message: Message, block: Block | undefined): void {
    const { signatures, observer, addresses } = this.#options;
    if (isVote(message)) {
      if (!addresses.includes(message.vote.validator) || !signatures.isSignedVote(message)) return;
    } else {
      if (!addresses.includes(message.proposal.proposer) || !signatures.isSignedProposal(message)) return;
      if (block === undefined || block.id !== message.proposal.valueId || !hasTrueId(block)) return;
      this.#hold(block);
    }
    observer.received(this, message);
    this.feed(asInput(message));
  }

  #hold(block: Block): void {
    if (!this.#contents.has(block.id)) this.#contents.set(block.id, { block, arrivedMs: this.#nowMs() });
  }

  #apply(decided: DecidedBlock): void {
    this.#options.observer.decided(this.index, decided);
    this.#disk.append({ kind: 'decided', decided });
    this.chain.apply(decided);
    this.#contents = new Map([...this.#contents].filter(([, { block }]) => block.height > decided.block.height));
    for (const item of decided.block.items) this.#waiting.delete(item);
  }

  #startHeight(replay: boolean): Input {
    const { validators, timeouts } = this.#options;
    return { kind: 'start-height', height: height(this.chain.height + 1n), validators, timeouts, replay };
  }

  /** What speaks of a value whose content did not survive is left out: the driver asks for it when it matters. */
  #isReplayable(input: Input): boolean {
    if (input.kind === 'proposal') return this.#contents.has(input.signed.proposal.valueId);
    if (input.kind === 'value-checked' || input.kind === 'value-built') return this.#contents.has(input.valueId);
    return true;
  }

  #tellStatus(): void {
    const isStuck = this.#lastHeight === this.chain.height;
    this.#lastHeight = this.chain.height;
    if (isStuck) this.#broadcast({ kind: 'status', status: statusOf(this.state) });
  }

  #answerStatus(from: number, status: Status): void {
    const ahead = this.chain.height - status.height;
    if (ahead >= 0n) {
      const first = Number(status.height) - 1;
      this.#options.send(from, { kind: 'blocks', decided: this.chain.blocks.slice(first, first + SYNC_BLOCKS_MAX) });
    } else if (status.height > this.state.height) {
      this.#options.send(from, { kind: 'status', status: statusOf(this.state) });
    }
    for (const message of missing(this.state, status)) {
      const packet = this.#asPacket(message);
      if (packet === undefined) continue;
      this.#options.observer.sent(this.index, packet);
      this.#options.send(from, packet);
    }
  }

  /** Block sync: a decided block of the next height with a certificate is as good as an own decision. */
  #syncBlocks(decided: readonly DecidedBlock[]): void {
    const { validators, signatures } = this.#options;
    let isAhead = false;
    for (const each of decided) {
      const { block, certificate, round } = each;
      const isFor = certificate.every(
        ({ vote }) =>
          vote.kind === 'precommit' &&
          vote.height === block.height &&
          vote.round === round &&
          vote.valueId === block.id,
      );
      if (
        !isFor ||
        !isCertificate(certificate, validators) ||
        !certificate.every((vote) => signatures.isSignedVote(vote))
      )
        return;
      if (!this.chain.accepts(block)) continue;
      this.#apply(each);
      isAhead = true;
    }
    if (isAhead) this.feed(this.#startHeight(false));
  }

  #after(delayMs: number, run: () => void): void {
    const life = this.#life;
    this.#options.clock.after(delayMs, () => {
      if (life === this.#life) run();
    });
  }

  #every(periodMs: number, run: () => void): void {
    this.#after(periodMs + this.#options.prng.between(0, 50), () => {
      run();
      this.#every(periodMs, run);
    });
  }
}

function asInput(message: Message): Input {
  return isVote(message) ? { kind: 'vote', signed: message } : { kind: 'proposal', signed: message };
}
