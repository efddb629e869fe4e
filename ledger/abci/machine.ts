import type { ContractEvent } from '#ledger/contracts/definitions.ts';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import { governanceDefinition } from '#ledger/contracts/governance/definition.ts';
import { activate, nextActivationMs, type DecidedVersion } from '#ledger/contracts/governance/versions.ts';
import { nodeDefinition } from '#ledger/contracts/node/definition.ts';
import { OfferIndex } from '#ledger/contracts/offer-index.ts';
import type { OffersView } from '#ledger/contracts/plan/offers.ts';
import { implementations, misbehavior, type Implementations } from '#ledger/contracts/registry.ts';
import { assert } from '#ledger/core/assert.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import type { CommandContext, Decision, EventPayload, StateScanner } from '#ledger/core/decision.ts';
import { genesisHash, type Genesis } from '#ledger/core/genesis.ts';
import { EMPTY_FRONTIER, frontierRoot, type Frontier } from '#ledger/core/merkle-log.ts';
import { appHash } from '#ledger/core/receipt.ts';
import { fail, type Result } from '#ledger/core/result.ts';
import type { Transaction } from '#ledger/core/transaction.ts';
import {
  checkAuthority,
  checkNonceAndQuota,
  checkSender,
  checkTimes,
  consume,
  countCreation,
  isConsuming,
  isExpired,
} from './admission.ts';
import type {
  Application,
  ApplicationFigures,
  BlockContext,
  FinalizedBlock,
  FinalizedItem,
  Misbehavior,
  ProposalContext,
  QueryResult,
  SlicedSnapshot,
  Snapshot,
} from './application.ts';
import { BlockRun } from './block-run.ts';
import { ContractVersions } from './contract-versions.ts';
import { DueQueue, takeSequence, type QueuedItem } from './due-queue.ts';
import { writeGenesis } from './genesis-state.ts';
import { answerQuery } from './queries.ts';
import { selectTransactions } from './selection.ts';
import { readSnapshot, snapshotSlices } from './snapshot.ts';
import { Store } from './store.ts';
import { VerifiedTransactions, type CheckedSignature, type VerifiedTransaction } from './verified-transactions.ts';
import { WaitingRoom } from './waiting.ts';

/** A block holds at most this many transactions, whatever their size. */
export const TRANSACTIONS_PER_BLOCK_MAX = 10_000;

/** A block that was executed and waits for its commit. */
interface Pending {
  readonly height: bigint;
  readonly timeMs: bigint;
  readonly frontier: Frontier;
  readonly appHash: Uint8Array;
  readonly verified: readonly VerifiedTransaction[];
}

/** The one application behind both engines: contracts, admission, due queue, receipt log, app hash. Synchronous; reads no clock. */
export class Machine implements Application {
  /** genesisHash of the network. */
  readonly network: Uint8Array;
  readonly #genesis: Genesis;
  readonly #crypto: Crypto;
  readonly #store: Store;
  readonly #queue = new DueQueue();
  readonly #offers = new OfferIndex();
  #waiting = new WaitingRoom();
  readonly #verified: VerifiedTransactions;
  readonly #known: Implementations;
  readonly #versions: ContractVersions;
  #frontier: Frontier = EMPTY_FRONTIER;
  #height = 0n;
  #timeMs: bigint;
  #appHash: Uint8Array = new Uint8Array(0);
  #pending: Pending | undefined;

  /** `known`: the versions of contracts that this program can execute. */
  constructor(genesis: Genesis, crypto: Crypto, known: Implementations = implementations) {
    this.network = genesisHash(genesis, crypto);
    this.#genesis = genesis;
    this.#crypto = crypto;
    this.#store = new Store(crypto);
    this.#verified = new VerifiedTransactions(this.network, crypto);
    this.#known = known;
    this.#versions = new ContractVersions(known, crypto);
    this.#timeMs = genesis.timeMs;
  }

