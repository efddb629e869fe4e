import { statfs } from 'node:fs/promises';
import { totalmem } from 'node:os';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { z } from 'zod';
import { softwareVersion } from './software.ts';
import { clockOffsetMs, inTenths, Way } from './way.ts';
import type { SlotCount } from './tasks/host-slots.ts';

const MIB = 1024 * 1024;
const NANOSECONDS_PER_MS = 1_000_000;
const LOOP_RESOLUTION_MS = 10;
const PEERS_MAX = 2;
const PEERS_KNOWN_MAX = 64;
const PEER_MS_MAX = 3_000;
const ANSWER_BYTES_MAX = 16 * 1024;
/** As much as a heartbeat can say: 17 Gbit/s. */
const BYTES_PER_S_MAX = 2 ** 31 - 1;

/** What the portal answers a heartbeat with. */
export const heartbeatAnswer = z.object({
  serverTimeMs: z.number().int().positive(),
  height: z.number().int().min(0),
  peers: z
    .array(z.object({ address: z.string().regex(/^[0-9a-f]{40}$/), origin: z.string().max(300) }))
    .max(PEERS_KNOWN_MAX),
});
type Peer = z.infer<typeof heartbeatAnswer>['peers'][number];

/** What the agent itself counts. */
export interface SampleParts {
  /** Its disk is looked at here. */
  readonly home: string;
  /** 40 hex digits: nobody measures the way to itself. */
  readonly address: string;
  /** Height that it has verified; null before the first. */
  height(): number | null;
  orders(): number;
  /** Calls refused since this was asked last, by reason. */
  takeRefusals(): Readonly<Record<string, number>>;
  /** Bytes that its gateways have carried for orders since the process began. */
  carriedBytes(): number;
  /** How many programs of customers run and wait; null where it runs none. */
  slots(): SlotCount | null;
  /** Calls a peer; milliseconds, null when nothing came back. */
  call(origin: string): Promise<number | null>;
}

/** A peer's service endpoint, called once; what it answers is not looked at. */
export async function callPeer(origin: string): Promise<number | null> {
  const startedMs = performance.now();
  try {
    const response = await fetch(`${origin}/v1/health`, {
      redirect: 'error',
      signal: AbortSignal.timeout(PEER_MS_MAX),
    });
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > ANSWER_BYTES_MAX) return null;
    }
    return response.ok ? performance.now() - startedMs : null;
  } catch {
    return null;
  }
}

/** Two of them, other ones as the ledger grows: who they are follows from the height, so that all are measured in turn and nobody chooses friends. */
export function peersAt(height: number, peers: readonly Peer[], ownAddress: string): Peer[] {
  const others = peers.filter(({ address }) => address !== ownAddress);
  const count = Math.min(PEERS_MAX, others.length);
  // The smallest count of steps between two of them that reaches everybody in turn.
  return Array.from({ length: count }, (_, index) => others[(height + index) % others.length]).filter(
    (peer) => peer !== undefined,
  );
}

/** How this node is, by Node's own means. What cannot be measured is absent. */
export class NodeSample {
  readonly #parts: SampleParts;
  readonly #loop = monitorEventLoopDelay({ resolution: LOOP_RESOLUTION_MS });
  readonly #version = softwareVersion();
  readonly #portal = new Way();
  readonly #peers = new Map<string, Way>();
  #measured: string[] = [];
  #cpu = process.cpuUsage();
  #cpuAtMs = performance.now();
  #clockOffsetMs: number | undefined;
  #carried: { readonly bytes: number; readonly orders: number; readonly atMs: number };

  constructor(parts: SampleParts) {
    this.#parts = parts;
    this.#carried = { bytes: 0, orders: 0, atMs: performance.now() };
    this.#loop.enable();
  }

  close(): void {
    this.#loop.disable();
  }

