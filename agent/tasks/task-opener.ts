import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { AssignedRange, Payloads } from '#agent/resources/kind.ts';
import type { Sandbox } from '#agent/sandbox/sandbox.ts';
import { writeWhole } from '#agent/whole-file.ts';
import type { SandboxPool } from './sandbox-pool.ts';
import { openTask, runMemoryMiB, type Opened, type TaskPayload } from './task-payload.ts';

const MIB = 1024 ** 2;
/** A payload that is not there may be on its way: so often it is asked for, so long apart. */
const FETCHES_MAX = 5;
const FETCH_AGAIN_MS = 2_000;

export interface OpenerParts {
  /** The order's own folder. */
  readonly folder: string;
  readonly pool: SandboxPool;
  readonly payloads: Payloads;
  /** The resource that the order is of. */
  readonly resource: number;
  readonly nowMs: () => number;
  log(sentence: string): void;
}

/** Gets what came with an order's tasks: fetched once and kept as ciphertext, opened and loaded once for all ranges that are worked on. */
export class TaskOpener {
  readonly #parts: OpenerParts;
  /** By the digest of the payload. */
  readonly #opened = new Map<string, Promise<Opened | null>>();
  readonly #asked = new Map<string, { readonly missed: number; readonly againAtMs: number }>();

  constructor(parts: OpenerParts) {
    this.#parts = parts;
  }

  /** The range's task, or the fault of all its ranges; null when the payload cannot be had now, or the order has ended. */
  taskOf(assigned: AssignedRange): Promise<Opened | null> {
    const { payload } = assigned.work;
    const known = this.#opened.get(payload);
    if (known !== undefined) return known;
    const opening = this.#open(assigned);
    this.#opened.set(payload, opening);
    const forget = (): void => void this.#opened.delete(payload);
    opening.then((opened) => (opened?.ok === true ? undefined : forget()), forget);
    return opening;
  }

  /** Lets go of inputs in memory: what is wanted later is read again from the ciphertext. */
  forget(): void {
    this.#opened.clear();
  }

  async #open(assigned: AssignedRange): Promise<Opened | null> {
    const { payload } = assigned.work;
    const { missed, againAtMs } = this.#asked.get(payload) ?? { missed: 0, againAtMs: 0 };
    const { payloads, resource, nowMs, pool } = this.#parts;
    if (nowMs() < againAtMs) return null;
    const ciphertext = await this.#ciphertext(payload);
    if (typeof ciphertext === 'string') {
      const times = missed + (ciphertext === 'missing' ? 1 : 0);
      this.#asked.set(payload, { missed: times, againAtMs: nowMs() + FETCH_AGAIN_MS });
      const sentence = 'The task’s payload is not where it should be.';
      return times < FETCHES_MAX ? null : { ok: false, fault: 'payload-missing', sentence };
    }
    const opened = await openTask(ciphertext, { assigned, resource, payloads });
    return pool.isClosed ? null : this.#loaded(opened, assigned);
  }

  /** Loads the module once: one that cannot be loaded fails the range at once, and not at its first sub-task. */
  async #loaded(opened: Opened, assigned: AssignedRange): Promise<Opened> {
    if (!opened.ok) return opened;
    const { pool } = this.#parts;
    const sandbox = addSandbox(pool, opened.value, assigned);
    const started = await sandbox.start(assigned.work.outputBytes);
    if (started.ok) {
      pool.putBack(sandboxName(assigned), sandbox);
      return opened;
    }
    pool.drop(sandboxName(assigned), sandbox);
    return { ok: false, fault: started.isRefused ? 'module-fails' : 'machine-trouble', sentence: started.sentence };
  }

  /** As it was fetched before, or from where payloads are kept. */
  async #ciphertext(payload: string): Promise<Uint8Array | 'missing' | 'unreachable'> {
    const { folder, payloads, pool, log } = this.#parts;
    const path = join(folder, `payload-${payload}`);
    if (existsSync(path)) {
      const kept = readFileSync(path);
      if (createHash('sha256').update(kept).digest('hex') === payload) return kept;
    }
    const fetched = await payloads.fetch(payload);
    if (fetched.kind === 'unreachable') log(`A task’s payload cannot be fetched now. ${fetched.sentence}`);
    if (fetched.kind !== 'found') return fetched.kind;
    // The order may have ended meanwhile, and with it its folder.
    if (pool.isClosed) return 'unreachable';
    writeWhole(path, fetched.bytes);
    return fetched.bytes;
  }
}

/** Sandboxes are shared by ranges whose programs and bounds are the same. */
export function sandboxName({ work }: Pick<AssignedRange, 'work'>): string {
  return `${work.algorithm}/${work.memoryMiB}/${work.outputBytes}`;
}

/** A new process for sub-tasks of a range. */
export function addSandbox(pool: SandboxPool, { algorithm }: TaskPayload, assigned: AssignedRange): Sandbox {
  return pool.add(sandboxName(assigned), algorithm, runMemoryMiB(assigned.work) * MIB);
}
