import { hasPort, readPorts, readRelay, readRelayWays, relayTerms } from '#ledger/contracts/kinds/connection.ts';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { TokenBucket } from '#agent/relay/bucket.ts';
import { dial, realNetwork, type Dialled, type Network, type Rules } from '#agent/relay/dial.ts';
import type { Line } from '#agent/relay/door.ts';
import { LineWatch } from '#agent/relay/line-figures.ts';
import { probeRelay, targetOf, type Probed } from '#agent/relay/probe.ts';
import type { Target } from '#agent/relay/target.ts';
import {
  KindRefusal,
  type Amounts,
  type KindAnswer,
  type Lines,
  type OpenKind,
  type OrderTerms,
  type PublishedResource,
  type Span,
  type TestedSource,
} from '#agent/resources/kind.ts';
import { Attempts, LineProbes } from './quality.ts';
import type { ConnectionConfig, RelayConfig } from './section.ts';

const ROUND_TRIP = 'roundTripMs';
const THROUGHPUT = 'probeBytesPerS';
const FAILED = 'failedPerMille';
/** Largest throughput that a claim can say. */
const BYTES_PER_S_MAX = 2 ** 32 - 1;
/** Held meters, as the orders of one relay share them. */
const HELD = ['connections', 'downBytesPerS', 'upBytesPerS'] as const;

export interface ConnectionParts {
  log(sentence: string): void;
  /** Absent: this machine's own. */
  readonly network?: Network;
  readonly nowMs?: () => number;
}

/** The relays of one agent: each order of theirs has its rate both ways and its number of connections. */
export class ConnectionService implements OpenKind {
  readonly #config: ConnectionConfig;
  readonly #relays: ReadonlyMap<string, RelayConfig>;
  readonly #network: Network;
  readonly #nowMs: () => number;
  readonly #log: (sentence: string) => void;
  readonly #paces = new Map<number, Line['pace']>();
  readonly #attempts = new Attempts();
  readonly #probes = new Map<string, LineProbes>();
  readonly #watch: LineWatch;
  readonly lines: Lines;

  constructor(config: ConnectionConfig, parts: ConnectionParts) {
    this.#config = config;
    this.#relays = new Map(config.relays.map((relay) => [relay.id, relay]));
    this.#network = parts.network ?? realNetwork;
    this.#nowMs = parts.nowMs ?? Date.now;
    this.#log = (sentence) => parts.log(sentence);
    this.#watch = new LineWatch({ port: () => config.listen.port });
    this.lines = {
      listen: config.listen,
      atOnceMeter: 'connections',
      meters: { down: 'bytes', up: 'bytesIn' },
      idleMs: config.idleMs,
      paceOf: (order) => this.#paceOf(order),
      open: (order, target, signal) => this.#open(order, target, signal),
      watch: ({ agreement }, socket) => this.#watch.watch(agreement, socket),
      passed: ({ agreement }, bytes) => this.#watch.passed(agreement, bytes),
      figuresOf: (agreement) => this.#watch.figuresOf(agreement),
      forgetFigures: (agreement) => this.#watch.forget(agreement),
    };
  }

  async readAll(): Promise<void> {
    for (const { id } of this.#relays.values()) {
      const tested = await this.test(id);
      this.#log(tested.ok ? tested.value.sentence : tested.sentence);
    }
  }

  /** With what was published the line is not measured anew: nothing is compared by that, and a target that is away for a moment takes no listing off. */
  async test(sourceId: string, published?: PublishedResource): Promise<Outcome<TestedSource>> {
    const relay = this.#relays.get(sourceId);
    if (relay === undefined) return failed(`This agent has no relay ${JSON.stringify(sourceId.slice(0, 48))}.`);
    const then = published === undefined ? undefined : readRelay(published.attributes);
    try {
      const measured: Probed =
        then === undefined
          ? await this.#probe(relay)
          : { roundTripMs: Number(then.roundTripMs), bytesPerS: Number(then.probeBytesPerS) };
      const { connections, downBytesPerS, upBytesPerS, ports, region, place } = relay;
      const { roundTripMs } = measured;
      const bytesPerS = Math.min(measured.bytesPerS, BYTES_PER_S_MAX);
      const attributes = relayTerms({
        connections: BigInt(connections),
        downBytesPerS: BigInt(downBytesPerS),
        upBytesPerS: BigInt(upBytesPerS),
        ports,
        region,
        ...(place === undefined ? {} : { place }),
        probeBytesPerS: BigInt(bytesPerS),
        roundTripMs: BigInt(roundTripMs),
      });
      const preview = [
        {
          Target: relay.probeUrl.href,
          'Round trip through the relay in ms': String(roundTripMs),
          'Bytes a second through the relay': String(bytesPerS),
        },
      ];
      const sentence = `Relay ${sourceId}: ${roundTripMs} ms and ${bytesPerS} bytes a second to ${relay.probeUrl.host}.`;
      return done({ attributes, preview, sentence });
    } catch (error) {
      return failed(
        `The relay ${sourceId} did not reach ${relay.probeUrl.href}, which its probe fetches: ${reasonOf(error)}`,
      );
    }
  }

  sample(): TestedSource['preview'] {
    return [];
  }

