'use client';

import { useCallback, useEffect, useState } from 'react';
import { deviceEncryptionKey, type DeviceKey } from './encryption-key.ts';
import { keyFault } from './key-fault.ts';

export interface EncryptionKeyOfDevice {
  device: DeviceKey | undefined;
  fault: string | undefined;
  refresh: () => Promise<void>;
}

/** This device's encryption key for an address; undefined until the vault has been read, `fault` when it cannot be. `refresh` after it was made or unlocked. */
export function useEncryptionKey(address: string): EncryptionKeyOfDevice {
  const [device, setDevice] = useState<DeviceKey>();
  const [fault, setFault] = useState<string>();
  const refresh = useCallback(async () => {
    setDevice(await deviceEncryptionKey(address));
  }, [address]);
  useEffect(() => {
    let isCurrent = true;
    deviceEncryptionKey(address)
      .then((found) => (isCurrent ? setDevice(found) : undefined))
      .catch((error: unknown) => {
        if (isCurrent) setFault(keyFault(error, 'This browser did not say which encryption key it keeps.'));
      });
    return () => {
      isCurrent = false;
    };
  }, [address]);
  return { device, fault, refresh };
}
