import { join } from 'node:path';
import { z } from 'zod';
import { lockHome, type HomeLock } from '#agent/home-lock.ts';
import { OrderBook } from '#agent/order-book.ts';
import { done, type Outcome } from '#agent/outcome.ts';
import { readOwnEvents } from '#agent/own-events.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { ProgramKey } from '#agent/program-key.ts';
import type { Begun } from '#agent/program.ts';
import { RepairDuty } from '#agent/repair/repair-duty.ts';
import { Rounds } from '#agent/rounds.ts';
import { softwareVersion } from '#agent/software.ts';
import { submitTransaction } from '#agent/submission.ts';
import { clockOffsetMs, Way } from '#agent/way.ts';
import type { RepairAnswer } from '#agent/repair/commands.ts';
import { Figures, type Count } from '#metrics/figures.ts';
import { LedgerClient } from '#ledger/client/ledger-client.ts';
import type { EngineStatus } from '#ledger/core/committed.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { ValidatorCommand } from '#ledger/contracts/security/repair-words.ts';
import type { KeeperConfig } from './config.ts';
import { carryOutAt, VALIDATOR_COMMANDS } from './validator-commands.ts';

const BEAT_MS = 10_000;
const LEDGER_MS_MAX = 15_000;
const EVENTS_WAIT_MS = 10_000;
const EVENTS_PAUSE_MS = 1_000;
const DUTIES_MS = 1_000;
const KEY_LOOK_MS = 2_000;

const answerSchema = z.object({ serverTimeMs: z.number().int().positive() });

/** What a heartbeat says of each validator that runs here. What threads of one process share is nobody's own figure, so it is left out. */
export function validatorsIn(
  { validators }: Pick<EngineStatus, 'validators'>,
  common: Readonly<Record<string, unknown>>,
): { address: string; sample: Readonly<Record<string, unknown>> }[] {
  return validators
    .filter(({ state, isMember }) => (state === 'running' || state === 'catching-up') && isMember !== false)
    .map(({ address, height }) => ({ address: toHex(address), sample: { ...common, height: Number(height) } }));
}

/**
 * A validators' keeper: a process beside a ledger process, with a service key of the account that answers for the validators. The
 * consensus key signs votes alone; every heartbeat is signed by this one [6.2.1-a].
 */
export class Keeper {
  readonly figures = new Figures();
  readonly #beats: Count<'result'>;
  readonly #begun: Begun<KeeperConfig>;
  readonly #client: PortalClient;
  readonly #programKey: ProgramKey;
  readonly #lock: HomeLock;
  readonly #book: OrderBook;
  readonly #repairs: RepairDuty<ValidatorCommand>;
  readonly #rounds: Rounds;
  readonly #version = softwareVersion();
  #ledger: LedgerClient | null = null;
  #work: Promise<void> = Promise.resolve();
  readonly #portal = new Way();
  #clockOffsetMs: number | undefined;

