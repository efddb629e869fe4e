import { setTimeout as delay } from 'node:timers/promises';
import { admissionCodes } from '#ledger/contracts/machine/definition.ts';
import type { CborValue } from '#ledger/core/codec.ts';
import {
  blockFromCbor,
  engineFiguresFromCbor,
  engineStatusFromCbor,
  outcomeFromCbor,
} from '#ledger/core/committed-codec.ts';
import type {
  CommittedBlock,
  ControlCommand,
  EngineFigures,
  EngineStatus,
  SubmitResult,
  TransactionOutcome,
} from '#ledger/core/committed.ts';
import { LedgerRefusal, LedgerUnavailable, openConnection, type Connection } from './connection.ts';
import { isMap, type Message } from './wire.ts';

export { LedgerRefusal, LedgerUnavailable } from './connection.ts';

/** How long one call may take unless `connect` is told otherwise. */
const TIMEOUT_MS = 10_000;
/** Submissions that may wait for admission; more are refused here, so that asking for too much costs the ledger process nothing. */
const SUBMITTING_MAX = 512;
const RETRY_AFTER_MS = 1_000;
/** Between attempts to come back to a ledger process that is away. */
const RECONNECT_MS = 250;

export type QueryAnswer =
  | { readonly ok: true; readonly value: CborValue; readonly height: bigint }
  | { readonly ok: false; readonly code: number };

function malformed(call: string): never {
  throw new LedgerUnavailable(`The ledger process gave an answer to ${call} that cannot be read.`);
}

function mapOf(value: CborValue, call: string): Message {
  return isMap(value) ? value : malformed(call);
}

/**
 * The door to the ledger process: its Unix socket, the Engine port's calls. A call that gets no answer in time fails with
 * LedgerUnavailable; the connection comes back by itself at the next call, subscriptions come back where they were.
 */
export class LedgerClient {
  readonly #socketPath: string;
  readonly #timeoutMs: number;
  readonly #closed = new AbortController();
  #connection: Promise<Connection> | undefined;
  #lastId = 0n;
  #submitting = 0;
  /** By performance.now(): until then the ledger process has said that it takes nothing. */
  #busyUntilMs = 0;

  private constructor(socketPath: string, timeoutMs: number) {
    this.#socketPath = socketPath;
    this.#timeoutMs = timeoutMs;
  }

  /** Fails with LedgerUnavailable when nobody listens at `socketPath` within `timeoutMs` (10 s unless given). */
  static async connect(socketPath: string, options: { timeoutMs?: number } = {}): Promise<LedgerClient> {
    const client = new LedgerClient(socketPath, options.timeoutMs ?? TIMEOUT_MS);
    await client.#connected();
    return client;
  }

  /**
   * Admission by the validators. Resolves before the transaction is decided: ask `outcome`. UNAVAILABLE with `retryAfterMs` means that more
   * is asked for than can be decided: nothing was sent or kept, and nothing is before that time has passed.
   */
  async submit(bytes: Uint8Array): Promise<SubmitResult> {
    const busyMs = this.#busyMs();
    if (busyMs > 0) return { ok: false, code: admissionCodes.UNAVAILABLE, retryAfterMs: busyMs };
    this.#submitting += 1;
    try {
      return this.#submitted(mapOf(await this.#call('submit', { bytes }), 'submit'));
    } finally {
      this.#submitting -= 1;
    }
  }

  #busyMs(): number {
    const heldMs = Math.ceil(this.#busyUntilMs - performance.now());
    return heldMs > 0 || this.#submitting < SUBMITTING_MAX ? heldMs : RETRY_AFTER_MS;
  }

