'use client';

import { useEffect, useState } from 'react';
import type { DeviceKey } from './encryption-key.ts';
import { openDescriptor, type SealedDescriptor } from './descriptor.ts';
import { linkOf, type GatewayLink } from './gateway.ts';

export type OpenedLink =
  /** Not looked at yet. */
  | { state: 'opening' }
  | { state: 'open'; link: GatewayLink }
  /** Sealed to a key that this device does not have. */
  | { state: 'other-key' }
  | { state: 'damaged' };

/** Opens a sealed descriptor with this device's key, in this page only. */
export function useDescriptor(
  sealed: SealedDescriptor & { gateway: string },
  device: DeviceKey | undefined,
): OpenedLink {
  const [opened, setOpened] = useState<OpenedLink>({ state: 'opening' });
  const { descriptor, encryptionKey, issue, agreement, network, gateway } = sealed;
  useEffect(() => {
    if (!device) return undefined;
    let isCurrent = true;
    const open = async (): Promise<OpenedLink> => {
      if (!('key' in device)) return { state: 'other-key' };
      const result = await openDescriptor({ descriptor, encryptionKey, issue, agreement, network }, device.key);
      if (!result.ok) return { state: result.reason };
      const link = linkOf(gateway, result.descriptor);
      return link ? { state: 'open', link } : { state: 'damaged' };
    };
    open().then(
      (result) => (isCurrent ? setOpened(result) : undefined),
      () => (isCurrent ? setOpened({ state: 'damaged' }) : undefined),
    );
    return () => {
      isCurrent = false;
    };
  }, [device, descriptor, encryptionKey, issue, agreement, network, gateway]);
  return opened;
}
