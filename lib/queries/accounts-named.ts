import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { readAddress } from '#lib/ledger-client.ts';
import type { AccountRef } from '#lib/shared/dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { idOf } from './page.ts';
import { accountsNamed, wordsOf } from './search-words.ts';

const FOUND_MAX = 8;
/** What one condition names at most (components/strategy). */
const IDS_MAX = 64;

/** Ids that a text may mean: A-7 or 7, an address, words of a public name. */
async function idsOf(text: string): Promise<bigint[]> {
  const numbered = /^(?:A-?)?(\d{1,15})$/i.exec(text)?.[1];
  const id = numbered === undefined ? undefined : idOf(Number(numbered));
  const address = readAddress(text);
  if (address !== undefined) {
    const owner = await database().account.findUnique({ where: { address }, select: { id: true } });
    return owner === null ? [] : [owner.id];
  }
  const words = wordsOf(text);
  const named = words.length === 0 ? [] : await accountsNamed(words, FOUND_MAX);
  return [...(id === undefined ? [] : [id]), ...named.map((account) => account.id)];
}

async function refsOf(ids: readonly bigint[]): Promise<AccountRef[]> {
  const refs = await loadAccountRefs(ids);
  return [...new Set(ids)].flatMap((id) => refs.orNull(id) ?? []).filter(({ id }) => id !== 0);
}

/** Accounts that a text names, the one of its id first; none for a text that names none. */
export async function getAccountsNamed(text: string): Promise<AccountRef[]> {
  const access = await authorize('account.read');
  const asked = text.trim();
  return access.ok && asked !== '' ? refsOf(await idsOf(asked)) : [];
}

/** What everybody may know of these accounts; those that are none are left out. */
export async function getAccountRefs(ids: readonly number[]): Promise<AccountRef[]> {
  const access = await authorize('account.read');
  return access.ok ? refsOf(ids.slice(0, IDS_MAX).flatMap((id) => idOf(id) ?? [])) : [];
}
