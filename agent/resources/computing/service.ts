import { mkdirSync, rmSync } from 'node:fs';
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
  Spending,
  TestedSource,
} from '#agent/resources/kind.ts';
import { installHost } from '#agent/sandbox/host-program.ts';
import { findIsolation, type Isolation } from '#agent/sandbox/isolation.ts';
import { answerTaskCall, type TaskReply } from '#agent/tasks/task-service.ts';
import { Workspace } from '#agent/tasks/workspace.ts';
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
  readonly #spending: Spending;
  readonly #log: (sentence: string) => void;
  readonly #workspaces = new Map<number, Workspace>();
  readonly #starts = new FirstByteTimes();
  /** Measured last by source. */
  readonly #scores = new Map<string, number>();
  readonly #isolation: Outcome<Isolation>;
  readonly #host: string;

  constructor(configs: readonly ComputerConfig[], { folder, spending, log }: OpenParts) {
    this.#configs = new Map(configs.map((config) => [config.id, config]));
    this.#folder = folder;
    this.#spending = spending;
    this.#log = (sentence) => log(sentence);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#host = installHost(folder);
    this.#isolation = findIsolation(this.#host);
  }

  async readAll(): Promise<void> {
    for (const { id } of this.#configs.values()) {
      const tested = await this.test(id);
      this.#log(tested.ok ? tested.value.sentence : tested.sentence);
    }
  }

  async test(sourceId: string): Promise<Outcome<TestedSource>> {
    const config = this.#configs.get(sourceId);
    if (config === undefined) return failed(`This agent has no computer ${JSON.stringify(sourceId.slice(0, 48))}.`);
    if (!this.#isolation.ok) return this.#isolation;
    const score = await measureScore(this.#isolation.value, this.#host);
    if (!score.ok) return score;
    this.#scores.set(sourceId, score.value);
    const computer: Computer = {
      architecture: process.arch === 'arm64' ? 'arm64' : 'x64',
      cores: BigInt(cpus().length),
      isolation: this.#isolation.value.name,
      memoryMiB: BigInt(config.memoryMiB),
      region: config.region,
      score: BigInt(score.value),
      slots: BigInt(config.slots),
      zone: config.zone,
    };
    const preview = [
      { 'Runs of the standard program a second': String(score.value), 'Kept apart by': computer.isolation },
    ];
    const sentence = `Computer ${sourceId}: ${config.slots} slots, ${config.memoryMiB} MiB, kept apart by ${computer.isolation}, score ${score.value}.`;
    return done({ attributes: computerTerms(computer), preview, sentence });
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
      this.#workspaceOf(order);
      return Promise.resolve(done(null));
    } catch (error) {
      return Promise.resolve(failed(`the workspace of O-${order.agreement} cannot be made: ${reasonOf(error)}`));
    }
  }

  describe(order: OrderTerms): Readonly<Record<string, unknown>> {
    const workspace = this.#workspaces.get(order.agreement);
    return { slots: slotsOf(order), runMemoryMiB: runMemoryMiB(order), openTasks: workspace?.store.openTasks ?? 0 };
  }

  async serve({ order, resource, method, path, queryString, body }: KindRequest): Promise<KindAnswer> {
    const computer = readComputer(resource.attributes);
    const { status, headers, bytes } = await answerTaskCall(
      { method, path, queryString, body },
      this.#workspaceOf(order),
      {
        name: `R-${order.resource}`,
        version: FACTS_VERSION,
        environment: { architecture: computer?.architecture ?? '', isolation: computer?.isolation ?? '' },
      },
    );
    return { status, headers, body: pieces(bytes) };
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
      this.#workspaces.get(order.agreement)?.close();
      this.#workspaces.delete(order.agreement);
      this.#starts.forget(order.agreement);
      rmSync(this.#folderOf(order), { recursive: true, force: true });
      return Promise.resolve(done(null));
    } catch (error) {
      return Promise.resolve(failed(`what O-${order.agreement} left cannot be removed: ${reasonOf(error)}`));
    }
  }

  close(): void {
    for (const workspace of this.#workspaces.values()) workspace.close();
  }

  #folderOf({ agreement }: OrderTerms): string {
    return join(this.#folder, 'orders', String(agreement));
  }

  #workspaceOf(order: OrderTerms): Workspace {
    const known = this.#workspaces.get(order.agreement);
    if (known !== undefined) return known;
    if (!this.#isolation.ok) throw new Error(this.#isolation.sentence);
    const workspace = new Workspace({
      folder: this.#folderOf(order),
      isolation: this.#isolation.value,
      host: this.#host,
      slots: slotsOf(order),
      memoryBytes: runMemoryMiB(order) * MIB,
      runMsMax: Number(readRunMs(order.ways) ?? 0n),
      budget: {
        left: (meter) => this.#spending.left(order, meter),
        spend: (used) => this.#spending.spend(order, used),
      },
      nowMs: Date.now,
      onStarted: (waitedMs) => this.#starts.add(order.agreement, { atMs: Date.now(), firstByteMs: waitedMs }),
      log: this.#log,
    });
    this.#workspaces.set(order.agreement, workspace);
    return workspace;
  }
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
