import { z } from 'zod';
import { Journal } from '#agent/journal.ts';
import { done, type Outcome } from '#agent/outcome.ts';
import type { OfferedVoucher as Offer } from './channel-state.ts';

const count = z.number().int().min(0);
const hex = z.string().regex(/^([0-9a-f]{2})*$/);
const signature = z.string().regex(/^[0-9a-f]{130}$/);

const storeEntry = z.discriminatedUnion('kind', [
  /** What the agent has signed: the customer's key may sign the same. `amountMicro` decimal, `runs` as the ledger writes them. */
  z.strictObject({
    kind: z.literal('offered'),
    agreement: count,
    interval: count,
    amountMicro: z.string().regex(/^\d{1,19}$/),
    used: z.record(z.string(), count).readonly(),
    runs: hex,
    signature,
  }),
  /** The customer's signature on the newest offer. */
  z.strictObject({ kind: z.literal('agreed'), agreement: count, interval: count, signature }),
  /** Intervals, from 0, in which nothing was served for want of a voucher; both ends are among them. */
  z.strictObject({ kind: z.literal('paused'), agreement: count, from: count, to: count }),
  z.strictObject({ kind: z.literal('forgotten'), agreement: count }),
]);
type StoreEntry = z.infer<typeof storeEntry>;

/** A voucher that both have signed. */
type Agreed = Offer & { readonly voucherSignature: string };

/** What is kept of one channel. */
export interface Kept {
  /** The newest that the agent has signed. */
  readonly offered: Offer | null;
  readonly agreed: Agreed | null;
  readonly paused: readonly { readonly from: number; readonly to: number }[];
}

const NOTHING: Kept = { offered: null, agreed: null, paused: [] };
const SHAPE = {
  name: 'vouchers/1',
  parse: (value: unknown): StoreEntry | undefined => storeEntry.safeParse(value).data,
};
const COMPACT_ABOVE_BYTES = 8 * 1024 * 1024;

/** Vouchers of channels by agreement: the newest that is offered and the newest that both signed. Durable before anything is served by them. */
export class VoucherStore {
  readonly #journal: Journal<StoreEntry>;
  readonly #kept = new Map<number, Kept>();

  private constructor(journal: Journal<StoreEntry>) {
    this.#journal = journal;
  }

  static open(path: string): Outcome<VoucherStore> {
    const opened = Journal.open(path, SHAPE);
    if (!opened.ok) return opened;
    const store = new VoucherStore(opened.value.journal);
    for (const entry of opened.value.entries) store.#apply(entry);
    store.#compact();
    return done(store);
  }

  of(agreement: number): Kept {
    return this.#kept.get(agreement) ?? NOTHING;
  }

  get agreements(): Iterable<number> {
    return this.#kept.keys();
  }

  /** Durable when it returns. */
  offer(agreement: number, offer: Offer): void {
    this.#record({ kind: 'offered', agreement, ...offer });
  }

  /** The customer's signature on the newest offer, and the intervals in which it was waited for. Durable when it returns. */
  agree(
    agreement: number,
    { voucherSignature, paused }: { voucherSignature: string; paused: Kept['paused'][number] | null },
  ): void {
    const { offered } = this.of(agreement);
    if (offered === null) throw new Error('what is agreed on was offered');
    // First: a crash between the two must not make a pause into time that was served.
    if (paused !== null) this.#record({ kind: 'paused', agreement, ...paused });
    this.#record({ kind: 'agreed', agreement, interval: offered.interval, signature: voucherSignature });
  }

  /** The order is settled: nothing of it is needed again. */
  forget(agreement: number): void {
    if (this.#kept.has(agreement)) this.#record({ kind: 'forgotten', agreement });
  }

  close(): void {
    this.#journal.close();
  }

  #record(entry: StoreEntry): void {
    this.#journal.append(entry);
    this.#apply(entry);
    if (this.#journal.bytes > COMPACT_ABOVE_BYTES) this.#compact();
  }

  #apply(entry: StoreEntry): void {
    const { agreement } = entry;
    const kept = this.of(agreement);
    switch (entry.kind) {
      case 'offered': {
        const { kind: _kind, agreement: _agreement, ...offered } = entry;
        this.#kept.set(agreement, { ...kept, offered });
        return;
      }
      case 'agreed': {
        const { offered } = kept;
        if (offered?.interval !== entry.interval) return;
        this.#kept.set(agreement, { ...kept, agreed: { ...offered, voucherSignature: entry.signature } });
        return;
      }
      case 'paused':
        this.#kept.set(agreement, { ...kept, paused: [...kept.paused, { from: entry.from, to: entry.to }] });
        return;
      case 'forgotten':
        this.#kept.delete(agreement);
        return;
    }
  }

  #compact(): void {
    this.#journal.rewrite(this.#snapshot());
  }

  *#snapshot(): Generator<StoreEntry> {
    for (const [agreement, { offered, agreed, paused }] of this.#kept) {
      if (agreed !== null) {
        const { voucherSignature, ...offer } = agreed;
        yield { kind: 'offered', agreement, ...offer };
        yield { kind: 'agreed', agreement, interval: agreed.interval, signature: voucherSignature };
      }
      if (offered !== null && offered.interval !== agreed?.interval) yield { kind: 'offered', agreement, ...offered };
      for (const { from, to } of paused) yield { kind: 'paused', agreement, from, to };
    }
  }
}
