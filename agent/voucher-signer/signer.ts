import { isVoucherSigned, voucherDigest, type Voucher } from '#ledger/contracts/shared/voucher.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { recoverAddress } from '#ledger/core/address.ts';
import { done, failed, reasonOf, type Outcome } from '#agent/outcome.ts';
import { channelAnswerSchema, voucherOf, type ChannelAnswer, type Offer, type SignedVoucher } from './offer.ts';
import { whyNotSigned, type Beside, type SignedTerms, type SpendingRule } from './rule.ts';

const ANSWER_MS_MAX = 15_000;

export interface SignerParts {
  /** The newest voucher of this order that was signed before. */
  readonly last: SignedVoucher | null;
  /** Remembers what was signed, before it leaves: its promise is waited for. One signer of an order at a time. */
  keep(signed: SignedVoucher): Promise<void> | void;
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
  /** What the same rule allowed of other orders until now; null where it is this one's alone. */
  beside?(): Beside | null;
  /** Whether an address (20 bytes) is that of the agent which serves the order. */
  isAgent(address: Uint8Array): Promise<boolean>;
}

/** Signs the vouchers of one order by a rule that its customer agreed to. What is signed is kept before the signature leaves: however it is stopped, it signs nothing twice with other numbers. A program and a browser sign by the same code. */
export class VoucherSigner {
  readonly #parts: SignerParts;
  #last: SignedVoucher | null;
  #agent: string | null = null;

  constructor(parts: SignerParts) {
    this.#parts = parts;
    this.#last = parts.last;
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
    const why = this.#whyNot(voucher);
    if (why !== undefined) return failed(why);
    const { network, secretKey } = this.#parts;
    const digest = voucherDigest(voucher, network, crypto);
    const isByAgent = digest !== undefined && (await this.#isByAgent(voucher, digest, due.signature));
    if (!isByAgent) return failed(`The agent of O-${agreement} did not sign the voucher that its gateway asks for.`);
    // Others may have signed under the same rule meanwhile: from here until it counts for them too nothing is waited for.
    const whyNow = this.#whyNot(voucher);
    if (whyNow !== undefined) return failed(whyNow);
    const voucherSignature = toHex(crypto.signRecoverable(digest, secretKey));
    const signed = { agreement, ...due, voucherSignature };
    this.#last = signed;
    try {
      await this.#parts.keep(signed);
    } catch (error) {
      this.#last = last;
      throw error;
    }
    return this.#call('POST', { interval: due.interval, signature: voucherSignature });
  }

  #whyNot(voucher: Voucher): string | undefined {
    const nowMs = BigInt(this.#parts.nowMs());
    const last = this.#last && voucherOf(this.#last.agreement, this.#last);
    const why = whyNotSigned(voucher, { ...this.#parts, last, beside: this.#parts.beside?.() ?? null, nowMs });
    return why === null ? undefined : `${why} It was not signed.`;
  }

  #isSame(due: Offer, last: SignedVoucher): boolean {
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
      const state = channelAnswerSchema.safeParse(answer);
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
