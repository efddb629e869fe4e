import { z } from 'zod';
import { Journal, JournalFailure } from '#agent/journal.ts';
import { done, type Outcome } from '#agent/outcome.ts';
import type { Amounts, Span } from '#agent/resources/kind.ts';

const count = z.number().int().min(0);
const amounts = z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/), count).readonly();

const meterEntry = z.discriminatedUnion('kind', [
  /** Cumulative totals of an agreement. */
  z.strictObject({ kind: z.literal('use'), atMs: count, agreement: count, used: amounts }),
  /** From `fromMs` to `toMs` the gateway could serve this source without a gap. */
  z.strictObject({ kind: z.literal('up'), source: z.string(), fromMs: count, toMs: count }),
  /** Quality of the agreement's interval that began at `fromMs`. */
  z.strictObject({ kind: z.literal('measured'), agreement: count, fromMs: count, measured: amounts }),
  /** The ledger has a claim up to `untilMs`: earlier intervals are final and their measurements are not needed again. */
  z.strictObject({ kind: z.literal('claimed'), agreement: count, untilMs: count }),
]);
type MeterEntry = z.infer<typeof meterEntry>;

const SHAPE = {
  name: 'meter/2',
  parse: (value: unknown): MeterEntry | undefined => meterEntry.safeParse(value).data,
};
const NONE: Amounts = {};
const NOTHING_MEASURED: ReadonlyMap<number, Amounts> = new Map();
const COMPACT_ABOVE_BYTES = 16 * 1024 * 1024;
/** Longer than any window with its contest time: older spans bear on no bill. */
const SPAN_KEPT_MS = 400 * 24 * 3_600_000;
const SPANS_PER_SOURCE_MAX = 100_000;
/** Measurements of one agreement that wait for a claim: ten weeks of minutes. */
const MEASUREMENTS_MAX = 100_000;

/**
 * Counts what was served. Every count is on the disk before what it stands for leaves, so a crash loses nothing. What stands on the disk may
 * be ahead of what was counted, by as much as `add` was told; a crash makes that difference count. How much that is: answer.ts; how
 * much may leave that its customer does not take: unread.ts.
 */
export class Meter {
  readonly #journal: Journal<MeterEntry>;
  readonly #usage = new Map<number, Amounts>();
  /** What the journal says of each agreement: never less than its usage. */
  readonly #recorded = new Map<number, Amounts>();
  readonly #spans = new Map<string, Span[]>();
  /** By agreement, then by the start of the interval, in the order of time. */
  readonly #measured = new Map<number, Map<number, Amounts>>();
  readonly #claimedUntilMs = new Map<number, number>();
  readonly #measurementsMax: number;
  #highestMs = 0;
  #served: Amounts = NONE;

  private constructor(journal: Journal<MeterEntry>, measurementsMax: number) {
    this.#journal = journal;
    this.#measurementsMax = measurementsMax;
  }

  static open(
    path: string,
    bounds: { readonly measurementsMax: number } = { measurementsMax: MEASUREMENTS_MAX },
  ): Outcome<Meter> {
    const opened = Journal.open(path, SHAPE);
    if (!opened.ok) return opened;
    const meter = new Meter(opened.value.journal, bounds.measurementsMax);
    for (const entry of opened.value.entries) meter.#apply(entry);
    meter.#compact();
    return done(meter);
  }

  /** Latest time that any record names: the clock must not be before it. */
  get highestMs(): number {
    return this.#highestMs;
  }

  /** What was counted since the process began, of all agreements together, by meter. */
  get served(): Amounts {
    return this.#served;
  }

  /** Totals of an agreement by meter; a meter that nothing was counted on is absent. */
  usage(agreement: number): Amounts {
    return this.#usage.get(agreement) ?? NONE;
  }

