import { join } from 'node:path';
import { setImmediate, setTimeout as sleep } from 'node:timers/promises';
import { newestAnchor } from '#agent/anchor.ts';
import { lockHome, type HomeLock } from '#agent/home-lock.ts';
import { JournalFailure } from '#agent/journal.ts';
import { lookUpKey } from '#agent/key-lookup.ts';
import { offerText, type AgentKey } from '#agent/key.ts';
import { ledgerVerifier } from '#agent/ledger-proof.ts';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import type { Anchor } from '#ledger/core/genesis.ts';
import type { Figures } from '#metrics/figures.ts';
import { matchFor, planFor, planId } from './advice.ts';
import { Api } from './api.ts';
import type { BrokerConfig } from './config.ts';
import { brokerFigures } from './figures.ts';
import { MarketCopy } from './market-copy.ts';
import { takeMarket } from './market-feed.ts';
import { Portals } from './portals.ts';
import { Sender } from './sender.ts';

const WAIT_MS = 10_000;
const LOOK_MS = 5_000;
const RESUME_MS = 10_000;
const PROPOSE_MS = 10_000;
/** Proposals of one round: with a round every ten seconds, at most twelve a minute. */
const PROPOSALS_MAX = 2;
/** Demands that one round plans for; the others wait for the next. */
const PLANNED_MAX = 10;
/** Without word from a portal for this long, answers say that they may be behind. */
const SILENT_MS = 30_000;
const BACKOFF_MS_MIN = 500;
const BACKOFF_MS_MAX = 30_000;
const IDLE_MS_MIN = 200;

export interface BrokerParts {
  readonly config: BrokerConfig;
  readonly anchor: Anchor;
  readonly key: AgentKey;
  readonly nowMs: () => number;
  /** What was written is no more certain: the process has to end. */
  onFatal(sentence: string): void;
  log(sentence: string): void;
}

/** A program of a network resource broker at the edge [8.4.2-a]. */
export class Broker {
  /** What it tells of itself. */
  readonly figures: Figures;
  readonly #parts: BrokerParts;
  readonly #copy: MarketCopy;
  readonly #portals: Portals;
  readonly #sender: Sender;
  readonly #api: Api;
  readonly #lock: HomeLock;
  readonly #stopping = new AbortController();
  readonly #work: Promise<void>[] = [];
  #heardAtMs = Number.NEGATIVE_INFINITY;
  #lastTrouble = '';
  #isOffered = false;
  /** Demands to plan for, and how far the copy was when they were gathered. */
  readonly #queue = new Set<bigint>();
  #plannedTo = '';

