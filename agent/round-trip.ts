import { performance } from 'node:perf_hooks';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { done, failed, type Outcome } from './outcome.ts';
import { PortalClient } from './portal-client.ts';

/** Small, public, and answered whatever else of the portal is away. */
const HEALTH = '/api/v1/health';
const PROBE_MS_MAX = 5_000;
const PROBES = 5;

/** Milliseconds from some beginning; a test brings its own. */
type Stopwatch = () => number;

const stopwatch: Stopwatch = () => performance.now();

export interface Probed {
  /** Milliseconds from the request to the whole of its answer, of every probe that was answered. */
  readonly times: readonly number[];
  /** What the last answer said; null when there was none. */
  readonly body: unknown;
  /** Why a probe had no answer; '' when all had one. */
  readonly trouble: string;
}

/** Asks for the portal's health so many times, one after another, each for five seconds at most. */
export async function probePortal(
  client: Pick<PortalClient, 'get'>,
  { count, signal, clockMs = stopwatch }: { count: number; signal?: AbortSignal; clockMs?: Stopwatch },
): Promise<Probed> {
  const times: number[] = [];
  let body: unknown = null;
  let trouble = '';
  for (let index = 0; index < count && signal?.aborted !== true; index += 1) {
    // Without it the connection of the answer before counts as taken still, and another one would be opened and measured.
    await nextTurn();
    const within = AbortSignal.any([...(signal ? [signal] : []), AbortSignal.timeout(PROBE_MS_MAX)]);
    const sentAtMs = clockMs();
    const reply = await client.get(HEALTH, { signal: within });
    if (reply.kind === 'done') {
      times.push(clockMs() - sentAtMs);
      body = reply.body;
    } else trouble = reply.sentence;
  }
  return { times, body, trouble };
}

/** Of two the larger one: half of the probes came back sooner or as soon. */
export function medianOf(times: readonly number[]): number {
  return times.toSorted((left, right) => left - right)[times.length >> 1] ?? 0;
}

/**
 * Whole ms, at least 1, from this machine to the portal and back: the median of five requests over a connection that another one before
 * them opened. A sentence when more than two of them have no answer.
 */
export async function measureRoundTrip(portal: string, clockMs: Stopwatch = stopwatch): Promise<Outcome<number>> {
  // Unsigned: what is measured is the way, not the work of a signature.
  const client = new PortalClient(portal, { network: '', key: null });
  const opening = await probePortal(client, { count: 1, clockMs });
  const { times, trouble } =
    opening.times.length === 0 ? opening : await probePortal(client, { count: PROBES, clockMs });
  if (times.length * 2 <= PROBES) return failed(`The round trip to the portal could not be measured. ${trouble}`);
  return done(Math.max(1, Math.round(medianOf(times))));
}
