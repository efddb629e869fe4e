import 'server-only';
import { setTimeout as delay } from 'node:timers/promises';
import { toHex } from '#ledger/core/bytes.ts';
import type { Database } from '#lib/database-session.ts';
import type { SubjectKind } from '#lib/shared/monitoring.ts';
import {
  changesOf,
  closeOrphans,
  commitChanges,
  readConditions,
  readRules,
  readSilenced,
  type Conditions,
  type Rule,
} from './alert-store.ts';
import type { ChainWatch } from './chain-watch.ts';
import { createChecks } from './checks.ts';
import type { Connector } from './connector.ts';
import { createDeliveries } from './deliveries.ts';
import type { Agreed } from './detection/arrivals.ts';
import type { MonitorFigures } from './figures.ts';
import { lookAtSubject, observedOf, takeProbes, writeFindings } from './findings.ts';
import { createProber, type Probe } from './prober.ts';
import { keepTables, rollUp } from './rollups.ts';
import { createSampleFeed } from './sample-feed.ts';
import { arrivalsOf, ensureSubjects, readStates, readSubjects, type Subject } from './subjects.ts';
import { scoreUnusual } from './unusual-values.ts';

const TICK_MS = 1_000;
/** A tick that ends so late means that this process stood still: it could hear nobody meanwhile. */
const STILL_MS = 5_000;
const SUBJECTS_EVERY_MS = 5_000;
const RULES_EVERY_MS = 2_000;
const CHAIN_EVERY_MS = 10_000;
const UNUSUAL_EVERY_MS = 60_000;
const TABLES_EVERY_MS = 600_000;

export interface MonitorOptions {
  readonly database: Database;
  readonly chain: ChainWatch;
  readonly connector: Connector;
  /** Origins. */
  readonly portals: readonly string[];
  readonly agreed: Agreed;
  readonly signal: AbortSignal;
  readonly nowMs: () => number;
  /** Called once everything was read and looked at once, and after each look from then on. */
  readonly onLook?: (look: { readonly nodes: number }) => void;
  /** Where figures of each look go. */
  readonly told?: MonitorFigures;
}

/** Work that is done once in a while. */
function every(ms: number): (nowMs: number) => boolean {
  let doneAtMs = Number.NEGATIVE_INFINITY;
  return (nowMs) => {
    if (nowMs - doneAtMs < ms) return false;
    doneAtMs = nowMs;
    return true;
  };
}

