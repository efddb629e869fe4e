import type { PortalStanding } from '#lib/shared/portal-standing.ts';

/** Next's side of the process, which has database and ledger, has modules of its own: what it hands over stands where both find it. */
const handed = globalThis as { interpoolPortalStanding?: () => Promise<PortalStanding> };

/** Told by Next's side once, before the portal listens. */
export function openPortalStanding(read: () => Promise<PortalStanding>): void {
  handed.interpoolPortalStanding = read;
}

/** Rejects where Next's side has handed nothing over: a figure that cannot be read is absent. */
export function portalStanding(): Promise<PortalStanding> {
  return handed.interpoolPortalStanding?.() ?? Promise.reject(new Error('The portal has not begun.'));
}
