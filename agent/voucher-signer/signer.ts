import { z } from 'zod';
import { isVoucherSigned, voucherDigest, type Voucher } from '#ledger/contracts/shared/voucher.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { recoverAddress } from '#ledger/core/address.ts';
import { Journal } from '#agent/journal.ts';
import { voucherOf } from '#agent/ledger-terms.ts';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { whyNotSigned, type SignedTerms, type SpendingRule } from './rule.ts';

const ANSWER_MS_MAX = 15_000;
const count = z.number().int().min(0);
const signature = z.string().regex(/^[0-9a-f]{130}$/);
const offer = z.strictObject({
  interval: count.max(0xffff_ffff),
  amountMicro: z.string().regex(/^\d{1,19}$/),
  used: z.record(z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/), count).readonly(),
  runs: z
    .string()
    .max(16_384)
    .regex(/^([0-9a-f]{2})*$/),
  /** The agent's. */
  signature,
});
const stateSchema = z.strictObject({
  agreement: count,
  agreed: z.strictObject({ interval: count, amountMicro: z.string() }).nullable(),
  due: offer.nullable(),
  isPaused: z.boolean(),
});
export type ChannelAnswer = z.infer<typeof stateSchema>;

const signedEntry = z.strictObject({ agreement: count, ...offer.shape, voucherSignature: signature });
/** What was signed, with both signatures: what the customer's side can show on the ledger. */
export type SignedVoucher = z.infer<typeof signedEntry>;

const SHAPE = {
  name: 'signed-vouchers/1',
  parse: (value: unknown): SignedVoucher | undefined => signedEntry.safeParse(value).data,
};

export interface SignerParts {
  /** File that remembers what was signed; one process at a time writes it. */
  readonly file: string;
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
  /** The voucher key, 32 bytes. */
  readonly secretKey: Uint8Array;
  readonly terms: SignedTerms;
  readonly rule: SpendingRule;
  /** The order's address at its gateway, and its token. */
  readonly url: string;
  readonly token: string;
  nowMs(): number;
  /** Whether an address (20 bytes) is that of the agent which serves the order. */
  isAgent(address: Uint8Array): Promise<boolean>;
}

/** Signs the vouchers of one order by a rule that its customer agreed to. What is signed is on the disk before the signature leaves: however it is killed, it signs nothing twice with other numbers. */
export class VoucherSigner {
  readonly #parts: SignerParts;
  readonly #journal: Journal<SignedVoucher>;
  #last: SignedVoucher | null = null;
  #agent: string | null = null;

  private constructor(parts: SignerParts, journal: Journal<SignedVoucher>, entries: readonly SignedVoucher[]) {
    this.#parts = parts;
    this.#journal = journal;
    this.#last = entries.findLast(({ agreement }) => BigInt(agreement) === parts.terms.agreement) ?? null;
  }

  static open(parts: SignerParts): Outcome<VoucherSigner> {
    const opened = Journal.open(parts.file, SHAPE);
    return opened.ok ? done(new VoucherSigner(parts, opened.value.journal, opened.value.entries)) : opened;
  }

  /** The newest voucher that was signed, perhaps without reaching the gateway. */
  get last(): SignedVoucher | null {
    return this.#last;
  }

  /** Asks what is due and signs it, if the rule allows it; how the channel stands then. A sentence when it does not, or nobody answered. */
  async step(): Promise<Outcome<ChannelAnswer>> {
    const asked = await this.#call('GET');
    if (!asked.ok || asked.value.due === null) return asked;
    const { due } = asked.value;
    const { terms } = this.#parts;
    const last = this.#last;
    const agreement = Number(terms.agreement);
    if (asked.value.agreement !== agreement) return failed('The gateway answered about another order.');
    if (last?.interval === due.interval) {
      // Signed before a crash or a lost answer: the same again changes nothing, anything else is not signed.
      return this.#isSame(due, last)
        ? this.#call('POST', { interval: last.interval, signature: last.voucherSignature })
        : failed(`The gateway of O-${agreement} changed a voucher that was signed; nothing else is signed for it.`);
    }
    const voucher = voucherOf(agreement, due);
    const nowMs = BigInt(this.#parts.nowMs());
    const why = whyNotSigned(voucher, { ...this.#parts, last: last && voucherOf(agreement, last), nowMs });
    if (why !== null) return failed(`${why} It was not signed.`);
    const { network, secretKey } = this.#parts;
    const digest = voucherDigest(voucher, network, crypto);
    const isByAgent = digest !== undefined && (await this.#isByAgent(voucher, digest, due.signature));
    if (!isByAgent) return failed(`The agent of O-${agreement} did not sign the voucher that its gateway asks for.`);
    const voucherSignature = toHex(crypto.signRecoverable(digest, secretKey));
    const signed = { agreement, ...due, voucherSignature };
    this.#journal.append(signed);
    this.#last = signed;
    return this.#call('POST', { interval: due.interval, signature: voucherSignature });
  }

  close(): void {
    this.#journal.close();
  }

  #isSame(due: z.infer<typeof offer>, last: SignedVoucher): boolean {
    const { network, secretKey } = this.#parts;
    const digest = voucherDigest(voucherOf(last.agreement, due), network, crypto);
    return digest !== undefined && toHex(crypto.signRecoverable(digest, secretKey)) === last.voucherSignature;
  }

  async #isByAgent(voucher: Voucher, digest: Uint8Array, signed: string): Promise<boolean> {
    const bytes = fromHex(signed) ?? new Uint8Array(0);
    const address = recoverAddress(digest, bytes, crypto);
    if (address === undefined) return false;
    if (this.#agent === null && (await this.#parts.isAgent(address))) this.#agent = toHex(address);
    const { network } = this.#parts;
    return this.#agent === toHex(address) && isVoucherSigned(voucher, { signature: bytes, address, network }, crypto);
  }

  async #call(method: 'GET' | 'POST', body?: { interval: number; signature: string }): Promise<Outcome<ChannelAnswer>> {
    const { url, token, terms } = this.#parts;
    try {
      const response = await fetch(`${url}/vouchers`, {
        method,
        headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
        ...(body !== undefined && { body: JSON.stringify(body) }),
        redirect: 'error',
        signal: AbortSignal.timeout(ANSWER_MS_MAX),
      });
      const answer: unknown = await response.json();
      const state = stateSchema.safeParse(answer);
      if (response.ok && state.success) return done(state.data);
      const { detail } = (answer ?? {}) as { detail?: unknown };
      return failed(
        `The gateway of O-${terms.agreement} answered ${response.status}: ${String(detail ?? 'not understood')}`,
      );
    } catch (error) {
      return failed(`The gateway of O-${terms.agreement} did not answer: ${reasonOf(error)}`);
    }
  }
}
