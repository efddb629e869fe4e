import type { ChannelAnswer, SignedVoucher } from '#agent/voucher-signer/offer.ts';
import type { SignedTerms } from '#agent/voucher-signer/rule.ts';
import { VoucherSigner } from '#agent/voucher-signer/signer.ts';
import { kindOf } from '#components/kinds/kinds.ts';
import { priceFromDto } from '#components/ledger/prices.ts';
import { quantitiesFromDto } from '#components/ledger/quantities.ts';
import type { EncryptionKey } from '#components/wallet/encryption-key.ts';
import { openDescriptor } from '#components/wallet/descriptor.ts';
import { linkOf, stateUrlOf } from '#components/wallet/gateway.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import type { PaidPartDto } from '#lib/shared/dto.ts';
import { besideOf, newestOf } from './signed-parts.ts';
import { keepSigned, withNewest, type VoucherKey } from './voucher-keys.ts';

/** How it stands with one part, as its gateway answered last. */
export interface PartStanding {
  readonly answer: ChannelAnswer | undefined;
  /** Why nothing was signed. */
  readonly sentence: string | undefined;
}

export interface PartSignersOptions {
  readonly key: VoucherKey;
  /** What the links of all parts are sealed to. */
  readonly encryptionKey: EncryptionKey;
  /** genesisHash, hex. */
  readonly network: string;
  nowMs(): number;
}

const CLOSED = 'The link of this part does not open in this browser, so nothing is signed for it.';

function termsOf(part: PaidPartDto): SignedTerms {
  return {
    agreement: BigInt(part.id),
    kind: kindOf(part.resource.kind).ledger,
    prices: part.prices.map(priceFromDto),
    promise: quantitiesFromDto(part.promise),
    amounts: quantitiesFromDto(part.amounts),
    degradedPerMille: BigInt(part.degradedPerMille),
    durationMs: BigInt(part.durationMs),
    intervalMs: BigInt(part.intervalMs),
    holdMicro: BigInt(part.holdMicro),
    startsAtMs: BigInt(part.startsAtMs),
  };
}

/** Signs for every part of an order under one rule that holds over all of them together. A gateway that is slow keeps no other part waiting. */
export class PartSigners {
  readonly #options: PartSignersOptions;
  /** By agreement and issue of its link; null: the link does not open here. */
  readonly #signers = new Map<string, VoucherSigner | null>();
  readonly #busy = new Set<number>();
  readonly #standing = new Map<number, PartStanding>();
  #parts: readonly PaidPartDto[] = [];
  #lasts: readonly SignedVoucher[];
  #failure: { readonly error: unknown } | undefined;

  constructor(options: PartSignersOptions) {
    this.#options = options;
    this.#lasts = options.key.lasts;
  }

  /** The newest voucher of each part, signed here or before. */
  get lasts(): readonly SignedVoucher[] {
    return this.#lasts;
  }

  get standing(): ReadonlyMap<number, PartStanding> {
    return new Map(this.#standing);
  }

  /** Asks for what is due of each of these parts, and signs it. Throws when this browser could not keep what it signed: then nothing more is. */
  step(parts: readonly PaidPartDto[]): void {
    if (this.#failure !== undefined) throw this.#failure.error;
    this.#parts = parts;
    for (const part of parts) {
      if (part.status === 'settled' || this.#busy.has(part.id)) continue;
      this.#busy.add(part.id);
      void this.#sign(part)
        .catch((error: unknown) => {
          this.#failure = { error };
        })
        .finally(() => this.#busy.delete(part.id));
    }
  }

  async #sign(part: PaidPartDto): Promise<void> {
    const signer = await this.#signerOf(part);
    const before = this.#standing.get(part.id)?.answer;
    if (signer === null) {
      this.#standing.set(part.id, { answer: before, sentence: CLOSED });
      return;
    }
    const stepped = await signer.step();
    const standing = stepped.ok
      ? { answer: stepped.value, sentence: undefined }
      : { answer: before, sentence: stepped.sentence };
    this.#standing.set(part.id, standing);
  }

  async #signerOf(part: PaidPartDto): Promise<VoucherSigner | null> {
    const name = `${part.id} ${part.sealed.issue}`;
    const known = this.#signers.get(name);
    if (known !== undefined) return known;
    const made = await this.#open(part);
    this.#signers.set(name, made);
    return made;
  }

  async #open(part: PaidPartDto): Promise<VoucherSigner | null> {
    const { key, encryptionKey, network, nowMs } = this.#options;
    const { id, sealed, channel } = part;
    const opened = await openDescriptor({ ...sealed, agreement: id, network }, encryptionKey);
    const link = opened.ok ? linkOf(sealed.gateway, opened.descriptor) : undefined;
    const url = link && stateUrlOf(link);
    const genesisHash = fromHex(network);
    if (link === undefined || url === undefined || genesisHash === undefined) return null;
    return new VoucherSigner({
      network: genesisHash,
      secretKey: key.secretKey,
      terms: termsOf(part),
      rule: key.rule,
      url,
      token: link.token,
      nowMs,
      isAgent: (address) => Promise.resolve(toHex(address) === channel.agentKey),
      last: newestOf(this.#lasts, id),
      beside: () => besideOf(this.#lasts, id, (other) => this.#parts.find((each) => each.id === other)),
      keep: (signed) => {
        // It counts for the others before anything is waited for.
        this.#lasts = withNewest(this.#lasts, signed);
        return keepSigned(channel.voucherKey, signed);
      },
    });
  }
}
