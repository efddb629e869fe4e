import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { SigningFactsDto, WalletDto } from '#lib/shared/dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { idOf, numberOrNull, pageNumber, pageOf, windowOf } from './page.ts';

const WORDS: Readonly<Record<string, string>> = {
  minted: 'Founding balance',
  sent: 'Sent',
  received: 'Received',
  grant: 'Grant from the treasury',
  held: 'Held for an order',
  returned: 'Returned from what was held',
  earned: 'Earned with an order',
  fee: 'Fee',
};

/** The signed-in account's balance and statement, newest first; null without an account. */
export async function getWallet(page: number): Promise<WalletDto | null> {
  const access = await authorize('wallet.read');
  if (!access.ok || access.account === null) return null;
  const account = BigInt(access.account);
  const number = pageNumber(page);
  const [refs, balance, rows, total] = await Promise.all([
    loadAccountRefs([account]),
    database().balance.findUnique({ where: { account } }),
    database().tokenEntry.findMany({
      where: { account },
      orderBy: [{ height: 'desc' }, { phase: 'desc' }, { index: 'desc' }, { sequence: 'desc' }],
      ...windowOf(number),
    }),
    database().tokenEntry.count({ where: { account } }),
  ]);
  const entries = rows.map((row) => ({
    height: Number(row.height),
    timeMs: Number(row.timeMs),
    what: WORDS[row.what] ?? row.what,
    amountMicro: row.amountMicro.toString(),
    balanceMicro: row.balanceMicro.toString(),
    agreement: numberOrNull(row.agreement),
    tx: row.tx,
  }));
  return {
    account: refs.of(account),
    balanceMicro: (balance?.balanceMicro ?? 0n).toString(),
    heldMicro: (balance?.heldMicro ?? 0n).toString(),
    entries: await pageOf(entries, total, number),
  };
}

/** What a person is told before a signature about money: the own balance, and which of these accounts exist, by their public names. */
export async function getSigningFacts(accounts: readonly number[]): Promise<SigningFactsDto | null> {
  const access = await authorize('wallet.read');
  if (!access.ok || access.account === null) return null;
  const ids = accounts.map(idOf).filter((id) => id !== undefined);
  const [refs, balance] = await Promise.all([
    loadAccountRefs(ids),
    database().balance.findUnique({ where: { account: BigInt(access.account) } }),
  ]);
  return {
    balanceMicro: (balance?.balanceMicro ?? 0n).toString(),
    heldMicro: (balance?.heldMicro ?? 0n).toString(),
    accounts: ids.map((id) => refs.orNull(id)).filter((account) => account !== null),
  };
}
