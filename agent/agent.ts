import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { toHex } from '#ledger/core/bytes.ts';
import type { Anchor } from '#ledger/core/genesis.ts';
import type { Figures } from '#metrics/figures.ts';
import { Channels } from './channel/channels.ts';
import { VoucherStore } from './channel/voucher-store.ts';
import { WatchfulClock } from './clock.ts';
import type { AgentConfig } from './config.ts';
import { Duties } from './duties.ts';
import { agentFigures } from './figures.ts';
import { Meter } from './gateway/meter.ts';
import { Gateway } from './gateway/server.ts';
import type { LedgerCommand } from './ledger-terms.ts';
import { linkTokens } from './link-token.ts';
import { lockHome, type HomeLock } from './home-lock.ts';
import type { AgentKey } from './key.ts';
import { readOwnEvents } from './own-events.ts';
import { NodeDuty } from './node-duty.ts';
import { OrderBook } from './order-book.ts';
import { callPeer, NodeSample } from './node-sample.ts';
import { done, failed, reasonOf, type Outcome } from './outcome.ts';
import { payloadsOf } from './payloads.ts';
import { PortalClient } from './portal-client.ts';
import { probeSources } from './probe.ts';
import { Quality } from './quality.ts';
import { Registration } from './registration.ts';
import { SERVICE_COMMANDS } from './repair/allowed.ts';
import { carryOut } from './repair/commands.ts';
import type { ServiceCommand } from '#ledger/contracts/security/repair-words.ts';
import { RepairDuty } from './repair/repair-duty.ts';
import { measureRoundTrip } from './round-trip.ts';
import { SourceShelf } from './source-shelf.ts';
import { spendingOf } from './spending.ts';
import { softwareVersion } from './software.ts';
import { submitTransaction, type Submission } from './submission.ts';
import { BEAT_MS, Uptime } from './uptime.ts';

const HEARTBEAT_MS = 10_000;
const DUTIES_MS = 1_000;
const EVENTS_WAIT_MS = 25_000;
/** A portal that answers long polls at once, with nothing, is asked this seldom. */
const IDLE_MS_MIN = 500;
const BACKOFF_MS_MIN = 500;
const BACKOFF_MS_MAX = 15_000;

export interface AgentParts {
  readonly config: AgentConfig;
  readonly key: AgentKey;
  readonly anchor: Anchor;
  readonly nowMs: () => number;
  /** A part of the work failed for good, such as a journal that cannot be written: the process has to end. */
  onFatal(sentence: string): void;
  log(sentence: string): void;
}

/** A provider's agent: opens its memory, its sources and its listener, then works until it is stopped. */
export class Agent {
  readonly #parts: AgentParts;
  readonly #book: OrderBook;
  readonly #meter: Meter;
  readonly #vouchers: VoucherStore;
  readonly #lock: HomeLock;
  readonly #clock: WatchfulClock;
  readonly #shelf: SourceShelf;
  readonly #client: PortalClient;
  readonly #gateway: Gateway;
  readonly #duties: Duties;
  readonly #uptime: Uptime;
  readonly #registration: Registration;
  readonly #nodeDuty: NodeDuty;
  readonly #sample: NodeSample;
  readonly #stopping = new AbortController();
  readonly #work: Promise<void>[] = [];
  #isListening = false;
  /** Why the newest events could not be taken; '' when they were. */
  #lastTrouble = '';
  readonly #performing = new Set<Promise<void>>();

