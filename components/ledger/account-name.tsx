import Link from 'next/link';
import { Foreign } from '#components/ui/foreign.tsx';
import { accountLabel } from '#components/ui/format.ts';
import type { AccountRef } from '#lib/shared/dto.ts';

/** A person or organisation: its public name, else A-88. */
export function AccountName({ account }: { account: AccountRef }) {
  return (
    <Link href={`/explorer/accounts/${account.id}`} prefetch={false} title={account.address} className="prose-link">
      {account.name === null ? accountLabel(account.id) : <Foreign text={account.name} />}
    </Link>
  );
}
