'use client';

import { useEffect, useState } from 'react';
import type { ChannelAnswer } from '#agent/voucher-signer/offer.ts';
import type { SignedTerms } from '#agent/voucher-signer/rule.ts';
import { VoucherSigner } from '#agent/voucher-signer/signer.ts';
import { kindOf } from '#components/kinds/kinds.ts';
import { priceFromDto } from '#components/ledger/prices.ts';
import { quantitiesFromDto } from '#components/ledger/quantities.ts';
import { useServerNow } from '#components/ui/use-server-time.ts';
import type { OrderChannelDto, OrderDetail } from '#lib/shared/dto.ts';
import { fromHex, toHex } from '#ledger/core/bytes.ts';
import { stateUrlOf, type GatewayLink } from '#components/wallet/gateway.ts';
import { keyFault } from '#components/wallet/key-fault.ts';
import { findVoucherKey, keepSigned, type VoucherKey } from './voucher-keys.ts';

/** A voucher is due once in a metering interval, and two may be missing before nothing more is served. */
const STEP_MS = 2_000;

export type Signing =
  | { readonly state: 'looking' }
  /** The key is in another browser: that one has to sign. */
  | { readonly state: 'no-key' }
  /** Another tab of this browser signs, until it is closed. */
  | { readonly state: 'other-tab'; readonly key: VoucherKey }
  | {
      readonly state: 'signing';
      readonly key: VoucherKey;
      readonly answer: ChannelAnswer | undefined;
      readonly sentence: string | undefined;
    };

function termsOf(order: OrderDetail, startsAtMs: number): SignedTerms {
  return {
    agreement: BigInt(order.id),
    kind: kindOf(order.resource.kind).ledger,
    prices: order.prices.map(priceFromDto),
    promise: quantitiesFromDto(order.promise),
    amounts: quantitiesFromDto(order.amounts),
    degradedPerMille: BigInt(order.degradedPerMille),
    durationMs: BigInt(order.durationMs),
    intervalMs: BigInt(order.intervalMs),
    holdMicro: BigInt(order.holdMicro),
    startsAtMs: BigInt(startsAtMs),
  };
}

export interface OfOrder {
  readonly order: OrderDetail;
  readonly channel: OrderChannelDto;
  readonly link: GatewayLink;
  /** genesisHash, hex. */
  readonly network: string;
  readonly nowMs: () => number;
}

function signerOf({ order, channel, link, network, nowMs }: OfOrder, key: VoucherKey): VoucherSigner | undefined {
  const url = stateUrlOf(link);
  const genesisHash = fromHex(network);
  if (url === undefined || genesisHash === undefined || order.startsAtMs === null) return undefined;
  const { last } = key;
  return new VoucherSigner({
    network: genesisHash,
    secretKey: key.secretKey,
    terms: termsOf(order, order.startsAtMs),
    rule: key.rule,
    url,
    token: link.token,
    nowMs,
    isAgent: (address) => Promise.resolve(toHex(address) === channel.agentKey),
    last: last?.agreement === order.id ? last : null,
    keep: (signed) => keepSigned(channel.voucherKey, signed),
  });
}

/** Signs until it is told to stop, as the only one in this browser: two tabs that sign would each know half of what was signed. */
async function sign(of: OfOrder, show: (signing: Signing) => void, signal: AbortSignal): Promise<void> {
  const { voucherKey } = of.channel;
  const first = await findVoucherKey(voucherKey);
  if (first === undefined) return show({ state: 'no-key' });
  show({ state: 'other-tab', key: first });
  await navigator.locks.request(`interpool-vouchers ${voucherKey}`, { signal }, async () => {
    // What another tab signed meanwhile counts.
    const key = (await findVoucherKey(voucherKey)) ?? first;
    const signer = signerOf(of, key);
    let answer: ChannelAnswer | undefined;
    while (!signal.aborted && signer !== undefined) {
      const stepped = await signer.step();
      if (signal.aborted) return;
      if (stepped.ok) answer = stepped.value;
      const sentence = stepped.ok ? undefined : stepped.sentence;
      show({ state: 'signing', key: { ...key, last: signer.last }, answer, sentence });
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
    }
  });
}

/**
 * Signs the order's vouchers while the page is open, until it is settled. It goes by the order and the link that it was shown first: terms never
 * change, and for a link that was issued again the page mounts it anew.
 */
export function useVoucherSigning(shown: Omit<OfOrder, 'nowMs'>): { signing: Signing; fault: string | undefined } {
  const nowMs = useServerNow(shown.order.serverTimeMs);
  const [first] = useState<OfOrder>(() => ({ ...shown, nowMs: () => Math.floor(nowMs()) }));
  const [signing, setSigning] = useState<Signing>({ state: 'looking' });
  const [fault, setFault] = useState<string>();
  const isSettled = shown.order.status === 'settled';
  useEffect(() => {
    if (isSettled) return undefined;
    const stopping = new AbortController();
    const { signal } = stopping;
    const show = (next: Signing) => {
      if (!signal.aborted) setSigning(next);
    };
    sign(first, show, signal).catch((error: unknown) => {
      if (!signal.aborted) setFault(keyFault(error, 'This browser could not keep what it signs, so it signs nothing.'));
    });
    return () => stopping.abort();
  }, [first, isSettled]);
  return { signing, fault };
}