  #submitted({ txId, code, retryAfterMs }: Message): SubmitResult {
    if (txId instanceof Uint8Array) return { ok: true, txId };
    if (typeof code !== 'bigint') return malformed('submit');
    if (typeof retryAfterMs !== 'bigint') return { ok: false, code: Number(code) };
    this.#busyUntilMs = performance.now() + Number(retryAfterMs);
    return { ok: false, code: Number(code), retryAfterMs: Number(retryAfterMs) };
  }

  /** The decided outcome, waited for up to `timeoutMs` (at most 60 s); undefined when it is not decided by then. */
  async outcome(txId: Uint8Array, timeoutMs: number): Promise<TransactionOutcome | undefined> {
    const args = { txId, timeoutMs: BigInt(Math.max(0, Math.trunc(timeoutMs))) };
    const value = await this.#call('outcome', args, timeoutMs);
    return value === null ? undefined : (outcomeFromCbor(value) ?? malformed('outcome'));
  }

  /** Reads committed state; the machine's paths. */
  async query(path: string, args: CborValue): Promise<QueryAnswer> {
    const answer = mapOf(await this.#call('query', { path, args }), 'query');
    if (typeof answer.code === 'bigint') return { ok: false, code: Number(answer.code) };
    const { value, height } = answer;
    return value !== undefined && typeof height === 'bigint' ? { ok: true, value, height } : malformed('query');
  }

  /** The receipt file of an executed item, its trail from `fromHeight` on; undefined until the header that carries its app hash is committed. */
  async receipt(logIndex: bigint, fromHeight = 1n): Promise<CborValue | undefined> {
    const value = await this.#call('receipt', { logIndex, fromHeight });
    return value === null ? undefined : value;
  }

  /** The newest decided header with its commit (`interpool-head/1`), its trail from `fromHeight` on; undefined before block 1. */
  async head(fromHeight = 1n): Promise<CborValue | undefined> {
    const value = await this.#call('head', { fromHeight });
    return value === null ? undefined : value;
  }

  async status(): Promise<EngineStatus> {
    return engineStatusFromCbor(await this.#call('status', {})) ?? malformed('status');
  }

  /** What the ledger process measures of itself. */
  async figures(): Promise<EngineFigures> {
    return engineFiguresFromCbor(await this.#call('figures', {})) ?? malformed('figures');
  }

  /** Stops or starts a validator; the sentence says what happened or why not. */
  async control(command: ControlCommand): Promise<{ ok: boolean; sentence: string }> {
    const answer = mapOf(await this.#call('control', { kind: command.kind, index: BigInt(command.index) }), 'control');
    const { done, sentence } = answer;
    return typeof done === 'boolean' && typeof sentence === 'string' ? { ok: done, sentence } : malformed('control');
  }

  /**
   * Every committed block from `fromHeight` on, in order, each once, also over reconnections; the next one comes after `onBlock` has
   * resolved. When `onBlock` rejects, the block comes again after a pause. Returns the function that ends the subscription.
   */
  subscribe(fromHeight: bigint, onBlock: (block: CommittedBlock) => Promise<void>): () => void {
    const ended = new AbortController();
    void this.#follow(fromHeight, onBlock, AbortSignal.any([ended.signal, this.#closed.signal]));
    return () => ended.abort();
  }

  async close(): Promise<void> {
    this.#closed.abort();
    const connection = await this.#connection?.catch(() => undefined);
    connection?.close();
  }

  async #follow(from: bigint, onBlock: (block: CommittedBlock) => Promise<void>, signal: AbortSignal): Promise<void> {
    let next = from;
    while (!signal.aborted) {
      try {
        await this.#receive(next, signal, async (block) => {
          await onBlock(block);
          next = block.height + 1n;
        });
      } catch {
        // Whatever ended it, the next attempt begins at the first block that was not taken.
      }
      await delay(RECONNECT_MS, undefined, { signal }).catch(() => undefined);
    }
  }

  /** One subscription on one connection, until it ends. */
  async #receive(from: bigint, signal: AbortSignal, take: (block: CommittedBlock) => Promise<void>): Promise<void> {
    const connection = await this.#connected();
    const subscription = this.#nextId();
    const queue: Message[] = [];
    let wake = (): void => undefined;
    connection.onBlock(subscription, (message) => {
      queue.push(message);
      wake();
    });
    const request = { id: subscription, call: 'subscribe', args: { from } };
    this.#valueOf(await connection.request(request, this.#timeoutMs));
    const onAbort = (): void => wake();
    signal.addEventListener('abort', onAbort);
    try {
      while (!signal.aborted && connection.isOpen()) {
        const message = queue.shift();
        if (message === undefined) {
          await new Promise<void>((resolve) => {
            const timer = setTimeout(resolve, RECONNECT_MS);
            wake = () => {
              clearTimeout(timer);
              resolve();
            };
          });
          continue;
        }
        const block = blockFromCbor(message.block ?? null);
        if (block === undefined) throw new LedgerUnavailable('The ledger process sent a block that cannot be read.');
        await take(block);
        await this.#ask(connection, 'acknowledge', { subscription, height: block.height });
      }
    } finally {
      signal.removeEventListener('abort', onAbort);
      if (connection.isOpen()) await this.#ask(connection, 'unsubscribe', { subscription }).catch(() => undefined);
    }
  }

  async #call(call: string, args: Message, extraMs = 0): Promise<CborValue> {
    return this.#ask(await this.#connected(), call, args, extraMs);
  }

  async #ask(connection: Connection, call: string, args: Message, extraMs = 0): Promise<CborValue> {
    return this.#valueOf(await connection.request({ id: this.#nextId(), call, args }, this.#timeoutMs + extraMs));
  }

  #valueOf(answer: Message): CborValue {
    if (answer.ok === true && answer.value !== undefined) return answer.value;
    throw new LedgerRefusal(
      typeof answer.sentence === 'string' ? answer.sentence : 'The ledger process refused the request.',
    );
  }

  #nextId(): bigint {
    this.#lastId += 1n;
    return this.#lastId;
  }

  #connected(): Promise<Connection> {
    if (this.#closed.signal.aborted) return Promise.reject(new LedgerUnavailable('This client was closed.'));
    this.#connection ??= this.#open();
    return this.#connection;
  }

  async #open(): Promise<Connection> {
    const forget = (): void => {
      this.#connection = undefined;
    };
    try {
      return await openConnection(this.#socketPath, this.#timeoutMs, forget);
    } catch (error) {
      forget();
      throw error;
    }
  }
}
