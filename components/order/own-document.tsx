'use client';

import { useEffect, useState } from 'react';

/**
 * The document's policy names the one gateway that an order's page may speak to, as known when the document was made. Reached by a
 * link inside the portal, or when the provider's agent has moved meanwhile, the document is loaded anew.
 */
export function OwnDocument({ gateway }: { gateway: string | null }) {
  const [known] = useState(gateway);
  useEffect(() => {
    const [navigation] = performance.getEntriesByType('navigation');
    const isOther = navigation !== undefined && new URL(navigation.name).pathname !== window.location.pathname;
    if (isOther || (gateway !== null && gateway !== known)) window.location.reload();
  }, [gateway, known]);
  return null;
}
