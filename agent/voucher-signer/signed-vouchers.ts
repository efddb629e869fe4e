import { Journal } from '#agent/journal.ts';
import { done, type Outcome } from '#agent/outcome.ts';
import { signedVoucherSchema, type SignedVoucher } from './offer.ts';

const SHAPE = {
  name: 'signed-vouchers/1',
  parse: (value: unknown): SignedVoucher | undefined => signedVoucherSchema.safeParse(value).data,
};

/** What a program has signed, in a file that one process at a time writes. */
export class SignedVouchers {
  readonly #journal: Journal<SignedVoucher>;
  readonly #entries: readonly SignedVoucher[];

  private constructor(journal: Journal<SignedVoucher>, entries: readonly SignedVoucher[]) {
    this.#journal = journal;
    this.#entries = entries;
  }

  static open(file: string): Outcome<SignedVouchers> {
    const opened = Journal.open(file, SHAPE);
    return opened.ok ? done(new SignedVouchers(opened.value.journal, opened.value.entries)) : opened;
  }

  /** Of an order, the newest that stood in the file when it was opened. */
  lastOf(agreement: bigint): SignedVoucher | null {
    return this.#entries.findLast((entry) => BigInt(entry.agreement) === agreement) ?? null;
  }

  /** The newest of every order, of those that stood in the file when it was opened. */
  newest(): SignedVoucher[] {
    return [...new Map(this.#entries.map((entry) => [entry.agreement, entry])).values()];
  }

  keep(signed: SignedVoucher): void {
    this.#journal.append(signed);
  }

  close(): void {
    this.#journal.close();
  }
}
