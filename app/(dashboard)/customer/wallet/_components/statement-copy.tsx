'use client';

import { KeepCopy } from '#components/ui/keep-copy.tsx';
import { accountLabel } from '#components/ui/format.ts';
import { statementCsv } from '../actions.ts';

/** The whole statement, not only the page that is shown. */
export function StatementCopy({ account }: { account: number }) {
  return <KeepCopy fileName={`statement-${accountLabel(account)}.csv`} table={statementCsv} />;
}
