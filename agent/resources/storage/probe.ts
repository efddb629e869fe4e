import { randomBytes } from 'node:crypto';
import { open, rm } from 'node:fs/promises';
import { join } from 'node:path';

const PROBE_BYTES = 1024 * 1024;
/** A probe that is older than this says nothing about now. */
const FRESH_MS = 60_000;

/** Writes one mebibyte through to the disk and reads it back; bytes per second of both together. */
export async function measureThroughput(folder: string): Promise<number> {
  const path = join(folder, `.probe-${randomBytes(8).toString('hex')}`);
  const bytes = randomBytes(PROBE_BYTES);
  const begunAt = performance.now();
  const file = await open(path, 'wx+', 0o600);
  try {
    await file.writeFile(bytes);
    await file.sync();
    const read = Buffer.alloc(PROBE_BYTES);
    await file.read(read, 0, PROBE_BYTES, 0);
    if (!read.equals(bytes)) throw new Error(`the disk of ${folder} gives back other bytes than it took`);
  } finally {
    await file.close();
    await rm(path, { force: true });
  }
  return Math.round((2 * PROBE_BYTES * 1_000) / (performance.now() - begunAt));
}

/** The newest throughput of each folder, measured when somebody asks for it; what cannot be measured is 0. */
export class Probes {
  readonly #log: (sentence: string) => void;
  readonly #found = new Map<string, { readonly atMs: number; readonly bytesPerS: number }>();
  readonly #running = new Set<string>();

  constructor(log: (sentence: string) => void) {
    this.#log = log;
  }

  /** The newest measure that is fresh; begins another one for the next asking. */
  take(folder: string): number {
    this.#begin(folder);
    const found = this.#found.get(folder);
    return found === undefined || performance.now() - found.atMs > FRESH_MS ? 0 : found.bytesPerS;
  }

  /** Measures now, so that the first asking has something. */
  async warm(folder: string): Promise<void> {
    try {
      this.#found.set(folder, { bytesPerS: await measureThroughput(folder), atMs: performance.now() });
    } catch (error) {
      this.#found.delete(folder);
      this.#log(`The store in ${folder} cannot be probed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #begin(folder: string): void {
    if (this.#running.has(folder)) return;
    this.#running.add(folder);
    void this.warm(folder).finally(() => this.#running.delete(folder));
  }
}
