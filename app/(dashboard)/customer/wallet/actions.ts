'use server';

import { csvTime, csvTokens, toCsv } from '#components/ui/csv.ts';
import { accountLabel } from '#components/ui/format.ts';
import { getStatement } from '#lib/queries/wallet.ts';

const HEADS = ['Time', 'What', 'Account', 'Name', 'Order', 'Transaction', 'Tokens', 'Balance after'];

/** The session's own statement as CSV; undefined without an account. */
export async function statementCsv(): Promise<string | undefined> {
  const entries = await getStatement();
  if (entries === null) return undefined;
  return toCsv(
    HEADS,
    entries.map((entry) => [
      csvTime(entry.timeMs),
      entry.what,
      entry.other === null ? null : accountLabel(entry.other.id),
      entry.other?.name ?? null,
      entry.agreement?.name ?? null,
      entry.tx,
      csvTokens(entry.amountMicro),
      csvTokens(entry.balanceMicro),
    ]),
  );
}
