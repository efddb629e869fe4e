import type { LineDto } from './proximity.ts';

/** One try of a user node through its relay. */
export interface Try {
  /** Until the relay was reached; null for a try that found no answer. */
  readonly reachedMs: number | null;
  /** What came from the target, and in how long. */
  readonly bytes: number;
  readonly ms: number;
}

/** Fewer say nothing about a line. */
export const TRIES_MIN = 5;
/** With fewer bytes the time is that of the first answer, and no throughput. */
const BYTES_MIN = 50_000;
const PER_MILLE = 1_000;

/** How a line was by these tries: the median round trip, how far round trips lie from it on average, the fastest transfer, the tries without an answer. undefined for too few. */
export function lineOfTries(tries: readonly Try[]): LineDto | undefined {
  const reached = tries.flatMap(({ reachedMs }) => (reachedMs === null ? [] : [reachedMs])).toSorted((a, b) => a - b);
  const median = reached[reached.length >> 1];
  if (tries.length < TRIES_MIN || median === undefined) return undefined;
  const away = reached.reduce((sum, ms) => sum + Math.abs(ms - median), 0) / reached.length;
  const rates = tries.flatMap(({ bytes, ms }) => (bytes < BYTES_MIN || ms <= 0 ? [] : [(bytes * 1_000) / ms]));
  return {
    roundTripMs: Math.max(1, Math.round(median)),
    jitterMs: Math.round(away),
    bytesPerS: Math.round(Math.max(0, ...rates)),
    lossPerMille: Math.ceil(((tries.length - reached.length) * PER_MILLE) / tries.length),
  };
}

/** What `curl` writes of each try: seconds until the relay was reached, until the first byte, until the last, bytes, and the status of HTTP. */
export const CURL_WRITES = '%{time_connect} %{time_starttransfer} %{time_total} %{size_download} %{http_code}\\n';

/** Tries out of what was pasted; other lines, such as curl's own words about a failure, say nothing. */
export function triesOf(pasted: string): Try[] {
  return pasted.split('\n').flatMap((line) => {
    const match = /^\s*(\d+[.,]\d+) (\d+[.,]\d+) (\d+[.,]\d+) (\d+) (\d{3})\s*$/.exec(line);
    if (match === null) return [];
    const [connected = 0, first = 0, total = 0] = match
      .slice(1, 4)
      .map((text) => Number(text.replace(',', '.')) * 1_000);
    const isAnswered = match[5] !== '000' && connected > 0;
    return [{ reachedMs: isAnswered ? connected : null, bytes: Number(match[4]), ms: total - first }];
  });
}