  private constructor(begun: Begun<KeeperConfig>, { lock, book }: { lock: HomeLock; book: OrderBook }) {
    const { config, anchor, key, log } = begun;
    this.#begun = begun;
    this.#rounds = new Rounds(begun);
    this.#beats = this.figures.counter({
      name: 'interpool_keeper_heartbeats_total',
      help: 'Heartbeats for validators that were sent to the portal, by what came back.',
      labels: ['result'],
    });
    this.#lock = lock;
    this.#book = book;
    this.#client = new PortalClient(config.portal, { network: toHex(anchor.genesisHash), key });
    const { portal, account, label } = config;
    const offered = { portal, account, label, work: 'keeper', owner: 'who answers for the validators' };
    this.#programKey = new ProgramKey({ client: this.#client, key, anchor, log, ...offered });
    this.#repairs = new RepairDuty({
      book,
      knows: VALIDATOR_COMMANDS,
      allow: config.allow,
      nowMs: begun.nowMs,
      carryOut: (command, node) => this.#carryOut(command, node),
      submit: async (command) => {
        const identity = await this.#programKey.identity();
        if (identity === null) return { kind: 'unknown', sentence: 'The key is not allowed yet.' };
        const signer = { ...identity, secretKey: key.secretKey, network: anchor.genesisHash };
        return submitTransaction(this.#client, signer, command);
      },
      log,
    });
  }

  static start(begun: Begun<KeeperConfig>): Outcome<Keeper> {
    const lock = lockHome(begun.config.home, 'validators’ keeper');
    if (!lock.ok) return lock;
    const book = OrderBook.open(join(begun.config.home, 'repairs.journal'));
    if (!book.ok) return book;
    const keeper = new Keeper(begun, { lock: lock.value, book: book.value });
    keeper.#work = keeper.#run();
    return done(keeper);
  }

  async stop(): Promise<void> {
    this.#rounds.stop();
    await this.#work;
    await this.#ledger?.close();
    this.#book.close();
    this.#lock.release();
  }

  /** Until its owner has allowed the key, that alone is asked; then everything goes on beside one another. */
  async #run(): Promise<void> {
    let isAllowed = false;
    const ask = async (): Promise<void> => void (isAllowed = (await this.#programKey.identity()) !== null);
    await this.#rounds.repeat('key', KEY_LOOK_MS, ask, () => isAllowed);
    await Promise.all([
      this.#rounds.repeat('heartbeat', BEAT_MS, () => this.#beat()),
      this.#rounds.repeat('events', EVENTS_PAUSE_MS, () => this.#readEvents()),
      this.#rounds.repeat('repairs', DUTIES_MS, () => this.#repairs.perform()),
    ]);
  }

  /** What concerns the account, each thing proved against the anchor before it counts. */
  async #readEvents(): Promise<void> {
    const taken = await readOwnEvents({
      client: this.#client,
      book: this.#book,
      address: this.#begun.key.address,
      anchor: this.#begun.anchor,
      ownsNode: (node) => this.#publicKeyOf(node) !== undefined,
      waitMs: EVENTS_WAIT_MS,
      signal: this.#rounds.signal,
    });
    if ('kind' in taken) throw new Error(taken.sentence);
    if (!taken.ok) throw new Error(taken.sentence);
  }

  /** Of a validator that genesis names, by its place there; of one that came later, by the proved word of its admission. */
  #publicKeyOf(node: number): string | undefined {
    const { anchor } = this.#begun;
    const founder = anchor.checkpoint === undefined ? anchor.validators[node - 1] : undefined;
    return founder === undefined ? this.#book.validators.get(node) : toHex(founder);
  }

  async #carryOut(command: ValidatorCommand, node: number): Promise<RepairAnswer> {
    const ledger = await this.#connected();
    const { validators } = await ledger.status();
    const publicKey = this.#publicKeyOf(node);
    const index = validators.findIndex((one) => toHex(one.publicKey) === publicKey);
    if (index < 0)
      return { outcome: 'failed', text: 'This validator does not run in the ledger process that this keeper asks.' };
    return carryOutAt(command, { ledger, index, nowMs: this.#begun.nowMs }, this.#begun.log);
  }

  async #connected(): Promise<LedgerClient> {
    this.#ledger ??= await LedgerClient.connect(this.#begun.config.socket, { timeoutMs: LEDGER_MS_MAX });
    return this.#ledger;
  }

  async #beat(): Promise<void> {
    const ledger = await this.#connected();
    const status = await ledger.status();
    const { roundTripMs, lossPermille } = this.#portal;
    const own = { clockOffsetMs: this.#clockOffsetMs, roundTripMs, lossPermille };
    const measured = Object.fromEntries(Object.entries(own).filter(([, figure]) => figure !== undefined));
    const validators = validatorsIn(status, { version: this.#version, ...measured });
    // A ledger process all of whose validators stand still has nothing to say.
    if (validators.length === 0) return;
    const [sentAtMs, startedMs] = [this.#begun.nowMs(), performance.now()];
    const reply = await this.#client.post('/api/v1/validators/heartbeat', { validators });
    const tookMs = performance.now() - startedMs;
    this.#portal.add(reply.kind === 'unreachable' ? null : tookMs);
    this.#beats.inc({ result: reply.kind });
    if (reply.kind !== 'done') throw new Error(reply.sentence);
    const answer = answerSchema.safeParse(reply.body).data;
    if (answer !== undefined)
      this.#clockOffsetMs = clockOffsetMs({ sentAtMs, roundTripMs: tookMs }, answer.serverTimeMs);
  }
}