  /** The figures of this moment; those that are of a time begin anew. */
  async take(): Promise<Record<string, unknown>> {
    const { height, takeRefusals } = this.#parts;
    const orders = this.#parts.orders();
    const { roundTripMs, lossPermille } = this.#portal;
    return {
      version: this.#version,
      ...presentOf({ height: height() ?? undefined, clockOffsetMs: this.#clockOffsetMs, roundTripMs, lossPermille }),
      ...presentOf({ diskFreeMib: await diskFreeMib(this.#parts.home) }),
      ...this.#machine(),
      orders,
      ...presentOf({ carriedBytesPerS: this.#carriedBytesPerS(orders) }),
      ...slotFigures(this.#parts.slots()),
      refusals: takeRefusals(),
      peers: this.#measured.map((address) => {
        const way = this.#peers.get(address);
        return { address, ...presentOf({ roundTripMs: way?.roundTripMs }), lossPermille: way?.lossPermille ?? 1_000 };
      }),
    };
  }

  #machine(): Record<string, number> {
    const atMs = performance.now();
    const { user, system } = process.cpuUsage(this.#cpu);
    const wallMs = atMs - this.#cpuAtMs;
    this.#cpu = process.cpuUsage();
    this.#cpuAtMs = atMs;
    const loopDelayMs =
      this.#loop.count === 0 ? undefined : this.#loop.percentile(99) / NANOSECONDS_PER_MS - LOOP_RESOLUTION_MS;
    this.#loop.reset();
    return {
      // Microseconds of processor time for each millisecond: of one core, in thousandths.
      ...presentOf({ cpuPermille: wallMs < 1 ? undefined : Math.round((user + system) / wallMs) }),
      memoryMib: Math.round(process.memoryUsage.rss() / MIB),
      memoryMaxMib: memoryMaxMib(),
      ...presentOf({
        loopDelayMs: loopDelayMs === undefined ? undefined : Math.max(0, inTenths(loopDelayMs)),
      }),
    };
  }

  /** Over the time since the sample before. Undefined where no order was there at its beginning or end and nothing passed: nothing could be carried. */
  #carriedBytesPerS(orders: number): number | undefined {
    const before = this.#carried;
    const now = { bytes: this.#parts.carriedBytes(), orders, atMs: performance.now() };
    this.#carried = now;
    const [bytes, ms] = [now.bytes - before.bytes, now.atMs - before.atMs];
    if ((bytes === 0 && orders === 0 && before.orders === 0) || ms < 1) return undefined;
    return Math.min(BYTES_PER_S_MAX, Math.round((bytes * 1_000) / ms));
  }

  /** What a heartbeat brought; null when nothing came back. */
  heard(call: { sentAtMs: number; roundTripMs: number | null }, answer: z.infer<typeof heartbeatAnswer> | null): void {
    const { sentAtMs, roundTripMs } = call;
    this.#portal.add(roundTripMs);
    if (answer !== null && roundTripMs !== null)
      this.#clockOffsetMs = clockOffsetMs({ sentAtMs, roundTripMs }, answer.serverTimeMs);
  }

  /** Measures the way to two peers. */
  async measure({ height, peers }: z.infer<typeof heartbeatAnswer>): Promise<void> {
    const chosen = peersAt(height, peers, this.#parts.address);
    const calls = await Promise.all(chosen.map(({ origin }) => this.#parts.call(origin)));
    chosen.forEach(({ address }, index) => {
      const way = this.#peers.get(address) ?? new Way();
      // The least recently measured one makes room.
      this.#peers.delete(address);
      if (this.#peers.size >= PEERS_KNOWN_MAX) this.#peers.delete(this.#peers.keys().next().value ?? '');
      this.#peers.set(address, way);
      way.add(calls[index] ?? null);
    });
    this.#measured = chosen.map(({ address }) => address);
  }
}

function slotFigures(count: SlotCount | null): Record<string, number> {
  return count === null ? {} : { slots: count.slots, slotsBusy: count.busy, runsWaiting: count.waiting };
}

function presentOf(figures: Readonly<Record<string, number | undefined>>): Record<string, number> {
  return Object.fromEntries(
    Object.entries(figures).filter(
      (entry): entry is [string, number] => entry[1] !== undefined && Number.isFinite(entry[1]),
    ),
  );
}

/** The bound of the container, where there is one, else the machine's memory. */
function memoryMaxMib(): number {
  const bound = process.constrainedMemory();
  return Math.round((bound > 0 && bound < totalmem() ? bound : totalmem()) / MIB);
}

async function diskFreeMib(folder: string): Promise<number | undefined> {
  try {
    const { bavail, bsize } = await statfs(folder);
    return Math.min(2_147_483_647, Math.floor((bavail * bsize) / MIB));
  } catch {
    return undefined;
  }
}
