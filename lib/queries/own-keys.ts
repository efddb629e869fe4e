import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, type Prisma } from '#lib/db.ts';
import { showAddress } from '#lib/ledger-client.ts';
import type { OwnKeyDto } from '#lib/shared/dto.ts';

function textsOf(json: Prisma.JsonValue): string[] {
  return Array.isArray(json) ? json.map(String) : [];
}

/** Keys that the signed-in account has ever allowed to act for it, newest first; at most as many as the contract allows (KEYS_MAX, 64). */
export async function getOwnKeys(): Promise<OwnKeyDto[]> {
  const access = await authorize('keys.list');
  if (!access.ok || access.account === null) return [];
  const keys = await database().accountKey.findMany({
    where: { account: BigInt(access.account), key: { gt: 0n } },
    orderBy: { key: 'desc' },
  });
  return keys.map((key) => ({
    key: Number(key.key),
    address: showAddress(key.address),
    label: key.label,
    methods: textsOf(key.methods),
    resources: textsOf(key.resources).map(Number),
    spendingCapMicro: key.spendingCapMicro,
    spentMicro: key.spentMicro,
    expiresAtMs: key.expiresAtMs === null ? null : Number(key.expiresAtMs),
    isRevoked: key.revoked,
  }));
}
