'use client';

import { useCallback, useEffect, useState } from 'react';
import { deviceEncryptionKey, type DeviceKey } from './encryption-key.ts';

/** This device's encryption key for an address; undefined until the vault has been read. `refresh` after it was made or unlocked. */
export function useEncryptionKey(address: string): { device: DeviceKey | undefined; refresh: () => Promise<void> } {
  const [device, setDevice] = useState<DeviceKey>();
  const refresh = useCallback(async () => {
    setDevice(await deviceEncryptionKey(address));
  }, [address]);
  useEffect(() => {
    let isCurrent = true;
    deviceEncryptionKey(address)
      .then((found) => (isCurrent ? setDevice(found) : undefined))
      .catch(() => (isCurrent ? setDevice({ state: 'none' }) : undefined));
    return () => {
      isCurrent = false;
    };
  }, [address]);
  return { device, refresh };
}
