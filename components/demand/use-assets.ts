'use client';

import { useEffect, useState } from 'react';
import { keyFault } from '#components/wallet/key-fault.ts';
import { dropAsset, keepAsset, listAssets, type Asset } from './assets.ts';

export interface Assets {
  /** Newest first; undefined until the browser has been asked. */
  readonly kept: readonly Asset[] | undefined;
  /** Why the browser did not keep or give something. */
  readonly fault: string | undefined;
  /** Digest under which it is kept; undefined when it is not. */
  keep: (asset: Pick<Asset, 'kind' | 'label' | 'files'>) => Promise<string | undefined>;
  drop: (digest: string) => Promise<boolean>;
}

const NOT_KEPT = 'This browser did not keep the file.';

/** What this browser keeps for a person. */
export function useAssets(address: string): Assets {
  const [kept, setKept] = useState<readonly Asset[]>();
  const [fault, setFault] = useState<string>();
  useEffect(() => {
    let isCurrent = true;
    listAssets(address).then(
      (assets) => (isCurrent ? setKept(assets) : undefined),
      (error: unknown) => {
        if (!isCurrent) return;
        setKept([]);
        setFault(keyFault(error, 'This browser did not say which files it keeps.'));
      },
    );
    return () => {
      isCurrent = false;
    };
  }, [address]);
  return {
    kept,
    fault,
    async keep(asset) {
      setFault(undefined);
      try {
        const { digest } = await keepAsset(address, asset);
        setKept(await listAssets(address));
        return digest;
      } catch (error) {
        setFault(keyFault(error, NOT_KEPT));
        return undefined;
      }
    },
    async drop(digest) {
      setFault(undefined);
      try {
        await dropAsset(address, digest);
        setKept(await listAssets(address));
        return true;
      } catch (error) {
        setFault(keyFault(error, 'This browser did not delete it.'));
        return false;
      }
    },
  };
}
