import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);
const LOOK_MS_MAX = 5_000;
const OUTPUT_BYTES_MAX = 16 * 1024 ** 2;

/** What the system has counted of one TCP connection since it was opened, as it looks now. */
export interface SocketFigures {
  /** Smoothed round trip and how far round trips lie apart, in ms (RFC 6298: SRTT, RTTVAR). */
  readonly roundTripMs: number;
  readonly jitterMs: number;
  /** Segments with data that were sent, and how many of them again. */
  readonly segments: number;
  readonly sentAgain: number;
}

/**
 * Every connection that stands at a port of this machine, by the other side's port: what `ss` (iproute2) reads from the kernel. undefined where
 * there is no such program, or it says nothing in time.
 */
export async function readSockets(port: number): Promise<Map<number, SocketFigures> | undefined> {
  const args = ['-HtinO', 'state', 'established', 'sport', '=', `:${port}`];
  try {
    const { stdout } = await run('ss', args, { timeout: LOOK_MS_MAX, maxBuffer: OUTPUT_BYTES_MAX });
    return parseSockets(stdout);
  } catch {
    return undefined;
  }
}

/** Lines of `ss -HtinO`; one without a round trip, on which nothing has passed yet, is left out. */
export function parseSockets(output: string): Map<number, SocketFigures> {
  const found = new Map<number, SocketFigures>();
  for (const line of output.split('\n')) {
    const [, , , peer = ''] = line.trim().split(/\s+/);
    const port = Number(/:(\d+)$/.exec(peer)?.[1]);
    const [, roundTrip, jitter] = /\brtt:([\d.]+)\/([\d.]+)/.exec(line) ?? [];
    if (!Number.isInteger(port) || roundTrip === undefined || jitter === undefined) continue;
    found.set(port, {
      roundTripMs: Number(roundTrip),
      jitterMs: Number(jitter),
      segments: countIn(line, /\bdata_segs_out:(\d+)/),
      // `retrans:now/all`; absent while nothing was sent again.
      sentAgain: countIn(line, /\bretrans:\d+\/(\d+)/),
    });
  }
  return found;
}

function countIn(line: string, pattern: RegExp): number {
  return Number(pattern.exec(line)?.[1] ?? 0);
}
