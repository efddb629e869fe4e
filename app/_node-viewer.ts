import type { NodeViewer } from '#components/nodes/node-doings.tsx';
import type { AccountSession } from './_session.ts';
import { holdsRole } from './_session.ts';

/** Which buttons about nodes somebody gets. */
export function nodeViewerOf(session: AccountSession): NodeViewer {
  return {
    address: session.address,
    account: session.account.id,
    isNodeProvider: holdsRole(session, 'NRNSP'),
    isMaintainer: holdsRole(session, 'NRNSM'),
  };
}
