import { join } from 'node:path';
import { Heartbeats } from '#agent/heartbeats.ts';
import { lockHome, type HomeLock } from '#agent/home-lock.ts';
import { OrderBook } from '#agent/order-book.ts';
import { done, type Outcome } from '#agent/outcome.ts';
import { keepUpWithEvents } from '#agent/own-events.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { ProgramKey } from '#agent/program-key.ts';
import type { Begun } from '#agent/program.ts';
import { RepairDuty } from '#agent/repair/repair-duty.ts';
import { Rounds } from '#agent/rounds.ts';
import { softwareVersion } from '#agent/software.ts';
import type { RepairAnswer } from '#agent/repair/commands.ts';
import { Figures } from '#metrics/figures.ts';
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
  readonly #beats: Heartbeats;
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

  private constructor(begun: Begun<KeeperConfig>, { lock, book }: { lock: HomeLock; book: OrderBook }) {
    const { config, anchor, key, log } = begun;
    this.#begun = begun;
    this.#rounds = new Rounds(begun);
    this.#lock = lock;
    this.#book = book;
    this.#client = new PortalClient(config.portal, { network: toHex(anchor.genesisHash), key });
    this.#beats = new Heartbeats({
      client: this.#client,
      path: '/api/v1/validators/heartbeat',
      nowMs: begun.nowMs,
      sent: this.figures.counter({
        name: 'interpool_keeper_heartbeats_total',
        help: 'Heartbeats for validators that were sent to the portal, by what came back.',
        labels: ['result'],
      }),
    });
    const { portal, account, label } = config;
    const offered = { portal, account, label, work: 'keeper', owner: 'who answers for the validators' };
    this.#programKey = new ProgramKey({ client: this.#client, key, anchor, log, ...offered });
    this.#repairs = new RepairDuty({
      book,
      knows: VALIDATOR_COMMANDS,
      allow: config.allow,
      nowMs: begun.nowMs,
      carryOut: (command, node) => this.#carryOut(command, node),
      submit: (command) => this.#programKey.submit(command),
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
    await this.#programKey.allowed(this.#rounds);
    await Promise.all([
      this.#rounds.repeat('heartbeat', BEAT_MS, () => this.#beat()),
      this.#rounds.repeat('events', EVENTS_PAUSE_MS, () => this.#readEvents()),
      this.#rounds.repeat('repairs', DUTIES_MS, () => this.#repairs.perform()),
    ]);
  }

  /** What concerns the account, each thing proved against the anchor before it counts. */
  #readEvents(): Promise<void> {
    return keepUpWithEvents({
      client: this.#client,
      book: this.#book,
      address: this.#begun.key.address,
      anchor: this.#begun.anchor,
      ownsNode: (node) => this.#publicKeyOf(node) !== undefined,
      waitMs: EVENTS_WAIT_MS,
      signal: this.#rounds.signal,
    });
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
    const measured = Object.fromEntries(Object.entries(this.#beats.way).filter(([, figure]) => figure !== undefined));
    const validators = validatorsIn(status, { version: this.#version, ...measured });
    // A ledger process all of whose validators stand still has nothing to say.
    if (validators.length === 0) return;
    await this.#beats.send({ validators });
  }
}