  /**
   * Adds to an agreement's totals. Durable when it returns. What is asked for `ahead` goes to the disk with it where the disk has to be
   * written, and spares that for later counts which it covers; until `settle`, a crash counts it.
   */
  add(agreement: number, more: Amounts, atMs: number, ahead: Amounts = NONE): void {
    const used = sumOf(this.usage(agreement), more);
    if (!covers(this.#recorded.get(agreement) ?? NONE, used))
      this.#record({ kind: 'use', atMs, agreement, used: sumOf(used, ahead) });
    this.#usage.set(agreement, used);
    this.#served = sumOf(this.#served, more);
    this.#highestMs = Math.max(this.#highestMs, atMs);
  }

  /** Takes back what the disk is ahead of an agreement's totals. Durable when it returns. */
  settle(agreement: number, atMs: number): void {
    const used = this.usage(agreement);
    if (!covers(used, this.#recorded.get(agreement) ?? NONE)) this.#record({ kind: 'use', atMs, agreement, used });
  }

  /** Says that a source could be served up to `toMs`; `fromMs` is where this run's span began. Durable when it returns. */
  markUp(source: string, span: Span): void {
    this.#record({ kind: 'up', source, ...span });
  }

  /** Spans in which a source could be served, oldest first. */
  upSpans(source: string): readonly Span[] {
    return this.#spans.get(source) ?? [];
  }

  /** Keeps the quality of an interval. Durable when it returns; when an agreement has too many of them, the newest is not kept. */
  measure(agreement: number, fromMs: number, measured: Amounts): void {
    if ((this.#measured.get(agreement)?.size ?? 0) >= this.#measurementsMax) return;
    this.#record({ kind: 'measured', agreement, fromMs, measured });
  }

  /** Measurements that no claim has covered yet, by the start of their interval. */
  measurements(agreement: number): ReadonlyMap<number, Amounts> {
    return this.#measured.get(agreement) ?? NOTHING_MEASURED;
  }

  /** Start of the last interval whose measurement can be relied on: later ones were not kept for want of room. */
  measuredUntilMs(agreement: number): number {
    const kept = this.#measured.get(agreement);
    if (kept === undefined || kept.size < this.#measurementsMax) return Number.MAX_SAFE_INTEGER;
    return [...kept.keys()].at(-1) ?? 0;
  }

  /** The ledger has a claim up to `untilMs`. Durable when it returns; repeating it changes nothing. */
  markClaimed(agreement: number, untilMs: number): void {
    if (untilMs > (this.#claimedUntilMs.get(agreement) ?? 0)) this.#record({ kind: 'claimed', agreement, untilMs });
  }

  /** Where the next claim continues; 0 before the first. */
  claimedUntilMs(agreement: number): number {
    return this.#claimedUntilMs.get(agreement) ?? 0;
  }

  close(): void {
    try {
      for (const agreement of this.#recorded.keys()) this.settle(agreement, this.#highestMs);
    } catch (error) {
      // Whoever writes to a journal that fails is told then; what stands there is no less than what was counted.
      if (!(error instanceof JournalFailure)) throw error;
    } finally {
      this.#journal.close();
    }
  }

  #record(entry: MeterEntry): void {
    this.#journal.append(entry);
    this.#apply(entry);
    if (this.#journal.bytes > COMPACT_ABOVE_BYTES) this.#compact();
  }

  #apply(entry: MeterEntry): void {
    switch (entry.kind) {
      case 'use':
        this.#highestMs = Math.max(this.#highestMs, entry.atMs);
        this.#usage.set(entry.agreement, entry.used);
        this.#recorded.set(entry.agreement, entry.used);
        return;
      case 'up':
        this.#highestMs = Math.max(this.#highestMs, entry.toMs);
        this.#applySpan(entry);
        return;
      case 'measured': {
        const kept = this.#measured.get(entry.agreement) ?? new Map<number, Amounts>();
        kept.set(entry.fromMs, entry.measured);
        this.#measured.set(entry.agreement, kept);
        return;
      }
      case 'claimed': {
        this.#claimedUntilMs.set(entry.agreement, entry.untilMs);
        const kept = this.#measured.get(entry.agreement);
        for (const fromMs of kept?.keys() ?? []) if (fromMs < entry.untilMs) kept?.delete(fromMs);
        if (kept?.size === 0) this.#measured.delete(entry.agreement);
        return;
      }
    }
  }

  #applySpan({ source, fromMs, toMs }: Extract<MeterEntry, { kind: 'up' }>): void {
    const spans = this.#spans.get(source) ?? [];
    if (spans.at(-1)?.fromMs === fromMs) spans[spans.length - 1] = { fromMs, toMs };
    else spans.push({ fromMs, toMs });
    this.#spans.set(source, spans);
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
    for (const [agreement, used] of this.#recorded) yield { kind: 'use', atMs, agreement, used };
    for (const [agreement, untilMs] of this.#claimedUntilMs) yield { kind: 'claimed', agreement, untilMs };
    for (const [agreement, kept] of this.#measured) {
      for (const [fromMs, measured] of kept) yield { kind: 'measured', agreement, fromMs, measured };
    }
    for (const [source, spans] of this.#spans) {
      for (const span of spans) yield { kind: 'up', source, ...span };
    }
  }
}

function sumOf(used: Amounts, more: Amounts): Amounts {
  const sum: Record<string, number> = { ...used };
  for (const [meter, amount] of Object.entries(more))
    sum[meter] = Math.min((sum[meter] ?? 0) + amount, Number.MAX_SAFE_INTEGER);
  return sum;
}

/** Whether `amounts` say at least as much of every meter as `others`. */
function covers(amounts: Amounts, others: Amounts): boolean {
  return Object.entries(others).every(([meter, amount]) => amount <= (amounts[meter] ?? -1));
}
