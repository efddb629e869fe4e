import { z } from 'zod';
import { Journal } from '#agent/journal.ts';
import { done, type Outcome } from '#agent/outcome.ts';

const count = z.number().int().min(0);

/** `use`: cumulative totals of an agreement. `up`: from `fromMs` to `toMs` the gateway could serve this source without a gap. */
const meterEntry = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('use'), atMs: count, agreement: count, calls: count, rows: count, bytes: count }),
  z.strictObject({ kind: z.literal('up'), source: z.string(), fromMs: count, toMs: count }),
]);
type MeterEntry = z.infer<typeof meterEntry>;

export interface Usage {
  readonly calls: number;
  readonly rows: number;
  /** Bytes of response bodies handed to the network. */
  readonly bytes: number;
}

export interface Span {
  readonly fromMs: number;
  readonly toMs: number;
}

const NONE: Usage = { calls: 0, rows: 0, bytes: 0 };
const COMPACT_ABOVE_BYTES = 16 * 1024 * 1024;
/** Longer than any window with its contest time: older spans bear on no bill. */
const SPAN_KEPT_MS = 400 * 24 * 3_600_000;
const SPANS_PER_SOURCE_MAX = 100_000;

/**
 * Counts what was served. Every count is on the disk before the bytes it stands for leave, so a crash loses none of them; a crash
 * between the two can count one piece (at most 64 KiB) that did not leave.
 */
export class Meter {
  readonly #journal: Journal<MeterEntry>;
  readonly #usage = new Map<number, Usage>();
  readonly #spans = new Map<string, Span[]>();
  #highestMs = 0;

  private constructor(journal: Journal<MeterEntry>) {
    this.#journal = journal;
  }

  static open(path: string): Outcome<Meter> {
    const opened = Journal.open(path, (value) => meterEntry.safeParse(value).data);
    if (!opened.ok) return opened;
    const meter = new Meter(opened.value.journal);
    for (const entry of opened.value.entries) meter.#apply(entry);
    meter.#compact();
    return done(meter);
  }

  /** Latest time that any record names: the clock must not be before it. */
  get highestMs(): number {
    return this.#highestMs;
  }

  usage(agreement: number): Usage {
    return this.#usage.get(agreement) ?? NONE;
  }

  /** Adds to an agreement's totals. Durable when it returns. */
  add(agreement: number, more: Usage, atMs: number): void {
    const now = this.usage(agreement);
    this.#record({
      kind: 'use',
      atMs,
      agreement,
      calls: now.calls + more.calls,
      rows: now.rows + more.rows,
      bytes: now.bytes + more.bytes,
    });
  }

  /** Says that a source could be served up to `toMs`; `fromMs` is where this run's span began. Durable when it returns. */
  markUp(source: string, span: Span): void {
    this.#record({ kind: 'up', source, ...span });
  }

  /** Spans in which a source could be served, oldest first. */
  upSpans(source: string): readonly Span[] {
    return this.#spans.get(source) ?? [];
  }

  close(): void {
    this.#journal.close();
  }

  #record(entry: MeterEntry): void {
    this.#journal.append(entry);
    this.#apply(entry);
    if (this.#journal.bytes > COMPACT_ABOVE_BYTES) this.#compact();
  }

  #apply(entry: MeterEntry): void {
    if (entry.kind === 'use') {
      this.#highestMs = Math.max(this.#highestMs, entry.atMs);
      this.#usage.set(entry.agreement, { calls: entry.calls, rows: entry.rows, bytes: entry.bytes });
      return;
    }
    this.#highestMs = Math.max(this.#highestMs, entry.toMs);
    const spans = this.#spans.get(entry.source) ?? [];
    const last = spans.at(-1);
    const span = { fromMs: entry.fromMs, toMs: entry.toMs };
    if (last !== undefined && last.fromMs === entry.fromMs) spans[spans.length - 1] = span;
    else spans.push(span);
    this.#spans.set(entry.source, spans);
  }

  #compact(): void {
    for (const [source, spans] of this.#spans) {
      const kept = spans.filter((span) => span.toMs > this.#highestMs - SPAN_KEPT_MS).slice(-SPANS_PER_SOURCE_MAX);
      this.#spans.set(source, kept);
    }
    this.#journal.rewrite(this.#snapshot());
  }

  *#snapshot(): Generator<MeterEntry> {
    const atMs = this.#highestMs;
    for (const [agreement, usage] of this.#usage) yield { kind: 'use', atMs, agreement, ...usage };
    for (const [source, spans] of this.#spans) {
      for (const span of spans) yield { kind: 'up', source, ...span };
    }
  }
}

/**
 * Bitmap of the intervals [startsAtMs + i × intervalMs, …) of a window up to `untilMs`: bit i (byte i/8, least significant first) is
 * set when one span covers the whole interval, or the part of it that lies before `untilMs`. A gap of any length leaves the bit unset.
 */
export function servedBitmap(
  spans: readonly Span[],
  window: { readonly startsAtMs: number; readonly untilMs: number; readonly intervalMs: number },
): Uint8Array {
  const intervals = Math.max(0, Math.ceil((window.untilMs - window.startsAtMs) / window.intervalMs));
  const bitmap = new Uint8Array(Math.ceil(intervals / 8));
  for (let index = 0; index < intervals; index += 1) {
    const fromMs = window.startsAtMs + index * window.intervalMs;
    const toMs = Math.min(fromMs + window.intervalMs, window.untilMs);
    if (spans.some((span) => span.fromMs <= fromMs && span.toMs >= toMs)) {
      bitmap[index >> 3] = (bitmap[index >> 3] ?? 0) | (1 << (index & 7));
    }
  }
  return bitmap;
}