  private constructor(
    parts: BrokerParts,
    held: { copy: MarketCopy; portals: Portals; sender: Sender; lock: HomeLock },
  ) {
    const { config, nowMs, log } = parts;
    this.#parts = parts;
    this.#copy = held.copy;
    this.#portals = held.portals;
    this.#sender = held.sender;
    this.#lock = held.lock;
    const { figures, count } = brokerFigures({
      ...held,
      heardAtMs: () => (this.#heardAtMs < 0 ? null : this.#heardAtMs),
    });
    this.figures = figures;
    this.#api = new Api({
      count,
      copy: held.copy,
      sender: held.sender,
      portals: () => held.portals.nearestFirst,
      isBehind: () => nowMs() - this.#heardAtMs > SILENT_MS,
      regions: config.regions,
      account: config.account,
      host: config.api.host,
      token: config.api.token,
      isLoopback: config.isLoopback,
      log,
    });
  }

  /** Opens everything and starts to work; a sentence when it cannot. Portals may all be away. */
  static async start(parts: BrokerParts): Promise<Outcome<{ broker: Broker; port: number }>> {
    const { config, key, anchor, nowMs } = parts;
    const lock = lockHome(config.home, 'broker');
    if (!lock.ok) return lock;
    const copy = MarketCopy.open(join(config.home, 'market.journal'), config);
    if (!copy.ok) return copy;
    const network = anchor.genesisHash;
    const portals = new Portals(config.nodeProviders, { network, key, nowMs });
    const sender = Sender.open(join(config.home, 'sent.journal'), {
      portals: () => portals.nearestFirst,
      key,
      network,
      nowMs,
      knownToMs: () => copy.value.asOf?.timeMs ?? 0,
      isNoticed: ({ demand, provider, kind }) =>
        [...copy.value.notices.values()].some(
          ({ sent }) => sent.demand === BigInt(demand) && sent.provider === BigInt(provider) && sent.kind === kind,
        ),
    });
    if (!sender.ok) return sender;
    const broker = new Broker(parts, { copy: copy.value, portals, sender: sender.value, lock: lock.value });
    try {
      const port = await broker.#api.listen(config.api.port);
      broker.#start();
      return done({ broker, port });
    } catch (error) {
      return failed(`The broker cannot listen on ${config.api.host}:${config.api.port}: ${reasonOf(error)}`);
    }
  }

  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#api.close();
    await Promise.allSettled(this.#work);
    await this.#sender.close();
    this.#copy.close();
    this.#lock.release();
  }

  #start(): void {
    const { config } = this.#parts;
    const rounds = [
      this.#repeat(config.measureEveryMs, () => this.#portals.measure(this.#stopping.signal)),
      this.#repeat(LOOK_MS, () => this.#identify()),
      this.#repeat(RESUME_MS, () => (this.#sender.identity === null ? Promise.resolve() : this.#sender.resume())),
      this.#follow(),
      ...(config.propose ? [this.#repeat(PROPOSE_MS, () => this.#propose())] : []),
    ];
    this.#work.push(...rounds.map((round) => round.catch((error: unknown) => this.#parts.onFatal(reasonOf(error)))));
  }

  /** Until the owner has allowed the key; then the number of the key is known for good. */
  async #identify(): Promise<void> {
    if (this.#sender.identity !== null) return;
    const { key, config, anchor, log } = this.#parts;
    const [nearest] = this.#portals.nearestFirst;
    if (nearest === undefined) return;
    const known = await lookUpKey(nearest.client, key.addressText);
    if (known?.account === config.account) {
      this.#sender.identify(known.account, known.key);
      log(`The key acts for A-${known.account} now.`);
      return;
    }
    if (known !== null) log(`This key acts for A-${known.account}: start with another home for A-${config.account}.`);
    if (this.#isOffered) return;
    this.#isOffered = true;
    const offer = offerText(key, { network: anchor.genesisHash, account: config.account }, config.label);
    log(`The owner of A-${config.account}, a broker, allows this key on the page Programs of the portal:`);
    log(`${nearest.origin}/customer/programs?offer=${encodeURIComponent(offer)}&as=broker`);
  }

  /** Reads how the market changed, from the nearest portal that answers, for as long as it runs. */
  async #follow(): Promise<void> {
    const { signal } = this.#stopping;
    let waitMs = BACKOFF_MS_MIN;
    while (!signal.aborted) {
      if (await this.#readOnce()) waitMs = BACKOFF_MS_MIN;
      else {
        await this.#pause(waitMs);
        waitMs = Math.min(waitMs * 2, BACKOFF_MS_MAX);
      }
    }
  }

  async #readOnce(): Promise<boolean> {
    const askedAtMs = this.#parts.nowMs();
    const anchor = (): Anchor => newestAnchor(this.#parts.anchor, this.#copy.checkpoint);
    const after = this.#copy.cursor === '' ? '' : `&after=${this.#copy.cursor}`;
    const { checkpoint } = anchor();
    const from = checkpoint === undefined ? '' : `&from=${checkpoint.height}`;
    const path = `/api/v1/events?of=market${after}${from}&wait=${WAIT_MS}`;
    let trouble = 'No portal is configured.';
    for (const { client } of this.#portals.nearestFirst) {
      if (this.#stopping.signal.aborted) return false;
      const reply = await client.get(path, { waitMs: WAIT_MS, signal: this.#stopping.signal });
      if (reply.kind !== 'done') {
        trouble = reply.sentence;
        continue;
      }
      const taken = takeMarket(reply.body, { copy: this.#copy, verifier: ledgerVerifier(anchor) });
      if (!taken.ok) {
        trouble = taken.sentence;
        continue;
      }
      this.#lastTrouble = '';
      if (taken.value.isComplete) this.#heardAtMs = this.#parts.nowMs();
      if (taken.value.items === 0 && this.#parts.nowMs() - askedAtMs < IDLE_MS_MIN) await this.#pause(IDLE_MS_MIN);
      return true;
    }
    if (trouble !== this.#lastTrouble && !this.#stopping.signal.aborted) this.#parts.log(trouble);
    this.#lastTrouble = trouble;
    return false;
  }

  /** A few proposals at most, and only from a copy that is not behind and has changed. */
  async #propose(): Promise<void> {
    if (this.#sender.identity === null || this.#parts.nowMs() - this.#heardAtMs > SILENT_MS) return;
    let left = PROPOSALS_MAX;
    const hasChanged = this.#plannedTo !== this.#copy.cursor;
    if (hasChanged) this.#queueDemands();
    const match = hasChanged ? matchFor(this.#copy) : undefined;
    if (match !== undefined && !this.#sender.works.has(match.id)) {
      left -= 1;
      this.#told(match.id, await this.#sender.propose(match.id, 'ProposeMatch', match.args));
    }
    for (let looked = 0; looked < PLANNED_MAX && left > 0; looked += 1) {
      const [next] = this.#queue;
      if (next === undefined) return;
      this.#queue.delete(next);
      const demand = this.#copy.demands.get(next);
      if (demand === undefined || this.#sender.works.has(planId(demand))) continue;
      const plan = planFor(this.#copy, demand, this.#parts.config.feePerMille);
      // A search takes its time, and whoever asks this broker meanwhile is answered between two.
      await setImmediate();
      if (plan === undefined) continue;
      left -= 1;
      this.#told(plan.id, await this.#sender.propose(plan.id, 'ProposePlan', plan.args));
    }
  }

  /** What changed may make a better plan for any demand; those that wait already stand first. */
  #queueDemands(): void {
    this.#plannedTo = this.#copy.cursor;
    for (const demand of this.#copy.demands.keys()) this.#queue.add(demand);
  }

  #told(work: string, sent: Awaited<ReturnType<Sender['propose']>>): void {
    const { ended } = sent.ok ? sent.value : {};
    const what = !sent.ok ? sent.sentence : ended?.code === 0 ? 'proposed.' : `refused: ${ended?.sentence ?? ''}`;
    this.#parts.log(`${work}: ${what}`);
  }

  /** What fails on its way is tried again with the next round, and told once; a journal that failed ends the process. */
  async #repeat(everyMs: number, work: () => Promise<void>): Promise<void> {
    const { signal } = this.#stopping;
    let trouble = '';
    while (!signal.aborted) {
      try {
        await work();
        trouble = '';
      } catch (error) {
        if (error instanceof JournalFailure) throw error;
        const reason = reasonOf(error);
        if (!signal.aborted && reason !== trouble) this.#parts.log(reason);
        trouble = reason;
      }
      await this.#pause(everyMs);
    }
  }

  #pause(ms: number): Promise<void> {
    return sleep(ms, undefined, { signal: this.#stopping.signal }).catch(() => undefined);
  }
}
