import { z } from 'zod';
import { reasonOf } from '#agent/outcome.ts';
import { inTenths } from '#agent/way.ts';

const ANSWER_MS_MAX = 5_000;
const ANSWER_BYTES_MAX = 1024 * 1024;
const MIB = 1024 * 1024;
/** What Node's monitor of the event loop adds to each delay: it looks every 10 ms. */
const LOOP_RESOLUTION_MS = 10;

/** One look at what a portal tells of itself. What it does not tell is undefined. */
export interface PortalReading {
  readonly version: string | undefined;
  readonly height: number | undefined;
  readonly lag: number | undefined;
  readonly cpuSeconds: number | undefined;
  readonly memoryMib: number | undefined;
  readonly loopDelayMs: number | undefined;
  /** When its process began: another process counts from 0 again. */
  readonly startedAtSeconds: number | undefined;
  readonly atMs: number;
}

const version = z.string().regex(/^[\w.+-]{1,40}$/);

/** The value of a line without labels in Prometheus' text format; undefined where there is none, or where it is no number of 0 and more. */
function valueIn(lines: readonly string[], name: string): number | undefined {
  const line = lines.find((each) => each.startsWith(`${name} `));
  const value = line === undefined ? Number.NaN : Number(line.slice(name.length + 1));
  return Number.isFinite(value) && value >= 0 ? value : undefined;
}

/** Reads what a portal tells Prometheus. */
export function readingOf(text: string, atMs: number): PortalReading {
  const lines = text.split('\n');
  const value = (name: string): number | undefined => valueIn(lines, name);
  const [, named] = /^interpool_portal_info\{version="([^"\\]*)"\} 1$/m.exec(text) ?? [];
  const memory = value('process_resident_memory_bytes');
  const delay = value('nodejs_eventloop_lag_p99_seconds');
  return {
    version: version.safeParse(named).data,
    height: value('interpool_portal_height'),
    lag: value('interpool_portal_blocks_behind'),
    cpuSeconds: value('process_cpu_seconds_total'),
    memoryMib: memory === undefined ? undefined : Math.round(memory / MIB),
    loopDelayMs: delay === undefined ? undefined : Math.max(0, inTenths(delay * 1_000 - LOOP_RESOLUTION_MS)),
    startedAtSeconds: value('process_start_time_seconds'),
    atMs,
  };
}

/** Processor time between two readings of one process, of one core, in thousandths; undefined where that is nobody's figure. */
export function cpuPermilleOf(before: PortalReading | undefined, now: PortalReading): number | undefined {
  if (before === undefined || before.startedAtSeconds !== now.startedAtSeconds) return undefined;
  const wallMs = now.atMs - before.atMs;
  if (before.cpuSeconds === undefined || now.cpuSeconds === undefined || wallMs < 1) return undefined;
  return Math.max(0, Math.round(((now.cpuSeconds - before.cpuSeconds) * 1_000_000) / wallMs));
}

/** Asks the portal for its figures; throws a sentence where it tells none: who does not answer here is not heard there. */
export async function readPortal(url: string, atMs: number): Promise<PortalReading> {
  try {
    const response = await fetch(url, { redirect: 'error', signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    const text = await response.text();
    if (!response.ok) throw new Error(`it answered ${response.status}`);
    if (text.length > ANSWER_BYTES_MAX) throw new Error('its answer is too long');
    if (!text.includes('interpool_portal_')) throw new Error('what answers there is no portal');
    return readingOf(text, atMs);
  } catch (error) {
    throw new Error(`The portal’s figures at ${url} cannot be read, so no heartbeat is sent: ${reasonOf(error)}.`, {
      cause: error,
    });
  }
}
