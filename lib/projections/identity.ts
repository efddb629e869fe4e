import type { IdentityEvent } from '#ledger/contracts/identity/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import type { EventContext } from './context.ts';
import { add, set, type RowChange } from './row-change.ts';

/** Only the newest request and the newest identification of an account have a row: what was before stands among its events. */
export function projectIdentity(event: IdentityEvent, { tx }: EventContext): RowChange[] {
  const { operator, atMs } = event;
  switch (event.type) {
    case 'IdentificationOffered': {
      const values = { sealingKey: toHex(event.sealingKey), offeredAtMs: atMs };
      const key = { operator };
      return [add('identifiers', key, {}, { ...key, ...values }), set('identifiers', key, values)];
    }
    case 'IdentityRequested': {
      const key = { account: event.account };
      const unanswered = { outcome: null, refusedFields: [], answeredAtMs: null };
      const values = { operator, commitment: toHex(event.commitment), askedAtMs: atMs, ...unanswered };
      return [add('identity_requests', key, {}, { ...key, ...values }), set('identity_requests', key, values)];
    }
    case 'IdentityWithdrawn':
      return [answered(event.account, { outcome: 'withdrawn', answeredAtMs: atMs })];
    case 'IdentityRefused': {
      const { account, by, fields } = event;
      const outcome = by === 0n ? 'unanswered' : 'refused';
      return [answered(account, { outcome, refusedFields: [...fields], answeredAtMs: atMs })];
    }
    case 'IdentityAttested': {
      const { account, level, endsAtMs } = event;
      const key = { account };
      const values = { operator, level, endsAtMs, attestedAtMs: atMs, tx, endedAtMs: null, endReason: null };
      return [
        answered(account, { outcome: 'attested', answeredAtMs: atMs }),
        add('attestations', key, {}, { ...key, ...values }),
        set('attestations', key, values),
      ];
    }
    case 'IdentityEnded':
      return [set('attestations', { account: event.account }, { endedAtMs: atMs, endReason: event.reason })];
  }
}

function answered(
  account: bigint,
  values: { outcome: string; refusedFields?: string[]; answeredAtMs: bigint },
): RowChange {
  return set('identity_requests', { account }, values);
}
