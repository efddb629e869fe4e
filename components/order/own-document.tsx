'use client';

import { useEffect, useState } from 'react';

/**
 * The document's policy names the gateways that an order's or a task's page may speak to, as known when the document was made. Reached by a
 * link inside the portal, or when an agent has moved or another one joined meanwhile, the document is loaded anew.
 */
export function OwnDocument({ gateways }: { gateways: readonly string[] }) {
  const gateway = gateways.length === 0 ? null : gateways.toSorted().join(' ');
  const [known] = useState(gateway);
  useEffect(() => {
    const [navigation] = performance.getEntriesByType('navigation');
    const isOther = navigation !== undefined && new URL(navigation.name).pathname !== window.location.pathname;
    if (isOther || (gateway !== null && gateway !== known)) window.location.reload();
  }, [gateway, known]);
  return null;
}
