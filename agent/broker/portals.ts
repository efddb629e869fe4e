import { checkNetwork } from '#agent/customer/purchase.ts';
import type { AgentKey } from '#agent/key.ts';
import { PortalClient } from '#agent/portal-client.ts';
import { medianOf, probePortal } from '#agent/round-trip.ts';
import { toHex } from '#ledger/core/bytes.ts';

const PROBES = 3;

/** A node provider's portal, and how far it was when it was last measured. */
export interface PortalState {
  readonly origin: string;
  /** Account of the node provider whose it is. */
  readonly nodeProvider: number;
  readonly client: PortalClient;
  /** Median of the round trips that were measured; null while it is away. */
  readonly roundTripMs: number | null;
  /** It answers, but says itself that its ledger or its pages are behind. */
  readonly isDegraded: boolean;
  readonly measuredAtMs: number | null;
  /** Why it is not used; '' when it is. */
  readonly trouble: string;
}

/**
 * The node providers that the broker may go through, nearest first by measured round trip [8.4.2-e]. A portal that answers fewer than two of
 * three probes, or serves another network, is away until the next round.
 */
export class Portals {
  #states: readonly PortalState[];
  readonly #network: Uint8Array;
  readonly #nowMs: () => number;

  constructor(
    configured: readonly { readonly portal: string; readonly account: number }[],
    of: { readonly network: Uint8Array; readonly key: AgentKey; readonly nowMs: () => number },
  ) {
    this.#network = of.network;
    this.#nowMs = of.nowMs;
    const network = toHex(of.network);
    this.#states = configured.map(({ portal, account }) => ({
      origin: portal,
      nodeProvider: account,
      client: new PortalClient(portal, { network, key: of.key }),
      roundTripMs: null,
      isDegraded: false,
      measuredAtMs: null,
      trouble: 'not measured yet',
    }));
  }

  /** Nearest first; what says that it is behind after what does not, what is away last and as configured. */
  get nearestFirst(): readonly PortalState[] {
    return this.#states.toSorted(
      (left, right) =>
        (left.roundTripMs === null ? 1 : 0) - (right.roundTripMs === null ? 1 : 0) ||
        Number(left.isDegraded) - Number(right.isDegraded) ||
        (left.roundTripMs ?? 0) - (right.roundTripMs ?? 0),
    );
  }

  /** Three probes of each, all portals at once. */
  async measure(signal: AbortSignal): Promise<void> {
    const measured = await Promise.all(this.#states.map((state) => this.#measureOne(state, signal)));
    // A round that was broken off says nothing about anybody.
    if (!signal.aborted) this.#states = measured;
  }

  async #measureOne(state: PortalState, signal: AbortSignal): Promise<PortalState> {
    // Unsigned: what is measured is the way, not the work of a signature.
    const probe = new PortalClient(state.origin, { network: toHex(this.#network), key: null });
    const { times, body, trouble } = await probePortal(probe, { count: PROBES, signal });
    const isDegraded = times.length > 0 && (body as { status?: unknown } | null)?.status !== 'ok';
    const measuredAtMs = this.#nowMs();
    if (times.length * 2 <= PROBES) return { ...state, roundTripMs: null, isDegraded, measuredAtMs, trouble };
    const same = await checkNetwork(probe, this.#network);
    if (!same.ok) return { ...state, roundTripMs: null, isDegraded, measuredAtMs, trouble: same.sentence };
    return { ...state, roundTripMs: medianOf(times), isDegraded, measuredAtMs, trouble: '' };
  }
}
