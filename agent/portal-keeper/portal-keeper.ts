import { totalmem } from 'node:os';
import { join } from 'node:path';
import { Heartbeats } from '#agent/heartbeats.ts';
import { lockHome, type HomeLock } from '#agent/home-lock.ts';
import { NodeDuty } from '#agent/node-duty.ts';
import { OrderBook } from '#agent/order-book.ts';
import { done, type Outcome } from '#agent/outcome.ts';
import { keepUpWithEvents } from '#agent/own-events.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { ProgramKey } from '#agent/program-key.ts';
import type { Begun } from '#agent/program.ts';
import { Rounds } from '#agent/rounds.ts';
import { softwareVersion } from '#agent/software.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { Figures } from '#metrics/figures.ts';
import type { PortalKeeperConfig } from './config.ts';
import { cpuPermilleOf, readPortal, type PortalReading } from './portal-figures.ts';

const BEAT_MS = 10_000;
const EVENTS_WAIT_MS = 10_000;
const EVENTS_PAUSE_MS = 1_000;
const DUTIES_MS = 1_000;
const MIB = 1024 * 1024;

/**
 * The keeper of a portal: a process on the portal's machine with the key of the portal's node. The portal itself, which strangers reach,
 * holds no key of the ledger [7.2.3-b].
 */
export class PortalKeeper {
  readonly figures = new Figures();
  readonly #beats: Heartbeats;
  readonly #begun: Begun<PortalKeeperConfig>;
  readonly #client: PortalClient;
  readonly #programKey: ProgramKey;
  readonly #lock: HomeLock;
  readonly #book: OrderBook;
  readonly #node: NodeDuty;
  readonly #rounds: Rounds;
  #work: Promise<void> = Promise.resolve();
  #before: PortalReading | undefined;

  private constructor(begun: Begun<PortalKeeperConfig>, { lock, book }: { lock: HomeLock; book: OrderBook }) {
    const { config, anchor, key, log } = begun;
    const { portal, account, label, endpoint } = config;
    this.#begun = begun;
    this.#rounds = new Rounds(begun);
    this.#lock = lock;
    this.#book = book;
    this.#client = new PortalClient(portal, { network: toHex(anchor.genesisHash), key });
    this.#beats = new Heartbeats({
      client: this.#client,
      path: '/api/v1/portals/heartbeat',
      nowMs: begun.nowMs,
      sent: this.figures.counter({
        name: 'interpool_portal_keeper_heartbeats_total',
        help: 'Heartbeats of the kept portal that were sent, by what came back.',
        labels: ['result'],
      }),
    });
    const offered = { portal, account, label, work: 'portal', owner: 'who operates the portal' };
    this.#programKey = new ProgramKey({ client: this.#client, key, anchor, log, ...offered });
    this.#node = new NodeDuty({
      book,
      class: 'common',
      label,
      publicOrigin: endpoint,
      software: softwareVersion(),
      nowMs: begun.nowMs,
      submit: (command) => this.#programKey.submit(command),
      log,
    });
  }

  static start(begun: Begun<PortalKeeperConfig>): Outcome<PortalKeeper> {
    const lock = lockHome(begun.config.home, 'portal’s keeper');
    if (!lock.ok) return lock;
    const book = OrderBook.open(join(begun.config.home, 'node.journal'));
    if (!book.ok) return book;
    const keeper = new PortalKeeper(begun, { lock: lock.value, book: book.value });
    keeper.#work = keeper.#run();
    return done(keeper);
  }

  async stop(): Promise<void> {
    this.#rounds.stop();
    await this.#work;
    this.#book.close();
    this.#lock.release();
  }

  /** Until its owner has allowed the key, that alone is asked. */
  async #run(): Promise<void> {
    await this.#programKey.allowed(this.#rounds);
    await Promise.all([
      this.#rounds.repeat('events', EVENTS_PAUSE_MS, () => this.#readEvents()),
      this.#rounds.repeat('register', DUTIES_MS, () => this.#node.perform()),
      this.#rounds.repeat('heartbeat', BEAT_MS, () => this.#beat()),
    ]);
  }

  /** What concerns the account, each thing proved against the anchor before it counts. */
  #readEvents(): Promise<void> {
    return keepUpWithEvents({
      client: this.#client,
      book: this.#book,
      address: this.#begun.key.address,
      anchor: this.#begun.anchor,
      waitMs: EVENTS_WAIT_MS,
      signal: this.#rounds.signal,
    });
  }

  async #sample(): Promise<Record<string, number | string | undefined>> {
    const reading = await readPortal(this.#begun.config.figures, this.#begun.nowMs());
    const { version, height, lag, memoryMib, loopDelayMs } = reading;
    const cpuPermille = cpuPermilleOf(this.#before, reading);
    this.#before = reading;
    // It stands on the portal's machine: the memory that there is, is the same.
    return {
      version,
      height,
      lag,
      cpuPermille,
      memoryMib,
      memoryMaxMib: Math.round(totalmem() / MIB),
      loopDelayMs,
      ...this.#beats.way,
    };
  }

  /** Before a node provider has admitted the node there is nothing to be heard. */
  async #beat(): Promise<void> {
    const { node } = this.#book;
    if (node === null || node.status === 'registered' || node.status === 'retired') return;
    await this.#beats.send({ sample: await this.#sample() });
  }
}