  openResource({ sourceId, attributes }: PublishedResource): Promise<Outcome<null>> {
    const relay = this.#relays.get(sourceId);
    const published = readRelay(attributes);
    if (relay === undefined || published === undefined)
      return Promise.resolve(failed(`The config file has no relay ${sourceId} any more.`));
    const less = HELD.find((meter) => BigInt(relay[meter]) < published[meter]);
    if (less === undefined) return Promise.resolve(done(null));
    const sentence = `The relay ${sourceId} was published with ${published[less]} of ${less} and has ${relay[less]}.`;
    return Promise.resolve(failed(sentence));
  }

  isOpen({ sourceId }: PublishedResource): boolean {
    return this.#relays.has(sourceId);
  }

  async prepare(
    order: OrderTerms,
    _resource: PublishedResource,
    beside: readonly OrderTerms[],
  ): Promise<Outcome<null>> {
    const relay = this.#relays.get(order.sourceId);
    if (relay === undefined) return failed(`the config file has no relay ${order.sourceId} any more`);
    for (const meter of HELD) {
      const promised = [...beside, order].reduce((sum, { amounts }) => sum + (amounts[meter] ?? 0), 0);
      if (promised > relay[meter])
        return failed(
          `the relay ${order.sourceId} has ${relay[meter]} of ${meter}, and with this order ${promised} would be promised`,
        );
    }
    if (isPromised(order, ROUND_TRIP) || isPromised(order, THROUGHPUT)) await this.#probesOf(relay).warm();
    return done(null);
  }

  describe(): Readonly<Record<string, unknown>> {
    return { relay: this.#config.publicAddress };
  }

  serve(): Promise<KindAnswer> {
    const sentence = `This order is used by connections at ${this.#config.publicAddress}, by SOCKS5 or HTTP CONNECT; there is nothing to call here.`;
    return Promise.reject(new KindRefusal({ status: 404, reason: 'not-found', sentence }));
  }

  answered(): void {
    // Nothing is promised of calls: there are none but those that ask how an order stands.
  }

  measure(order: OrderTerms, interval: Span): Amounts {
    const relay = this.#relays.get(order.sourceId);
    const isProbed = isPromised(order, ROUND_TRIP) || isPromised(order, THROUGHPUT);
    const probed = isProbed && relay !== undefined ? this.#probesOf(relay).take() : undefined;
    return {
      ...(isPromised(order, FAILED) ? { [FAILED]: this.#attempts.takeFailed(order.agreement, interval) } : {}),
      ...(probed !== undefined && isPromised(order, ROUND_TRIP) ? { [ROUND_TRIP]: probed.roundTripMs } : {}),
      ...(probed !== undefined && isPromised(order, THROUGHPUT)
        ? { [THROUGHPUT]: Math.min(probed.bytesPerS, BYTES_PER_S_MAX) }
        : {}),
    };
  }

  release({ agreement }: OrderTerms): Promise<Outcome<null>> {
    this.#paces.delete(agreement);
    this.#attempts.forget(agreement);
    return Promise.resolve(done(null));
  }

  close(): void {
    this.#watch.close();
    this.#paces.clear();
  }

  async #open(order: OrderTerms, target: Target, signal: AbortSignal): Promise<Dialled> {
    const relay = this.#relays.get(order.sourceId);
    if (relay === undefined) throw new Error(`the config file has no relay ${order.sourceId} any more`);
    const shared = readRelayWays(order.ways) ?? [];
    const rules: Rules = {
      ...this.#config,
      hasPort: (port) => hasPort(shared, port) && hasPort(readPorts(relay.ports) ?? [], port),
    };
    const dialled = await dial(target, { rules, network: this.#network, signal });
    // What was cut by its own customer, or by the end, failed for nobody's fault.
    if (isPromised(order, FAILED) && !signal.aborted)
      this.#attempts.add(order.agreement, {
        atMs: this.#nowMs(),
        isOwnFailure: !dialled.ok && dialled.isOwnFailure,
      });
    return dialled;
  }

  #paceOf({ agreement, amounts }: OrderTerms): Line['pace'] {
    const known = this.#paces.get(agreement);
    if (known !== undefined) return known;
    const pace = {
      down: new TokenBucket(amounts['downBytesPerS'] ?? 1),
      up: new TokenBucket(amounts['upBytesPerS'] ?? 1),
    };
    this.#paces.set(agreement, pace);
    return pace;
  }

  #probesOf(relay: RelayConfig): LineProbes {
    const known = this.#probes.get(relay.id);
    if (known !== undefined) return known;
    const probes = new LineProbes({ probe: () => this.#probe(relay), log: this.#log });
    this.#probes.set(relay.id, probes);
    return probes;
  }

  /** The target of a probe is the provider's own choice: it is reached wherever it lies, and by nothing but a probe. */
  #probe(relay: RelayConfig): Promise<Probed> {
    const { probeUrl, downBytesPerS, upBytesPerS } = relay;
    const { port: wanted } = targetOf(probeUrl);
    const rules: Rules = { hasPort: (port) => port === wanted, isAllowed: () => true, isRefused: () => false };
    return probeRelay({ url: probeUrl, rules, network: this.#network, pace: { downBytesPerS, upBytesPerS } });
  }
}

function isPromised({ promise }: OrderTerms, meter: string): boolean {
  return promise.some((promised) => promised.meter === meter);
}
