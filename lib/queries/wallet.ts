import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { SigningFactsDto, WalletDto, WalletEntryDto } from '#lib/shared/dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { orderNames } from './order-rows.ts';
import { idOf, pageNumber, pageOf, windowOf } from './page.ts';

const WORDS: Readonly<Record<string, string>> = {
  minted: 'Founding balance',
  sent: 'Sent to',
  received: 'Received from',
  grant: 'Grant from the treasury',
  reward: 'Reward from the treasury',
  held: 'Held for an order',
  returned: 'Returned from what was held',
  earned: 'Earned with an order of',
  fee: 'Fee',
};

/** Movements that a statement as a file has at most, the newest. */
const STATEMENT_MAX = 5_000;
/** Events whose other side is looked up at a time. */
const LOOKED_UP_MAX = 500;

type EntryRow = Awaited<ReturnType<typeof entryRows>>[number];

function entryRows(account: bigint, window: { skip: number; take: number }) {
  return database().tokenEntry.findMany({
    where: { account },
    orderBy: [{ height: 'desc' }, { phase: 'desc' }, { index: 'desc' }, { sequence: 'desc' }],
    ...window,
  });
}

/** Field of the entry's event that names the other side of a movement. */
const OTHER_SIDE: Readonly<Record<string, string>> = { sent: 'to', received: 'from', earned: 'account' };

const placeOf = ({ height, phase, index, sequence }: Pick<EntryRow, 'height' | 'phase' | 'index' | 'sequence'>) =>
  `${height}/${phase}/${index}/${sequence}`;

/** To whom, or from whom, by the entry's place in the log: an entry and its event stand at the same one. */
async function otherSides(rows: readonly EntryRow[]): Promise<ReadonlyMap<string, bigint>> {
  const named = rows.filter(({ what }) => Object.hasOwn(OTHER_SIDE, what));
  const sides = new Map<string, bigint>();
  for (let from = 0; from < named.length; from += LOOKED_UP_MAX) {
    const part = new Map(named.slice(from, from + LOOKED_UP_MAX).map((row) => [placeOf(row), row]));
    const places = [...part.values()].map(({ height, phase, index, sequence }) => ({ height, phase, index, sequence }));
    for (const event of await database().event.findMany({ where: { OR: places } })) {
      const field = OTHER_SIDE[part.get(placeOf(event))?.what ?? ''] ?? '';
      const side = (event.payload as Readonly<Record<string, unknown>>)[field];
      if (typeof side === 'string') sides.set(placeOf(event), BigInt(side));
    }
  }
  return sides;
}

async function readEntries(account: bigint, window: { skip: number; take: number }): Promise<WalletEntryDto[]> {
  const rows = await entryRows(account, window);
  const sides = await otherSides(rows);
  const [refs, nameOf] = await Promise.all([
    loadAccountRefs([...sides.values()]),
    orderNames(
      rows.flatMap(({ agreement }) => agreement ?? []),
      Number(account),
    ),
  ]);
  return rows.map((row) => ({
    height: Number(row.height),
    timeMs: Number(row.timeMs),
    what: WORDS[row.what] ?? row.what,
    other: sides.has(placeOf(row)) ? refs.of(sides.get(placeOf(row)) ?? null) : null,
    amountMicro: row.amountMicro.toString(),
    balanceMicro: row.balanceMicro.toString(),
    agreement: row.agreement === null ? null : { id: Number(row.agreement), name: nameOf(row.agreement) },
    tx: row.tx,
  }));
}

/** The signed-in account's whole statement, newest first, at most 5,000 movements; null without an account. */
export async function getStatement(): Promise<WalletEntryDto[] | null> {
  const access = await authorize('wallet.read');
  if (!access.ok || access.account === null) return null;
  return readEntries(BigInt(access.account), { skip: 0, take: STATEMENT_MAX });
}

/** The signed-in account's balance and statement, newest first; null without an account. */
export async function getWallet(page: number): Promise<WalletDto | null> {
  const access = await authorize('wallet.read');
  if (!access.ok || access.account === null) return null;
  const account = BigInt(access.account);
  const number = pageNumber(page);
  const [refs, balance, entries, total] = await Promise.all([
    loadAccountRefs([account]),
    database().balance.findUnique({ where: { account } }),
    readEntries(account, windowOf(number)),
    database().tokenEntry.count({ where: { account } }),
  ]);
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