/** One look at everything, again and again: what is in memory can be read anew at any time. */
class Monitor {
  readonly #options: MonitorOptions;
  readonly #subjects = new Map<number, Subject>();
  readonly #prober;
  readonly #feed;
  readonly #deliveries;
  readonly #checks;
  #rules: Rule[] = [];
  #silenced: ReadonlySet<number> = new Set();
  #conditions: Conditions = new Map();
  #deafUntilMs: number;
  #isRolledUp = false;
  /** How high the read model stands behind the portal that answered last. */
  #readModelHeight: number | undefined;
  readonly #isDue = {
    subjects: every(SUBJECTS_EVERY_MS),
    rules: every(RULES_EVERY_MS),
    chain: every(CHAIN_EVERY_MS),
    unusual: every(UNUSUAL_EVERY_MS),
    minute: every(10_000),
    tables: every(TABLES_EVERY_MS),
  };

  constructor(options: MonitorOptions) {
    this.#options = options;
    this.#prober = createProber(options.connector);
    this.#feed = createSampleFeed(options.database, this.#subjects);
    this.#deliveries = createDeliveries(options.connector);
    this.#checks = createChecks(this.#prober);
    // Whoever has just begun has heard nobody, which is not their fault.
    this.#deafUntilMs = options.nowMs();
  }

  async open(): Promise<void> {
    const { database, nowMs } = this.#options;
    await keepTables(database, nowMs());
    await this.#readSubjects();
    await readStates(database, this.#subjects);
    this.#conditions = await readConditions(database);
  }

  async #readSubjects(): Promise<void> {
    const { database, portals, chain } = this.#options;
    const validators = chain.status?.validators.filter(({ isMember }) => isMember !== false) ?? [];
    const wanted: { kind: SubjectKind; key: string }[] = [
      { kind: 'chain', key: 'network' },
      ...portals.map((key) => ({ kind: 'portal' as const, key })),
      ...validators.map(({ address }) => ({ kind: 'validator' as const, key: toHex(address) })),
    ];
    const known = new Set([...this.#subjects.values()].map(({ kind, key }) => `${kind} ${key}`));
    await ensureSubjects(
      database,
      wanted.filter(({ kind, key }) => !known.has(`${kind} ${key}`)),
    );
    await readSubjects(database, this.#subjects);
    for (const [id, { kind, key }] of this.#subjects) {
      // A portal that is not to be watched any more, and a validator that has left, are nobody's failure.
      const isGone =
        (kind === 'portal' && !portals.includes(key)) ||
        (kind === 'validator' &&
          chain.status !== undefined &&
          !validators.some(({ address }) => toHex(address) === key));
      if (isGone) this.#subjects.delete(id);
    }
  }

  /** One look. */
  async look(): Promise<void> {
    const { database, chain, agreed, nowMs: clock } = this.#options;
    const nowMs = clock();
    if (this.#isDue.subjects(nowMs)) await this.#readSubjects();
    if (this.#isDue.rules(nowMs)) await this.#readRules(nowMs);
    const heartbeats = await this.#feed.read(nowMs, this.#deafUntilMs);
    for (const subject of this.#subjects.values()) if (subject.kind === 'agent') arrivalsOf(subject, nowMs);
    const probes = this.#prober.take();
    takeProbes(probes);
    this.#hearPortals(probes);
    const context = { chain, deafUntilMs: this.#deafUntilMs, agreed };
    const looked = [...this.#subjects.values()]
      .filter(({ kind }) => kind !== 'chain')
      .map((subject) => ({ subject, isChanged: lookAtSubject(subject, nowMs, context) }));
    this.#prober.send(nowMs, this.#subjects.values());
    await writeFindings(database, { looked, probes, nowMs });
    await this.#judge(nowMs);
    const deliveries = await this.#deliveries.tick(database, nowMs);
    await this.#checks.tick(database, this.#subjects, nowMs);
    await this.#keepSeries(nowMs);
    const tookMs = clock() - nowMs;
    if (tookMs > STILL_MS) this.#deafUntilMs = clock();
    const nodes = [...this.#subjects.values()].filter(({ kind }) => kind !== 'chain');
    const seen = { subjects: nodes, conditions: this.#conditions };
    this.#options.told?.looked({ seconds: tookMs / 1_000, heartbeats, probes, deliveries, ...seen });
  }

  /** Time went by of which nothing is known. */
  wasStill(nowMs: number): void {
    this.#deafUntilMs = nowMs;
  }

  get nodes(): number {
    return this.#subjects.size;
  }

  async #readRules(nowMs: number): Promise<void> {
    const { database } = this.#options;
    this.#rules = await readRules(database);
    this.#silenced = await readSilenced(database, nowMs);
    const watched = { rules: this.#rules, subjects: this.#subjects };
    await closeOrphans(database, watched, { conditions: this.#conditions, atMs: nowMs });
  }

  #hearPortals(probes: readonly Probe[]): void {
    for (const { subject, isOk, height } of probes) {
      if (subject.kind === 'portal' && isOk) this.#readModelHeight = height;
    }
  }

  #chainFigures(nowMs: number): Record<string, number> {
    const { chain } = this.#options;
    const figures = chain.figures(nowMs);
    const { status } = chain;
    if (status === undefined || this.#readModelHeight === undefined) return figures;
    return { ...figures, projectorLag: Math.max(0, Number(status.height) - this.#readModelHeight) };
  }

  async #judge(nowMs: number): Promise<void> {
    const { database } = this.#options;
    const observed = observedOf(this.#subjects.values(), this.#chainFigures(nowMs), nowMs);
    const at = { conditions: this.#conditions, atMs: nowMs };
    const changes = changesOf(observed, { ...at, rules: this.#rules, silenced: this.#silenced });
    await commitChanges(database, changes, at);
  }

  async #keepSeries(nowMs: number): Promise<void> {
    const { database } = this.#options;
    if (this.#isDue.chain(nowMs)) {
      await database.query(
        `INSERT INTO monitoring.chain_samples ("at", "figures") VALUES ($1, $2) ON CONFLICT DO NOTHING`,
        [new Date(nowMs).toISOString(), JSON.stringify(this.#chainFigures(nowMs))],
      );
    }
    // Until everything is made, a step with each look.
    if (!this.#isRolledUp || this.#isDue.minute(nowMs)) this.#isRolledUp = await rollUp(database, nowMs);
    if (this.#isDue.unusual(nowMs)) await scoreUnusual(database, this.#subjects, nowMs);
    if (this.#isDue.tables(nowMs)) await keepTables(database, nowMs);
  }
}

/** Watches until `signal` aborts or the database is lost. */
export async function runMonitor(options: MonitorOptions): Promise<void> {
  const { signal, nowMs, onLook } = options;
  const monitor = new Monitor(options);
  await monitor.open();
  while (!signal.aborted) {
    const startedMs = nowMs();
    await monitor.look();
    onLook?.({ nodes: monitor.nodes });
    await delay(Math.max(0, TICK_MS - (nowMs() - startedMs)), undefined, { signal }).catch(() => undefined);
    if (nowMs() - startedMs > TICK_MS + STILL_MS) monitor.wasStill(nowMs());
  }
}
