import { setTimeout as sleep } from 'node:timers/promises';
import { JournalFailure } from './journal.ts';
import { reasonOf } from './outcome.ts';

const LOOK_MS_MIN = 200;

export interface RoundsParts {
  log(sentence: string): void;
  /** A journal that failed ends the process. */
  onFatal(sentence: string): void;
}

/** Work of a program that is done again and again until it is stopped. A trouble is told once, until it is over. */
export class Rounds {
  readonly #parts: RoundsParts;
  readonly #stopping = new AbortController();
  readonly #troubles = new Map<string, string>();

  constructor(parts: RoundsParts) {
    this.#parts = parts;
  }

  get signal(): AbortSignal {
    return this.#stopping.signal;
  }

  stop(): void {
    this.#stopping.abort();
  }

  /** Again and again, or until `isOver`. */
  async repeat(name: string, everyMs: number, work: () => Promise<void>, isOver = () => false): Promise<void> {
    const { signal } = this.#stopping;
    while (!signal.aborted) {
      const begunMs = performance.now();
      try {
        await work();
        this.#troubles.delete(name);
      } catch (error) {
        if (error instanceof JournalFailure) this.#parts.onFatal(error.message);
        this.#say(name, reasonOf(error));
      }
      if (isOver()) return;
      const restMs = Math.max(LOOK_MS_MIN, everyMs - (performance.now() - begunMs));
      await sleep(restMs, undefined, { signal }).catch(() => undefined);
    }
  }

  #say(name: string, trouble: string): void {
    if (trouble !== this.#troubles.get(name) && !this.#stopping.signal.aborted) this.#parts.log(trouble);
    this.#troubles.set(name, trouble);
  }
}

/** Does the work for each, also after one that it failed for; throws what hindered it at the end, each sentence once. */
export async function attemptEach<Item>(items: readonly Item[], work: (item: Item) => Promise<void>): Promise<void> {
  const troubles = new Set<string>();
  for (const item of items) {
    try {
      await work(item);
    } catch (error) {
      troubles.add(reasonOf(error));
    }
  }
  if (troubles.size > 0) throw new Error([...troubles].join(' '));
}