  info(): { height: bigint; appHash: Uint8Array; records: number } {
    return { height: this.#height, appHash: this.#appHash, records: this.#store.trie.size };
  }

  initChain(): { appHash: Uint8Array } {
    assert(this.#height === 0n && this.#appHash.length === 0, 'the chain begins once');
    writeGenesis(this.#store, this.#genesis, this.#crypto);
    const stateRoot = this.#store.seal();
    this.#store.commit();
    this.#appHash = this.#appHashOf(stateRoot, EMPTY_FRONTIER);
    return { appHash: this.#appHash };
  }

  checkTx(
    bytes: Uint8Array,
    options: { nowMs: bigint; recheck: boolean },
  ): { code: number; txId?: Uint8Array; sender?: string } {
    const nowMs = options.nowMs > this.#timeMs ? options.nowMs : this.#timeMs;
    const state = this.#store.committed;
    let isNonceChecked = false;
    // What an account that floods asks for is refused before it costs the check of a signature.
    const verified = this.#verify(bytes, (transaction) => {
      if (this.#waiting.isFullFor(transaction)) return admissionCodes.TOO_MANY_WAITING;
      isNonceChecked = true;
      return checkNonceAndQuota(state, { transaction, length: bytes.length }, nowMs);
    });
    if (!verified.ok) return { code: verified.code };
    const { txId, transaction, signer } = verified.value;
    const sender = transaction.account === 0n ? toHex(signer) : transaction.account.toString();
    const check = isNonceChecked ? checkAuthority : checkSender;
    const fault = checkTimes(state, verified.value, nowMs) || check(state, verified.value, nowMs);
    if (fault !== 0 && options.recheck) this.#waiting.leave(verified.value);
    if (fault !== 0) return { code: fault, txId, sender };
    return { code: options.recheck ? 0 : this.#waiting.enter(verified.value), txId, sender };
  }

  expect(checked: readonly CheckedSignature[]): void {
    this.#verified.expect(checked);
  }

  prepareProposal(candidates: readonly Uint8Array[], context: ProposalContext): readonly Uint8Array[] {
    return selectTransactions(candidates, context, {
      committed: this.#store.committed,
      verify: (bytes) => this.#verify(bytes),
      countMax: TRANSACTIONS_PER_BLOCK_MAX,
    });
  }

  processProposal(transactions: readonly Uint8Array[], context: ProposalContext): boolean {
    if (transactions.length > TRANSACTIONS_PER_BLOCK_MAX) return false;
    const size = transactions.reduce((sum, bytes) => sum + bytes.length, 0);
    if (size > context.bytesMax) return false;
    return transactions.every((bytes) => {
      const verified = this.#verify(bytes);
      return verified.ok && !isExpired(verified.value.transaction, context.timeMs);
    });
  }

  finalizeBlock(transactions: readonly Uint8Array[], context: BlockContext): FinalizedBlock {
    assert(this.#appHash.length > 0, 'the chain has begun');
    assert(context.height === this.#height + 1n, 'blocks are executed in order, each once');
    if (this.#pending !== undefined) this.#abandon();
    // Before anything is written: a program that lacks a version stops here, and finds this block again when it has been replaced.
    const { rules, entering } = this.#versions.of(this.#store, context);
    const block = new BlockRun(this.#frontier, this.#crypto, rules);
    for (const version of entering) this.#enterVersion(block, version, context);
    for (const evidence of context.misbehavior) this.#recordMisbehavior(block, evidence, context);
    for (const item of this.#queue.take(context.timeMs)) {
      if (this.#queue.isWaiting(item)) block.due.push(this.#runDue(block, item, context));
    }
    const verified: VerifiedTransaction[] = [];
    for (const bytes of transactions) block.transactions.push(this.#runTransaction(block, bytes, context, verified));
    const stateRoot = this.#store.seal();
    const appHash = this.#appHashOf(stateRoot, block.frontier);
    const { height, timeMs } = context;
    this.#pending = { height, timeMs, frontier: block.frontier, appHash, verified };
    const nextDueMs = earlier(this.#queue.nextDueMs(), nextActivationMs(this.#store));
    const moreDue = nextDueMs !== undefined && nextDueMs <= timeMs;
    return {
      due: block.due,
      transactions: block.transactions,
      appHash,
      stateRoot,
      validatorUpdates: block.validatorUpdates,
      moreDue,
      nextDueMs,
    };
  }

  commit(): void {
    const pending = this.#pending;
    assert(pending !== undefined, 'a block is executed before it is committed');
    this.#store.commit();
    this.#queue.commit();
    this.#offers.commit();
    for (const verified of pending.verified) this.#waiting.leave(verified);
    this.#waiting.committed(pending.timeMs);
    this.#frontier = pending.frontier;
    this.#height = pending.height;
    this.#timeMs = pending.timeMs;
    this.#appHash = pending.appHash;
    this.#pending = undefined;
  }

  /** Committed records, for invariants. */
  get committed(): StateScanner {
    return this.#store.committed;
  }

  /** Published offers of the committed state. */
  get offers(): OffersView {
    return this.#offers.committed;
  }

  query(path: string, args: CborValue): QueryResult {
    const context = {
      genesis: this.#genesis,
      crypto: this.#crypto,
      trie: this.#store.trie,
      nowMs: this.#timeMs,
      offers: this.offers,
      known: this.#known,
    };
    const answer = answerQuery(this.#store.committed, context, path, args);
    return answer.ok ? { ok: true, value: answer.value, height: this.#height } : answer;
  }

  figures(nowMs: bigint): ApplicationFigures {
    const { all, late } = this.#queue.counts(nowMs);
    return { dueItems: all, dueBacklog: late, stateRecords: this.#store.trie.size };
  }

  snapshot(): SlicedSnapshot {
    const [height, timeMs, trie, frontier] = [this.#height, this.#timeMs, this.#store.trie, this.#frontier];
    return { height, slices: snapshotSlices({ height, timeMs, trie, frontier }, this.#crypto) };
  }

  restore(snapshot: Snapshot): boolean {
    const read = readSnapshot(snapshot, this.#crypto);
    if (read === undefined) return false;
    this.#pending = undefined;
    this.#queue.discard();
    this.#store.reset(read.trie);
    this.#queue.load(this.#store.committed);
    this.#offers.load(this.#store.committed);
    this.#frontier = read.frontier;
    this.#height = read.height;
    this.#timeMs = read.timeMs;
    this.#appHash = this.#appHashOf(read.stateRoot, read.frontier);
    return true;
  }

  forgetWaiting(): void {
    this.#waiting = new WaitingRoom();
  }

  #abandon(): void {
    this.#store.discard();
    this.#queue.discard();
    this.#offers.discard();
    this.#pending = undefined;
  }

  #appHashOf(stateRoot: Uint8Array, frontier: Frontier): Uint8Array {
    return appHash({ stateRoot, logRoot: frontierRoot(frontier, this.#crypto), logSize: frontier.size }, this.#crypto);
  }

  /** What the bytes alone decide, and that the method is one of the version in force: a later one's is unknown until its block. */
  #verify(bytes: Uint8Array, refusal?: (transaction: Transaction) => number): Result<VerifiedTransaction> {
    const verified = this.#verified.verify(bytes, refusal);
    if (!verified.ok || this.#versions.rules.hasMethod(verified.value.transaction.method)) return verified;
    return fail(admissionCodes.METHOD_UNKNOWN);
  }

  /** An item like due work, first of the block that the version executes. */
  #enterVersion(block: BlockRun, version: DecidedVersion, context: ProposalContext): void {
    const { timeMs } = context;
    const events = this.#apply(block, { events: [activate(version, context)] });
    const sequence = takeSequence(this.#store);
    const { id: contract } = governanceDefinition;
    const subject = { timeMs, sequence, contract, kind: 'activate-version', id: version.proposal };
    block.due.push(block.record({ subject, code: 0, data: null, events }));
  }

  /** An item like due work, though it never waited; evidence that says nothing new leaves none. */
  #recordMisbehavior(block: BlockRun, evidence: Misbehavior, { timeMs }: ProposalContext): void {
    const found = misbehavior(this.#store, evidence);
    if (found === undefined) return;
    const events = this.#apply(block, found.decision);
    const subject = {
      timeMs,
      sequence: takeSequence(this.#store),
      contract: nodeDefinition.id,
      kind: 'equivocation',
      id: found.node,
    };
    block.due.push(block.record({ subject, code: 0, data: null, events }));
  }

  #runDue(block: BlockRun, item: QueuedItem, { height, timeMs }: ProposalContext): FinalizedItem {
    this.#queue.remove(this.#store, item);
    const decision = block.rules.due(this.#store, item, { height, nowMs: timeMs }, this.#offers);
    const events = this.#apply(block, decision);
    const { sequence, atMs, contract, kind, subject: id } = item;
    return block.record({
      subject: { timeMs: atMs, sequence, contract, kind, id },
      code: 0,
      data: decision.data ?? null,
      events,
    });
  }

  #runTransaction(
    block: BlockRun,
    bytes: Uint8Array,
    context: ProposalContext,
    done: VerifiedTransaction[],
  ): FinalizedItem {
    const verified = this.#verify(bytes);
    // Only a decided block with a stateless fault comes here: two thirds of the validators broke the rules. It gets its code all the same.
    if (!verified.ok)
      return block.record({ subject: this.#crypto.sha256(bytes), code: verified.code, data: null, events: [] });
    done.push(verified.value);
    const { txId: subject, transaction, signer } = verified.value;
    const { height, timeMs: nowMs } = context;
    const fault =
      checkTimes(this.#store, verified.value, nowMs) ||
      checkSender(this.#store, verified.value, nowMs) ||
      (block.isFull ? admissionCodes.UNAVAILABLE : 0);
    if (isConsuming(this.#store, verified.value)) consume(this.#store, verified.value, nowMs);
    if (fault !== 0) return block.record({ subject, code: fault, data: null, events: [] });
    const { account, key } = transaction;
    const ctx: CommandContext = { nowMs, height, network: this.network, crypto: this.#crypto, account, key, signer };
    const decided = block.rules.decide(this.#store, transaction, ctx, this.#offers);
    if (!decided.ok) return block.record({ subject, code: decided.code, data: null, events: [] });
    if (transaction.method === 'CreateAccount') countCreation(this.#store, nowMs);
    const events = this.#apply(block, decided.value);
    return block.record({ subject, code: 0, data: decided.value.data ?? null, events });
  }

  #apply(block: BlockRun, decision: Decision<ContractEvent>): readonly EventPayload[] {
    const { rules } = block;
    const events = decision.events.map((event) => rules.inForce(event));
    for (const event of events) {
      rules.evolve(this.#store, event);
      this.#offers.follow(this.#store, event);
      if (event.type !== 'ValidatorSetChanged') continue;
      block.validatorUpdates.push({ publicKey: event.publicKey, power: event.power === 1n ? 1n : 0n });
    }
    for (const item of decision.cancel ?? []) this.#queue.cancel(this.#store, item);
    for (const item of decision.due ?? []) this.#queue.add(this.#store, item);
    return events;
  }
}

function earlier(left: bigint | undefined, right: bigint | undefined): bigint | undefined {
  if (left === undefined || right === undefined) return left ?? right;
  return left < right ? left : right;
}
