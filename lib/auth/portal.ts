import 'server-only';
import { webEnvironment } from '#lib/env.ts';

export interface PortalFacts {
  /** The portal's own origin, without a slash at its end. */
  origin: string;
  /** Addresses (`mailto:`, `https:`, `tel:`) for whoever has found a fault in its security, the preferred one first; empty when the operator names none. */
  securityContacts: readonly string[];
}

/** What the portal tells everybody of itself. It stands in the environment, so it is known without the database too. */
export function portalFacts(): PortalFacts {
  const { origin, securityContacts } = webEnvironment();
  return { origin, securityContacts };
}
