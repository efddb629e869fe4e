import type { Algorithm } from '#agent/sandbox/algorithm.ts';
import type { Isolation } from '#agent/sandbox/isolation.ts';
import { Sandbox } from '#agent/sandbox/sandbox.ts';
import { HostSlots } from './host-slots.ts';

export interface PoolParts {
  readonly isolation: Isolation;
  /** Where the host program is installed. */
  readonly host: string;
  /** Runs at the same time. */
  readonly slots: number;
  /** What all orders of the host share; absent: nothing but `slots` bounds this one. */
  readonly hostSlots?: HostSlots;
}

/** The sandboxes of one order and its slots: whatever runs for the order takes one of them, and waits until one is free. */
export class SandboxPool {
  readonly #parts: PoolParts;
  /** Idle and busy sandboxes by what they are good for. */
  readonly #sandboxes = new Map<string, Set<Sandbox>>();
  readonly #idle = new Map<string, Sandbox[]>();
  readonly #waiting: (() => void)[] = [];
  readonly #hostSlots: HostSlots;
  #free: number;
  #isClosed = false;

  constructor(parts: PoolParts) {
    this.#parts = parts;
    this.#free = parts.slots;
    this.#hostSlots = parts.hostSlots ?? new HostSlots();
  }

  get slots(): number {
    return this.#parts.slots;
  }

  /** Runs that wait for one of the order's own slots. */
  get waiting(): number {
    return this.#waiting.length;
  }

  get isClosed(): boolean {
    return this.#isClosed;
  }

  /** Does the work when a slot is free, and the host has room for it, in the order of asking. Work that waits when the pool is closed is done at once: it has to look. */
  async inSlot<Value>(work: () => Promise<Value>): Promise<Value> {
    while (this.#free <= 0 && !this.#isClosed) await new Promise<void>((resume) => this.#waiting.push(resume));
    this.#free -= 1;
    try {
      return await this.#hostSlots.inSlot(work, () => this.#isClosed);
    } finally {
      this.#free += 1;
      this.#waiting.shift()?.();
    }
  }

  /** An idle sandbox of this name; undefined when there is none. */
  take(name: string): Sandbox | undefined {
    const sandbox = this.#idle.get(name)?.pop();
    if (sandbox === undefined || sandbox.niceness === this.#hostSlots.niceness) return sandbox;
    // Begun under other shares of the host: a process cannot be made more urgent again.
    this.drop(name, sandbox);
    return this.take(name);
  }

  /** A new sandbox of this name: all of one name are alike. */
  add(name: string, algorithm: Algorithm, memoryBytes: number): Sandbox {
    const { isolation, host } = this.#parts;
    const { niceness } = this.#hostSlots;
    const sandbox = new Sandbox(algorithm, { isolation, host, memoryBytes, niceness });
    const all = this.#sandboxes.get(name) ?? new Set<Sandbox>();
    this.#sandboxes.set(name, all.add(sandbox));
    return sandbox;
  }

  /** Keeps a process for the next run, and no more idle ones than there are slots: the one that was idle longest goes. */
  putBack(name: string, sandbox: Sandbox): void {
    if (this.#sandboxes.get(name)?.has(sandbox) !== true) return;
    const idle = this.#idle.get(name) ?? [];
    this.#idle.delete(name);
    this.#idle.set(name, [...idle, sandbox]);
    const idleOnes = [...this.#idle.values()].reduce((sum, some) => sum + some.length, 0);
    if (idleOnes <= this.#parts.slots) return;
    for (const [other, some] of this.#idle) {
      const longest = some.shift();
      if (longest === undefined) continue;
      this.drop(other, longest);
      return;
    }
  }

  /** Ends one process, whatever it does. */
  drop(name: string, sandbox: Sandbox): void {
    sandbox.close();
    this.#sandboxes.get(name)?.delete(sandbox);
  }

  /** Ends every process of this name. */
  forget(name: string): void {
    for (const sandbox of this.#sandboxes.get(name) ?? []) sandbox.close();
    this.#sandboxes.delete(name);
    this.#idle.delete(name);
  }

  /** Ends everything that runs. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const name of [...this.#sandboxes.keys()]) this.forget(name);
    this.#waiting.splice(0).forEach((resume) => resume());
    this.#hostSlots.look();
  }
}
