import type { EndReason } from '#ledger/contracts/agreement/definition.ts';

/** Why a session ended, by the names that RFC 2866, section 5.10, gives to the values of Acct-Terminate-Cause. */
export const TERMINATE_CAUSES = {
  'User-Request': 1,
  'Lost-Carrier': 2,
  'Session-Timeout': 5,
  'Admin-Reset': 6,
  'NAS-Error': 9,
  'NAS-Request': 10,
  'Service-Unavailable': 15,
} as const;
export type TerminateCause = keyof typeof TERMINATE_CAUSES;
export const TERMINATE_CAUSE_NAMES = Object.keys(TERMINATE_CAUSES) as TerminateCause[];

interface Ending {
  readonly cause: TerminateCause;
  /** The service node fell silent, did not begin, or broke the order off. */
  readonly isDisconnect: boolean;
}

const by = (cause: TerminateCause, isDisconnect = false): Ending => ({ cause, isDisconnect });

/** What the end of an order is called in accounting, and whether it is a disconnect of the service node. */
export const ENDINGS: Readonly<Record<EndReason, Ending>> = {
  'time-up': by('Session-Timeout'),
  done: by('User-Request'),
  'no-longer-needed': by('User-Request'),
  // The customer says so and nobody measured it: it costs credit as every broken order does, and is no disconnect.
  'not-as-described': by('User-Request'),
  'not-delivered': by('Service-Unavailable', true),
  'not-reachable': by('Lost-Carrier', true),
  withdrawn: by('NAS-Error', true),
  'used-up': by('NAS-Request'),
  misuse: by('Admin-Reset'),
  'identity-ended': by('Admin-Reset'),
  // Of tasks and stores alone: no relay's order ends so, and the list is whole because the type asks for it.
  continued: by('NAS-Request'),
  'task-done': by('NAS-Request'),
  'task-failed': by('NAS-Request'),
  compared: by('NAS-Request'),
  'wrong-result': by('NAS-Request'),
};
