import type { SuspendReason } from '#ledger/contracts/resource/definition.ts';
import type { ResourceSummary } from '#lib/shared/dto.ts';

interface Said {
  readonly toAll: string;
  readonly toOwner: string;
}

const WORDS: Readonly<Record<SuspendReason, Said>> = {
  'owner-decision': {
    toAll: 'Its provider has taken it off the list for now.',
    toOwner: 'You have taken it off the list.',
  },
  'metadata-mismatch': {
    toAll: 'The provider’s agent took it off the list: what is there is no longer what was described.',
    toOwner:
      'Your agent took it off the list: the source is no longer what was published. Bring it back to that and resume, or retire the resource and publish it anew.',
  },
  'source-unavailable': {
    toAll: 'The provider’s agent took it off the list: it cannot read the source now.',
    toOwner: 'Your agent took it off the list: it cannot read the source. Make it readable again, then resume.',
  },
};

/** Why a resource is suspended, in words for customers and for its owner; undefined unless it is suspended. */
export function suspensionOf({ suspendedBecause }: Pick<ResourceSummary, 'suspendedBecause'>): Said | undefined {
  return suspendedBecause === null ? undefined : WORDS[suspendedBecause];
}
