import 'server-only';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { webEnvironment } from '#lib/env.ts';

export interface PortalFacts {
  /** The portal's own origin, without a slash at its end. */
  origin: string;
  /** Addresses (`mailto:`, `https:`, `tel:`) for whoever has found a fault in its security, the preferred one first; empty when the operator names none. */
  securityContacts: readonly string[];
  /** Another one after every build: a page that was made by another version cannot go on. */
  version: string;
}

/** Of a request, set by the proxy: its query with the question mark, for what sends somebody away and back. */
export const QUERY_HEADER = 'x-query';
/** The header of every answer that says the version, for pages that outlive a deployment. */
export const VERSION_HEADER = 'x-interpool-version';

let version: string | undefined;

function readVersion(): string {
  try {
    return readFileSync(path.join(process.cwd(), '.next', 'BUILD_ID'), 'utf8').trim();
  } catch {
    // While it is developed there is no build.
    return 'unbuilt';
  }
}

/** What the portal tells everybody of itself. It stands in the environment and in the build, so it is known without the database too. */
export function portalFacts(): PortalFacts {
  const { origin, securityContacts } = webEnvironment();
  version ??= readVersion();
  return { origin, securityContacts, version };
}
