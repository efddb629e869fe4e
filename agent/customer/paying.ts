import { setTimeout as sleep } from 'node:timers/promises';
import { findKind } from '#ledger/contracts/kinds/kinds.ts';
import type { EventOf } from '#ledger/contracts/shared/definition.ts';
import type { agreementDefinition } from '#ledger/contracts/agreement/definition.ts';
import type { channelDefinition } from '#ledger/contracts/channel/definition.ts';
import { formatAddress } from '#ledger/core/address.ts';
import { equal } from '#ledger/core/bytes.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { lookUpKey } from '#agent/key-lookup.ts';
import { done, failed, type Outcome } from '#agent/outcome.ts';
import { isOf, type Payload } from '#agent/proved-events.ts';
import type { SignedVoucher } from '#agent/voucher-signer/offer.ts';
import type { SignedVouchers } from '#agent/voucher-signer/signed-vouchers.ts';
import { VoucherSigner } from '#agent/voucher-signer/signer.ts';
import type { SpendingRule } from '#agent/voucher-signer/rule.ts';
import type { Access } from './access.ts';
import type { Buyer } from './purchase.ts';

const STEP_MS = 1_000;
const OPENED_MS_MAX = 20_000;
/** How long the end of an order is waited for, to be agreed on too. */
const END_MS_MAX = 15_000;

type Reserved = Payload & EventOf<typeof agreementDefinition, 'AgreementReserved'>;
type Prepared = Payload & EventOf<typeof agreementDefinition, 'AgreementPrepared'>;
type Opened = Payload & EventOf<typeof channelDefinition, 'ChannelOpened'>;

/** Signs vouchers of an order while it is used. */
export class Paying {
  readonly #signer: VoucherSigner;
  readonly #say: (sentence: string) => void;
  readonly #stopping = new AbortController();
  #work: Promise<void> | undefined;
  #lastSaid = '';

  private constructor(signer: VoucherSigner, say: (sentence: string) => void) {
    this.#signer = signer;
    this.#say = say;
  }

  /** By what the ledger has of the order, each thing proved; a sentence when it has no channel that this key signs for. */
  static async open(
    access: Access,
    of: { readonly buyer: Buyer; readonly kept: SignedVouchers; readonly rule: SpendingRule },
    say: (sentence: string) => void,
  ): Promise<Outcome<Paying>> {
    const { buyer, kept, rule } = of;
    const agreement = BigInt(access.agreement);
    const event = <Type extends Payload>(type: string): Promise<Type> =>
      buyer.events.await(
        `${type} of O-${agreement}, which was perhaps bought without a payment channel`,
        (payload): payload is Type => isOf(agreement, type)(payload),
        OPENED_MS_MAX,
      );
    const reserved = await event<Reserved>('AgreementReserved');
    const { startsAtMs } = await event<Prepared>('AgreementPrepared');
    const { voucherKey } = await event<Opened>('ChannelOpened');
    const kind = findKind(reserved.kind);
    if (!equal(voucherKey, buyer.key.address))
      return failed(`Vouchers of O-${agreement} are signed by another key than this one.`);
    if (kind === undefined) return failed(`This program does not know the kind of O-${agreement}.`);
    const { prices, promise, amounts, degradedPerMille, durationMs, intervalMs, holdMicro, provider, agentKey } =
      reserved;
    const signer = new VoucherSigner({
      last: kept.lastOf(agreement),
      keep: (signed) => kept.keep(signed),
      network: buyer.network,
      secretKey: buyer.key.secretKey,
      terms: {
        agreement,
        kind,
        prices,
        promise,
        amounts,
        degradedPerMille,
        durationMs,
        intervalMs,
        holdMicro,
        startsAtMs,
      },
      rule,
      url: access.orderUrl,
      token: access.token,
      nowMs: () => Date.now(),
      isAgent: async (address) => {
        const known = await lookUpKey(buyer.client, formatAddress(address, crypto));
        return known !== null && BigInt(known.account) === provider && BigInt(known.key) === agentKey;
      },
    });
    return done(new Paying(signer, say));
  }

  /** Signs what is due every second until `finish`. */
  begin(): void {
    const { signal } = this.#stopping;
    const work = async (): Promise<void> => {
      while (!signal.aborted) {
        await this.#step();
        await sleep(STEP_MS, undefined, { signal }).catch(() => undefined);
      }
    };
    this.#work = work();
  }

  /** Signs the end of the order too, as far as its gateway asks for it. */
  async finish(): Promise<void> {
    this.#stopping.abort();
    await this.#work;
    const untilMs = Date.now() + END_MS_MAX;
    const before = this.#signer.last?.interval ?? 0;
    while (Date.now() < untilMs) {
      const isAnswered = await this.#step();
      if (isAnswered && (this.#signer.last?.interval ?? 0) > before) break;
      await sleep(STEP_MS);
    }
  }

  /** The newest voucher that was signed. */
  get last(): SignedVoucher | null {
    return this.#signer.last;
  }

  async #step(): Promise<boolean> {
    const stepped = await this.#signer.step();
    const sentence = stepped.ok ? '' : stepped.sentence;
    if (sentence !== '' && sentence !== this.#lastSaid) this.#say(sentence);
    this.#lastSaid = sentence;
    return stepped.ok;
  }
}
