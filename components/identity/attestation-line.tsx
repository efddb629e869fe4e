import { BadgeCheck } from 'lucide-react';
import { AccountName } from '#components/ledger/account-name.tsx';
import { Text } from '#components/ui/text.tsx';
import { Time } from '#components/ui/time.tsx';
import { LEVELS } from '#ledger/contracts/identity/identity-words.ts';
import type { AttestationDto } from '#lib/shared/identity.ts';

/** Who vouches for an account, and until when; nothing about who it is. */
export function AttestationLine({ attestation, nowMs }: { attestation: AttestationDto; nowMs: number }) {
  const { operator, level, endsAtMs } = attestation;
  return (
    <span>
      <BadgeCheck aria-hidden size={16} className="me-1 inline align-text-bottom text-success" />
      <Text>identified by </Text>
      <AccountName account={operator} />
      <Text>{`, ${LEVELS[level]}, until `}</Text>
      <Time timeMs={endsAtMs} nowMs={nowMs} />
    </span>
  );
}