  private constructor(
    parts: AgentParts,
    memory: { book: OrderBook; meter: Meter; vouchers: VoucherStore; lock: HomeLock },
  ) {
    const { config, key, nowMs, log } = parts;
    const { book, meter } = memory;
    const network = parts.anchor.genesisHash;
    const tokens = linkTokens(key.secretKey, network);
    this.#parts = parts;
    this.#book = book;
    this.#meter = meter;
    this.#vouchers = memory.vouchers;
    this.#lock = memory.lock;
    this.#sample = this.#newSample();
    this.#clock = new WatchfulClock(nowMs, meter.highestMs);
    const spending = spendingOf({ book, meter, clock: this.#clock });
    this.#client = new PortalClient(config.portal, { network: toHex(network), key });
    const payloads = payloadsOf({ client: this.#client, key, network });
    const measure = (): Promise<Outcome<number>> => measureRoundTrip(config.portal);
    this.#shelf = new SourceShelf({ ...config, book, spending, payloads, measureRoundTrip: measure, log });
    const quality = new Quality({
      book,
      meter,
      measure: (terms, interval) => this.#shelf.kindOf(terms)?.open.measure(terms, interval) ?? {},
    });
    this.#uptime = new Uptime({
      book,
      meter,
      clock: this.#clock,
      isOpen: (resource) => this.#shelf.isOpen(resource),
      isListening: () => this.#isListening,
      measureQuality: (atMs) => quality.beat(atMs),
    });
    const submit = (command: LedgerCommand): Promise<Submission> => this.#submit(command);
    const channels = this.#newChannels();
    this.#duties = new Duties({
      book,
      meter,
      clock: this.#clock,
      network,
      tokens,
      log,
      prepare: (terms) => this.#shelf.prepare(terms),
      release: (terms) => this.#shelf.release(terms),
      moduleOf: (terms) => this.#shelf.kindOf(terms)?.module,
      tasksOf: (terms) => this.#shelf.kindOf(terms)?.open.tasks,
      linesOf: (terms) => this.#shelf.kindOf(terms)?.open.lines,
      channels,
      beat: () => this.#uptime.beat(),
      submit,
    });
    this.#nodeDuty = this.#newNodeDuty(submit);
    this.#gateway = new Gateway({
      book,
      meter,
      channels,
      clock: this.#clock,
      portalOrigin: config.portal,
      kindOf: (of) => this.#shelf.kindOf(of),
      kinds: () => this.#shelf.kinds,
      tokens,
      onUsedUp: (agreement) => this.#duties.markUsedUp(agreement),
      onFatal: parts.onFatal,
      log,
    });
    this.#registration = this.#newRegistration();
  }

  #submit(command: LedgerCommand): Promise<Submission> {
    const { identity } = this.#book;
    const { key, anchor } = this.#parts;
    if (identity === null) return Promise.resolve({ kind: 'refused', code: null, sentence: 'not paired' });
    const signer = { ...identity, secretKey: key.secretKey, network: anchor.genesisHash };
    return submitTransaction(this.#client, signer, command);
  }

  #newRegistration(): Registration {
    const { config, key, anchor, nowMs, log } = this.#parts;
    return new Registration({
      client: this.#client,
      config,
      key,
      network: anchor.genesisHash,
      book: this.#book,
      shelf: this.#shelf,
      nowMs,
      openLinks: () => this.#gateway.openLinks,
      sample: this.#sample,
      log,
    });
  }

  #newChannels(): Channels {
    const { key, anchor } = this.#parts;
    return new Channels({
      store: this.#vouchers,
      meter: this.#meter,
      clock: this.#clock,
      network: anchor.genesisHash,
      secretKey: key.secretKey,
      ledgerOf: (terms) => this.#shelf.kindOf(terms)?.module.ledger,
      beat: () => this.#uptime.beat(),
    });
  }

  #newNodeDuty(submit: (command: LedgerCommand) => Promise<Submission>): NodeDuty {
    const { config, nowMs, log } = this.#parts;
    const { label, gateway } = config;
    const { publicOrigin } = gateway;
    return new NodeDuty({ book: this.#book, label, publicOrigin, software: softwareVersion(), nowMs, submit, log });
  }

  #newRepairDuty(): RepairDuty<ServiceCommand> {
    const { config, log } = this.#parts;
    const submit = (command: LedgerCommand): Promise<Submission> => this.#submit(command);
    const parts = {
      book: this.#book,
      shelf: this.#shelf,
      duties: this.#duties,
      register: () => this.#registration.register(),
      said: this.#nodeDuty.said,
      submit,
      reopen: () => this.#reopen(),
      log,
    };
    return new RepairDuty({
      book: this.#book,
      knows: SERVICE_COMMANDS,
      allow: config.repair.allow,
      nowMs: () => this.#clock.nowMs(),
      carryOut: (command) => carryOut(command, parts),
      submit,
      log,
    });
  }

  /** Calls under way are cut; a port that somebody else took meanwhile ends the agent, as at its start. */
  async #reopen(): Promise<void> {
    const { host, port } = this.#parts.config.gateway;
    this.#isListening = false;
    await this.#gateway.close();
    if (this.#stopping.signal.aborted) return;
    await this.#gateway.listen(host, port).catch((error: unknown) => this.#parts.onFatal(reasonOf(error)));
    this.#isListening = true;
  }

  #newSample(): NodeSample {
    const { config, key } = this.#parts;
    return new NodeSample({
      home: config.home,
      address: toHex(key.address),
      height: () => this.#book.head?.height ?? null,
      orders: () =>
        [...this.#book.orders.values()].filter(({ ended, window }) => ended === null && window !== null).length,
      takeRefusals: () => this.#gateway.refusals.take(),
      carriedBytes: () => this.#gateway.carried.total,
      slots: () => this.#shelf.slots,
      call: callPeer,
    });
  }

  /** Opens everything and starts to work; a sentence when it cannot. */
  static async start(parts: AgentParts): Promise<Outcome<Agent>> {
    const { config, log } = parts;
    const lock = lockHome(config.home, 'agent');
    if (!lock.ok) return lock;
    const book = OrderBook.open(join(config.home, 'orders.journal'));
    if (!book.ok) return book;
    const meter = Meter.open(join(config.home, 'meter.journal'));
    if (!meter.ok) return meter;
    const vouchers = VoucherStore.open(join(config.home, 'vouchers.journal'));
    if (!vouchers.ok) return vouchers;
    const memory = { book: book.value, meter: meter.value, vouchers: vouchers.value, lock: lock.value };
    const agent = new Agent(parts, memory);
    await agent.#shelf.openPublished();
    try {
      const port = await agent.#gateway.listen(config.gateway.host, config.gateway.port);
      log(`The gateway listens on ${config.gateway.host}:${port} for ${config.gateway.publicOrigin}.`);
    } catch (error) {
      const isTaken = (error as NodeJS.ErrnoException).code === 'EADDRINUSE';
      const place = `${config.gateway.host}:${config.gateway.port}`;
      return failed(
        isTaken
          ? `The gateway’s port ${place} is in use: stop what uses it or choose another in the config file.`
          : `The gateway cannot listen on ${place}: ${reasonOf(error)}`,
      );
    }
    agent.#isListening = true;
    agent.#startWork();
    return done(agent);
  }

  /** What it tells of itself. */
  get figures(): Figures {
    return agentFigures({ book: this.#book, meter: this.#meter, gateway: this.#gateway });
  }

  /** Stops listening, ends what is under way and closes the files. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#isListening = false;
    await this.#gateway.close();
    await Promise.allSettled([...this.#work, ...this.#performing]);
    this.#sample.close();
    this.#shelf.close();
    this.#book.close();
    this.#meter.close();
    this.#vouchers.close();
    this.#lock.release();
  }

  #startWork(): void {
    const repairDuty = this.#newRepairDuty();
    const work = [
      this.#repeat(BEAT_MS, () => Promise.resolve(this.#uptime.beat())),
      this.#repeat(DUTIES_MS, () => Promise.resolve(this.#perform())),
      this.#repeat(DUTIES_MS, () => this.#nodeDuty.perform()),
      this.#repeat(DUTIES_MS, () => repairDuty.perform()),
      this.#watchSources(),
      this.#repeatOnTime(HEARTBEAT_MS, async () => {
        const isKnown = this.#registration.isRegistered && !this.#registration.needsNewCode;
        if (isKnown || (await this.#registration.register())) await this.#registration.heartbeat();
      }),
      this.#repeatWithBackoff(() => this.#readEvents()),
      this.#repeatWithBackoff(() => this.#registration.workOnJobs(this.#stopping.signal)),
    ];
    for (const part of work) {
      this.#work.push(part.catch((error: unknown) => this.#parts.onFatal(reasonOf(error))));
    }
  }

  /** What was published is open already; the files are read beside it, so that a restart shuts the gateway for a moment only. */
  async #watchSources(): Promise<void> {
    await this.#shelf.readAll();
    await this.#repeat(this.#parts.config.probeEveryMs, () => this.#probe());
  }

  #probe(only?: readonly number[]): Promise<void> {
    const { log } = this.#parts;
    return probeSources({ book: this.#book, shelf: this.#shelf, duties: this.#duties, log }, only);
  }

  /** One long poll; events that are proved take effect before it is asked again. */
  async #readEvents(): Promise<boolean> {
    const askedAtMs = Date.now();
    const taken = await readOwnEvents({
      client: this.#client,
      book: this.#book,
      address: this.#parts.key.address,
      anchor: this.#parts.anchor,
      waitMs: EVENTS_WAIT_MS,
      signal: this.#stopping.signal,
    });
    if ('kind' in taken) return false;
    if (!taken.ok) {
      // It is asked for again and again until it can be taken; one line says why it was not.
      if (taken.sentence !== this.#lastTrouble) this.#parts.log(taken.sentence);
      this.#lastTrouble = taken.sentence;
      return false;
    }
    this.#lastTrouble = '';
    taken.value.setAside.forEach((sentence) => this.#parts.log(sentence));
    for (const agreement of taken.value.ended) {
      const sentence = `Order O-${agreement} has ended; its link no longer opens.`;
      this.#gateway.cut(agreement, { status: 410, reason: 'ended', agreement, sentence });
    }
    if (taken.value.refused.length > 0) this.#shelf.stopRefused();
    if (taken.value.items > 0) {
      this.#shelf.lookForRoom();
      await this.#shelf.openPublished();
      this.#perform();
      // Whoever put a resource back on the list is answered at once, not at the next round of the probe.
      if (taken.value.resumed.length > 0) this.#inBackground(this.#probe(taken.value.resumed));
    } else if (Date.now() - askedAtMs < IDLE_MS_MIN) {
      await this.#pause(IDLE_MS_MIN);
    }
    return true;
  }

  /** Starts what is due and does not wait for it: news of the ledger must not wait for an answer of the portal. */
  #perform(): void {
    if (this.#stopping.signal.aborted) return;
    this.#inBackground(this.#duties.perform());
  }

  #inBackground(task: Promise<void>): void {
    const work = task.catch((error: unknown) => this.#parts.onFatal(reasonOf(error)));
    this.#performing.add(work);
    void work.then(() => this.#performing.delete(work));
  }

  async #repeat(everyMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      await work();
      await this.#pause(everyMs);
    }
  }

  /** As `repeat`, but so often however long the work takes: who waits for it knows by its silence. */
  async #repeatOnTime(everyMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const startedMs = performance.now();
      await work();
      await this.#pause(Math.max(IDLE_MS_MIN, everyMs - (performance.now() - startedMs)));
    }
  }

  #pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }

  /** Asks again at once after an answer, later and later while there is none. */
  async #repeatWithBackoff(work: () => Promise<boolean>): Promise<void> {
    const { signal } = this.#stopping;
    let waitMs = BACKOFF_MS_MIN;
    while (!signal.aborted) {
      if (await work()) {
        waitMs = BACKOFF_MS_MIN;
        continue;
      }
      await this.#pause(waitMs);
      waitMs = Math.min(waitMs * 2, BACKOFF_MS_MAX);
    }
  }
}
