'use client';

import { useEffect, useState } from 'react';
import { isSameAnchor, pinFirst, readAnchor, type PinnedAnchor } from './anchor-pin.ts';

export interface TrustedAnchor {
  anchor: PinnedAnchor | undefined;
  /** The portal names another anchor than the one this browser pinned. */
  differs: boolean;
  trust: (anchor: PinnedAnchor) => void;
}

/** The anchor that this browser trusts: pinned at its first visit, until a person chooses another. */
export function useAnchor(portalAnchor: string): TrustedAnchor {
  const [state, setState] = useState<{ anchor: PinnedAnchor | undefined; differs: boolean }>({
    anchor: undefined,
    differs: false,
  });
  useEffect(() => {
    let isCurrent = true;
    void pinFirst(portalAnchor).then((anchor) => {
      if (!isCurrent) return;
      const current = readAnchor(portalAnchor);
      setState({
        anchor,
        differs: anchor !== undefined && current !== undefined && !isSameAnchor(anchor.anchor, current.anchor),
      });
    });
    return () => {
      isCurrent = false;
    };
  }, [portalAnchor]);
  return { ...state, trust: (anchor) => setState({ anchor, differs: false }) };
}
