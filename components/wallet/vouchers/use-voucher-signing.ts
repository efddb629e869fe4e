'use client';

import { useEffect, useRef, useState } from 'react';
import { useServerNow } from '#components/ui/use-server-time.ts';
import type { EncryptionKey } from '#components/wallet/encryption-key.ts';
import { keyFault } from '#components/wallet/key-fault.ts';
import type { PaidPartDto } from '#lib/shared/dto.ts';
import { PartSigners, type PartStanding } from './part-signers.ts';
import { findVoucherKey, type VoucherKey } from './voucher-keys.ts';

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
      /** By agreement. */
      readonly standing: ReadonlyMap<number, PartStanding>;
    };

interface Signed {
  readonly voucherKey: string;
  readonly encryptionKey: EncryptionKey;
  /** genesisHash, hex. */
  readonly network: string;
  nowMs(): number;
  /** As the page shows them now: some may have been delivered, or have ended, since. */
  parts(): readonly PaidPartDto[];
}

/** Signs until it is told to stop, as the only one in this browser: two tabs that sign would each know half of what was signed. */
async function sign(of: Signed, show: (signing: Signing) => void, signal: AbortSignal): Promise<void> {
  const { voucherKey, parts, ...options } = of;
  const first = await findVoucherKey(voucherKey);
  if (first === undefined) return show({ state: 'no-key' });
  show({ state: 'other-tab', key: first });
  await navigator.locks.request(`interpool-vouchers ${voucherKey}`, { signal }, async () => {
    // What another tab signed meanwhile counts.
    const key = (await findVoucherKey(voucherKey)) ?? first;
    const signers = new PartSigners({ ...options, key });
    while (!signal.aborted) {
      signers.step(parts());
      await new Promise((resolve) => setTimeout(resolve, STEP_MS));
      if (signal.aborted) return;
      show({ state: 'signing', key: { ...key, lasts: signers.lasts }, standing: signers.standing });
    }
  });
}

export interface ShownParts {
  /** At least one, all paid under one key. */
  readonly parts: readonly PaidPartDto[];
  readonly encryptionKey: EncryptionKey;
  /** genesisHash, hex. */
  readonly network: string;
  readonly serverTimeMs: number;
}

/** Signs the vouchers of every part while the page is open, until all are settled. Terms never change; a link that was issued again is opened anew. */
export function useVoucherSigning(shown: ShownParts): { signing: Signing; fault: string | undefined } {
  const { parts, encryptionKey, network } = shown;
  const serverNow = useServerNow(shown.serverTimeMs);
  const [now] = useState(() => serverNow);
  const latest = useRef(parts);
  useEffect(() => {
    latest.current = parts;
  }, [parts]);
  const [signing, setSigning] = useState<Signing>({ state: 'looking' });
  const [fault, setFault] = useState<string>();
  const isSettled = parts.every(({ status }) => status === 'settled');
  const voucherKey = parts[0]?.channel.voucherKey ?? '';
  useEffect(() => {
    if (isSettled) return undefined;
    const stopping = new AbortController();
    const { signal } = stopping;
    const show = (next: Signing) => {
      if (!signal.aborted) setSigning(next);
    };
    const of = { voucherKey, encryptionKey, network, nowMs: () => Math.floor(now()), parts: () => latest.current };
    sign(of, show, signal).catch((error: unknown) => {
      if (!signal.aborted) setFault(keyFault(error, 'This browser could not keep what it signs, so it signs nothing.'));
    });
    return () => stopping.abort();
  }, [voucherKey, encryptionKey, network, now, isSettled]);
  return { signing, fault };
}
