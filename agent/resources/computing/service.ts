import { mkdirSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { computerTerms, readComputer, readRunMs, type Computer } from '#ledger/contracts/kinds/computing.ts';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { FirstByteTimes } from '#agent/resources/first-byte.ts';
import type {
  Amounts,
  KindAnswer,
  KindRequest,
  OpenKind,
  OpenParts,
  OrderTerms,
  Piece,
  PublishedResource,
  Span,
  TestedSource,
} from '#agent/resources/kind.ts';
import { installHost } from '#agent/sandbox/host-program.ts';
import { findIsolation, type Isolation } from '#agent/sandbox/isolation.ts';
import type { TaskReply } from '#agent/tasks/reply.ts';
import { asksForResults } from '#agent/tasks/result-service.ts';
import { HostSlots, type SlotCount } from '#agent/tasks/host-slots.ts';
import { ResultStore } from '#agent/tasks/result-store.ts';
import { SandboxPool } from '#agent/tasks/sandbox-pool.ts';
import { answerTaskCall } from '#agent/tasks/task-service.ts';
import { Workspace } from '#agent/tasks/workspace.ts';
import { OrderTasks, type OrderRoom } from './order-tasks.ts';
import { measureScore } from './score.ts';
import type { ComputerConfig } from './section.ts';

const MIB = 1024 ** 2;
const START = 'startMs';
const SCORE = 'score';
const PIECE_BYTES = MIB;
const FACTS_VERSION = '1';

/** The computers of one agent: each order of theirs has a workspace of its own, with its share of slots and memory. */
export class ComputingService implements OpenKind {
  readonly #configs: ReadonlyMap<string, ComputerConfig>;
  readonly #folder: string;
  readonly #parts: OpenParts;
  readonly #log: (sentence: string) => void;
  readonly #rooms = new Map<number, Room>();
  readonly tasks: OrderTasks;
  readonly #starts = new FirstByteTimes();
  /** Measured last by source. */
  readonly #scores = new Map<string, number>();
  readonly #isolation: Outcome<Isolation>;
  readonly #host: string;
  readonly #hostSlots: HostSlots;
  readonly slots = { count: () => this.#countSlots(), look: () => this.#hostSlots.look() };

  /** `openResults`: what keeps the results of ranges; a test's provider that lies alters them there. */
  constructor(
    configs: readonly ComputerConfig[],
    parts: OpenParts,
    openResults: (file: string) => ResultStore = (file) => new ResultStore(file),
  ) {
    const { folder } = parts;
    this.#configs = new Map(configs.map((config) => [config.id, config]));
    this.#folder = folder;
    this.#parts = parts;
    this.#log = (sentence) => parts.log(sentence);
    this.#hostSlots = new HostSlots(() => parts.hostShares?.() ?? null);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#host = installHost(folder);
    this.#isolation = findIsolation(this.#host);
    this.tasks = new OrderTasks({
      ...parts,
      log: this.#log,
      isRefused: (algorithm) => parts.isRefused(algorithm),
      stopRefused: () => [...this.#rooms.values()].forEach(({ workspace }) => workspace.stopRefused()),
      folderOf: (order) => this.#folderOf(order),
      openResults,
      roomOf: (order) => this.#roomOf(order),
    });
  }

  async readAll(): Promise<void> {
    for (const { id } of this.#configs.values()) {
      const tested = await this.test(id);
      this.#log(tested.ok ? tested.value.sentence : tested.sentence);
    }
  }

  async test(sourceId: string, published?: PublishedResource): Promise<Outcome<TestedSource>> {
    const config = this.#configs.get(sourceId);
    if (config === undefined) return failed(`This agent has no computer ${JSON.stringify(sourceId.slice(0, 48))}.`);
    if (!this.#isolation.ok) return this.#isolation;
    const score = await measureScore(this.#isolation.value, this.#host);
    if (!score.ok) return score;
    this.#scores.set(sourceId, score.value);
    const roundTrip = await this.#roundTrip(published);
    if (!roundTrip.ok) return roundTrip;
    const computer: Computer = {
      architecture: process.arch === 'arm64' ? 'arm64' : 'x64',
      cores: BigInt(cpus().length),
      isolation: this.#isolation.value.name,
      memoryMiB: BigInt(config.memoryMiB),
      place: config.place,
      region: config.region,
      roundTripMs: BigInt(roundTrip.value),
      score: BigInt(score.value),
      sealingKey: this.#parts.payloads.sealingKey,
      slots: BigInt(config.slots),
      zone: config.zone,
    };
    const preview = [
      {
        'Runs of the standard program a second': String(score.value),
        'Kept apart by': computer.isolation,
        'Round trip to the portal': `${roundTrip.value} ms`,
      },
    ];
    const sentence = `Computer ${sourceId}: ${config.slots} slots, ${config.memoryMiB} MiB, kept apart by ${computer.isolation}, score ${score.value}, ${roundTrip.value} ms to the portal and back.`;
    return done({ attributes: computerTerms(computer), preview, sentence });
  }

  /** A listing is not taken off because its portal is away for a moment: in a comparison, which leaves it out, what was published stands. */
  #roundTrip(published: PublishedResource | undefined): Promise<Outcome<number>> {
    const known = published && readComputer(published.attributes)?.roundTripMs;
    return known === undefined ? this.#parts.measureRoundTrip() : Promise.resolve(done(Number(known)));
  }

  sample(): TestedSource['preview'] {
    return [];
  }

  openResource({ sourceId, attributes }: PublishedResource): Promise<Outcome<null>> {
    return Promise.resolve(this.#whyClosed(sourceId, attributes) ?? done(null));
  }

  isOpen({ sourceId, attributes }: PublishedResource): boolean {
    return this.#whyClosed(sourceId, attributes) === null;
  }

  #whyClosed(sourceId: string, attributes: PublishedResource['attributes']): Outcome<null> | null {
    const config = this.#configs.get(sourceId);
    const published = readComputer(attributes);
    if (config === undefined || published === undefined)
      return failed(`The config file has no computer ${sourceId} any more.`);
    if (BigInt(config.slots) < published.slots || BigInt(config.memoryMiB) < published.memoryMiB)
      return failed(`The computer ${sourceId} was published larger than the config file makes it.`);
    return this.#isolation.ok ? null : this.#isolation;
  }

  prepare(order: OrderTerms): Promise<Outcome<null>> {
    try {
      this.#roomOf(order);
      return Promise.resolve(done(null));
    } catch (error) {
      return Promise.resolve(failed(`the workspace of O-${order.agreement} cannot be made: ${reasonOf(error)}`));
    }
  }

  describe(order: OrderTerms): Readonly<Record<string, unknown>> {
    const store = this.#rooms.get(order.agreement)?.workspace.store;
    return { slots: slotsOf(order), runMemoryMiB: runMemoryMiB(order), openTasks: store?.openTasks ?? 0 };
  }

  async serve(request: KindRequest): Promise<KindAnswer> {
    const { order, method, path } = request;
    const reply = asksForResults(method, path) ? this.tasks.answer(order, request) : await this.#serveTasks(request);
    const { status, headers, bytes } = reply;
    return { status, headers, body: pieces(bytes) };
  }

  #serveTasks({ order, resource, method, path, queryString, body }: KindRequest): Promise<TaskReply> {
    const computer = readComputer(resource.attributes);
    return answerTaskCall({ method, path, queryString, body }, this.#roomOf(order).workspace, {
      name: `R-${order.resource}`,
      version: FACTS_VERSION,
      environment: { architecture: computer?.architecture ?? '', isolation: computer?.isolation ?? '' },
    });
  }

  answered(): void {
    // What counts is when a run starts, not when its answer does.
  }

  measure(order: OrderTerms, interval: Span): Amounts {
    const promised = new Set(order.promise.map(({ meter }) => meter));
    return {
      ...(promised.has(START) ? { [START]: this.#starts.takePercentile(order.agreement, interval) } : {}),
      ...(promised.has(SCORE) ? { [SCORE]: this.#scores.get(order.sourceId) ?? 0 } : {}),
    };
  }

  release(order: OrderTerms): Promise<Outcome<null>> {
    try {
      this.tasks.end(order);
      this.#rooms.get(order.agreement)?.workspace.close();
      this.#rooms.delete(order.agreement);
      this.#starts.forget(order.agreement);
      this.tasks.erase(order);
      return Promise.resolve(done(null));
    } catch (error) {
      return Promise.resolve(failed(`what O-${order.agreement} left cannot be removed: ${reasonOf(error)}`));
    }
  }

  close(): void {
    this.tasks.close();
    for (const { workspace } of this.#rooms.values()) workspace.close();
  }

  /** Of all computers together. What waits for a slot of its own order waits no less than what waits for the host. */
  #countSlots(): SlotCount {
    const offered = [...this.#configs.values()].reduce((sum, { slots }) => sum + slots, 0);
    const ownWaiting = [...this.#rooms.values()].reduce((sum, { pool }) => sum + pool.waiting, 0);
    const { most, busy, waiting } = this.#hostSlots;
    return { slots: Math.min(most, offered), busy, waiting: waiting + ownWaiting };
  }

  #folderOf({ agreement }: OrderTerms): string {
    return join(this.#folder, 'orders', String(agreement));
  }

  /** Throws where nothing can be run. */
  #roomOf(order: OrderTerms): Room {
    const known = this.#rooms.get(order.agreement);
    if (known !== undefined) return known;
    if (!this.#isolation.ok) throw new Error(this.#isolation.sentence);
    const { spending } = this.#parts;
    const memoryMiB = runMemoryMiB(order);
    const common = {
      pool: new SandboxPool({
        isolation: this.#isolation.value,
        host: this.#host,
        slots: slotsOf(order),
        hostSlots: this.#hostSlots,
      }),
      budget: {
        left: (meter: string) => spending.left(order, meter),
        spend: (used: Amounts) => spending.spend(order, used),
      },
      runMsMax: Number(readRunMs(order.ways) ?? 0n),
      onStarted: (waitedMs: number) => this.#starts.add(order.agreement, { atMs: Date.now(), firstByteMs: waitedMs }),
    };
    const workspace = new Workspace({
      ...common,
      folder: this.#folderOf(order),
      memoryBytes: memoryMiB * MIB,
      isRefused: (algorithm) => this.#parts.isRefused(algorithm),
      nowMs: Date.now,
      log: this.#log,
    });
    const room = { ...common, memoryMiB, workspace };
    this.#rooms.set(order.agreement, room);
    return room;
  }
}

/** What an open order runs in, and what it was sent. */
interface Room extends OrderRoom {
  readonly workspace: Workspace;
}

function slotsOf({ amounts }: OrderTerms): number {
  return Math.max(1, amounts['slots'] ?? 1);
}

/** Each slot has its share of the memory. */
function runMemoryMiB(order: OrderTerms): number {
  return Math.floor((order.amounts['memoryMiB'] ?? 0) / slotsOf(order));
}

async function* pieces(bytes: TaskReply['bytes']): AsyncGenerator<Piece> {
  for (let at = 0; at < bytes.length; at += PIECE_BYTES)
    yield { bytes: bytes.subarray(at, at + PIECE_BYTES), used: {} };
}
