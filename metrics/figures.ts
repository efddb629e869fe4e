import { setTimeout as delay } from 'node:timers/promises';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';

/** Of prom-client's own: what Prometheus' rules for names object to, because these are no counters. */
const MISNAMED = ['nodejs_active_resources_total', 'nodejs_active_handles_total', 'nodejs_active_requests_total'];

interface Named<Label extends string> {
  /** With its unit, and `_total` for what is counted. */
  readonly name: string;
  /** One sentence. */
  readonly help: string;
  /** Each takes values of a list that is bounded: no ids, no addresses, no texts of callers. */
  readonly labels?: readonly Label[];
}

/** One value that a gauge has, and what it is of. */
export interface Reading<Label extends string = never> {
  readonly of?: Readonly<Record<Label, string>>;
  readonly value: number;
}

type Read<Label extends string> = () => readonly Reading<Label>[] | Promise<readonly Reading<Label>[]>;

export type Count<Label extends string = never> = Pick<Counter<Label>, 'inc'>;

/** What a process tells of itself, in Prometheus' text format. */
export class Figures {
  readonly #registry = new Registry();

  /** Only goes up, as long as the process runs. */
  counter<Label extends string = never>({ name, help, labels = [] }: Named<Label>): Count<Label> {
    return new Counter<Label>({ name, help, labelNames: labels, registers: [this.#registry] });
  }

  /** `bounds` are the upper bounds of its buckets, ascending. */
  histogram<Label extends string = never>(
    { name, help, labels = [] }: Named<Label>,
    bounds: readonly number[],
  ): Pick<Histogram<Label>, 'observe'> {
    return new Histogram<Label>({ name, help, labelNames: labels, buckets: [...bounds], registers: [this.#registry] });
  }

  /** A count that something else keeps since the process began: read like a gauge. */
  total<Label extends string = never>({ name, help, labels = [] }: Named<Label>, read: Read<Label>): void {
    new Counter<Label>({
      name,
      help,
      labelNames: labels,
      registers: [this.#registry],
      async collect() {
        await readInto(this, read);
      },
    });
  }

  /** Read when it is asked for. What cannot be read then is absent: 0 would say something that nobody knows. */
  gauge<Label extends string = never>({ name, help, labels = [] }: Named<Label>, read: Read<Label>): void {
    new Gauge<Label>({
      name,
      help,
      labelNames: labels,
      registers: [this.#registry],
      async collect() {
        await readInto(this, read);
      },
    });
  }

  /** Processor time, memory, garbage collection, the event loop's delay: from now on. */
  watchProcess(): void {
    collectDefaultMetrics({ register: this.#registry });
    for (const name of MISNAMED) this.#registry.removeSingleMetric(name);
  }

  /** The type of `text`. */
  get contentType(): string {
    return this.#registry.contentType;
  }

  text(): Promise<string> {
    return this.#registry.metrics();
  }
}

/** Whoever asks for all figures does not wait longer for one of them. */
const READ_MS_MAX = 3_000;

async function inTime<Value>(read: () => Value | Promise<Value>): Promise<Value> {
  const late = new AbortController();
  try {
    return await Promise.race([
      delay(READ_MS_MAX, undefined, { signal: late.signal }).then(() => Promise.reject(new Error('too late'))),
      Promise.resolve().then(read),
    ]);
  } finally {
    late.abort();
  }
}

/** What a metric tells from now on: these readings, and nothing of before. */
async function readInto<Label extends string>(
  metric: Pick<Gauge<Label>, 'reset' | 'remove' | 'inc'>,
  read: Read<Label>,
): Promise<void> {
  const readings = await inTime(read).catch(() => []);
  metric.reset();
  // One without labels is reset to 0, which nobody has measured.
  metric.remove({});
  for (const { of, value } of readings) {
    if (of === undefined) metric.inc(value);
    else metric.inc(of as never, value);
  }
}

/** One reading without labels; none where nothing is known. */
export function only(value: number | null | undefined): readonly Reading[] {
  return value === null || value === undefined ? [] : [{ value }];
}

/** Asks once for gauges that are read in one go. */
export function together<Value>(ask: () => Promise<Value>): () => Promise<Value> {
  let asked: Promise<Value> | undefined;
  return () => {
    if (asked === undefined) {
      asked = ask();
      const forget = (): void => void (asked = undefined);
      asked.then(forget, forget);
    }
    return asked;
  };
}
