import 'server-only';
import { database } from '#lib/db.ts';
import { showAddress } from '#lib/ledger-client.ts';
import type { AccountRef } from '#lib/shared/dto.ts';

/** Finds references by id among those loaded; the treasury (0) and an unknown id have their own words. */
export interface AccountRefs {
  of(id: bigint | null): AccountRef;
  orNull(id: bigint | null): AccountRef | null;
}

/** References of accounts, two queries for any number. A name shows when its owner made it public and the ledger holds its commitment. */
export async function loadAccountRefs(ids: readonly (bigint | null)[]): Promise<AccountRefs> {
  const wanted = [...new Set(ids.filter((id): id is bigint => id !== null && id > 0n))];
  const accounts = wanted.length === 0 ? [] : await database().account.findMany({ where: { id: { in: wanted } } });
  const profiles =
    accounts.length === 0
      ? []
      : await database().profile.findMany({
          where: {
            isPublic: true,
            OR: accounts.map(({ address, profileCommitment }) => ({ address, commitment: profileCommitment })),
          },
          select: { address: true, name: true },
        });
  const names = new Map(profiles.map(({ address, name }) => [address, name]));
  const refs = new Map<bigint, AccountRef>(
    accounts.map(({ id, address }) => [
      id,
      { id: Number(id), address: showAddress(address), name: names.get(address) ?? null },
    ]),
  );
  const orNull = (id: bigint | null): AccountRef | null => {
    if (id === null) return null;
    return id === 0n ? { id: 0, address: '', name: 'Treasury' } : (refs.get(id) ?? null);
  };
  return { orNull, of: (id) => orNull(id) ?? { id: Number(id ?? 0n), address: '', name: null } };
}
