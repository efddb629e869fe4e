// Runs inside the sandbox, with nothing but its standard streams: compiles one module, then runs it afresh for every input it is given.
import { writeSync } from 'node:fs';
import { Fd, File, OpenFile, WASI, WASIProcExit } from '@bjorn3/browser_wasi_shim';
import { encodeFrame, FrameReader, type Frame } from './frames.ts';
import type { FromHost, ToHost } from './messages.ts';

const FRAME_BYTES_MAX = 80 * 1024 * 1024;
/** What programs take for the time: 1 January 2020, so that the same input gives the same output. In ns. */
const CLOCK_NS = 1_577_836_800_000_000_000n;
/** Every look at the clock finds it so much later, so that nobody who waits for it waits for ever. In ns. */
const CLOCK_STEP_NS = 1_000_000n;
const ERRNO_SUCCESS = 0;
const SUBSCRIPTION_BYTES = 48;
const EVENT_BYTES = 32;

/** The program wrote more than was agreed. */
class OutputFlood extends Error {}

/** A stream that a program writes to. What a flood leaves is kept up to the bound; of the error stream the rest is dropped without an end. */
class Collected extends Fd {
  readonly #chunks: Uint8Array[] = [];
  readonly #bytesMax: number;
  readonly #isCut: boolean;
  bytes = 0;

  constructor(bytesMax: number, { isCut }: { isCut: boolean }) {
    super();
    this.#bytesMax = bytesMax;
    this.#isCut = isCut;
  }

  override fd_write(data: Uint8Array): { ret: number; nwritten: number } {
    const room = this.#bytesMax - this.bytes;
    const kept = data.slice(0, Math.max(0, room));
    this.#chunks.push(kept);
    this.bytes += kept.length;
    if (data.length > room && !this.#isCut) throw new OutputFlood();
    return { ret: ERRNO_SUCCESS, nwritten: data.length };
  }

  taken(): Uint8Array {
    return Buffer.concat(this.#chunks);
  }
}

/** Deterministic bytes for `random_get`: xorshift128 (Marsaglia 2003), seeded with four words. Not for secrets, and none are in here. */
function randomBytes(seed: readonly number[]): (into: Uint8Array) => void {
  let [x = 1, y = 2, z = 3, w = 4] = seed.map((word) => word >>> 0);
  return (into) => {
    for (let index = 0; index < into.length; index += 1) {
      const t = (x ^ (x << 11)) >>> 0;
      [x, y, z] = [y, z, w];
      w = (w ^ (w >>> 19) ^ t ^ (t >>> 8)) >>> 0;
      into[index] = w & 0xff;
    }
  };
}

type Imports = Record<string, (...args: never[]) => unknown>;

/** The library's functions, but for time and chance, which are the same in every run. */
function reproducible(imports: Imports, memory: () => ArrayBuffer, seed: readonly number[]): Imports {
  let nowNs = CLOCK_NS;
  const random = randomBytes(seed);
  return {
    ...imports,
    clock_time_get: (_id: number, _precision: bigint, at: number) => {
      nowNs += CLOCK_STEP_NS;
      new DataView(memory()).setBigUint64(at, nowNs, true);
      return ERRNO_SUCCESS;
    },
    random_get: (at: number, length: number) => {
      random(new Uint8Array(memory(), at, length));
      return ERRNO_SUCCESS;
    },
    // Whoever waits is told at once that all it waited for has happened.
    poll_oneoff: (subscriptions: number, events: number, count: number, countAt: number) => {
      const view = new DataView(memory());
      for (let index = 0; index < count; index += 1) {
        const from = subscriptions + index * SUBSCRIPTION_BYTES;
        const to = events + index * EVENT_BYTES;
        new Uint8Array(memory(), to, EVENT_BYTES).fill(0);
        view.setBigUint64(to, view.getBigUint64(from, true), true);
        view.setUint8(to + 10, view.getUint8(from + 8));
        if (view.getUint8(from + 8) === 0) nowNs += view.getBigUint64(from + 24, true) % 1_000_000_000_000n;
      }
      view.setUint32(countAt, count, true);
      return ERRNO_SUCCESS;
    },
  } as Imports;
}

function run(module: WebAssembly.Module, message: Extract<ToHost, { kind: 'run' }>, input: Uint8Array): void {
  const stdout = new Collected(message.stdoutBytesMax, { isCut: false });
  const stderr = new Collected(message.stderrBytesMax, { isCut: true });
  const streams = [new OpenFile(new File(input)), stdout, stderr];
  const wasi = new WASI([...message.args], [], streams, { debug: false });
  const memory = (): ArrayBuffer => (wasi.inst.exports as { memory: { buffer: ArrayBuffer } }).memory.buffer;
  const before = process.cpuUsage();
  const outcome = ((): Pick<Extract<FromHost, { kind: 'ran' }>, 'outcome' | 'exitCode' | 'reason'> => {
    try {
      const imports = reproducible(wasi.wasiImport as Imports, memory, message.seed);
      const instance = new WebAssembly.Instance(module, {
        wasi_snapshot_preview1: imports as WebAssembly.ModuleImports,
      });
      const exitCode = wasi.start(instance as never);
      return { outcome: 'exited', exitCode, reason: '' };
    } catch (error) {
      if (error instanceof WASIProcExit) return { outcome: 'exited', exitCode: error.code, reason: '' };
      if (error instanceof OutputFlood) return { outcome: 'flooded', exitCode: null, reason: '' };
      const reason = error instanceof Error ? error.message : String(error);
      return { outcome: 'trapped', exitCode: null, reason: reason.slice(0, 200) };
    }
  })();
  const used = process.cpuUsage(before);
  const head: FromHost = {
    kind: 'ran',
    ...outcome,
    cpuMs: (used.user + used.system) / 1_000,
    stdoutBytes: stdout.bytes,
  };
  send(head, stdout.taken(), stderr.taken());
}

function send(head: FromHost, ...parts: readonly Uint8Array[]): void {
  const frame = encodeFrame(head, ...parts);
  let at = 0;
  while (at < frame.length) at += writeSync(1, frame, at);
}

let compiled: WebAssembly.Module | undefined;

function take({ head, bytes }: Frame): void {
  const message = head as ToHost;
  if (message.kind === 'run') {
    if (compiled === undefined) throw new Error('a run came before its module');
    run(compiled, message, bytes);
    return;
  }
  try {
    compiled = new WebAssembly.Module(bytes as Uint8Array<ArrayBuffer>);
    send({ kind: 'ready' });
  } catch (error) {
    send({ kind: 'refused', reason: (error instanceof Error ? error.message : String(error)).slice(0, 200) });
  }
}

const reader = new FrameReader(FRAME_BYTES_MAX);
process.stdin.on('data', (chunk: Buffer) => {
  for (const frame of reader.push(chunk)) take(frame);
});
process.stdin.on('end', () => process.exit(0));
