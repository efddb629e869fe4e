import 'server-only';
import { toHex } from '#ledger/core/bytes.ts';
import { CLAIM_FIELDS, REVOCATION_NAMES, type IdentityLevel } from '#ledger/contracts/identity/identity-words.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { claimsFor, eraseAnsweredClaims } from '#lib/operations/sealed-claims.ts';
import type {
  AttestationDto,
  EndedIdentityDto,
  IdentifierDto,
  IdentityDeskDto,
  OwnIdentityDto,
  OwnRequestDto,
  WaitingClaimsDto,
} from '#lib/shared/identity.ts';
import { loadAccountRefs } from './account-refs.ts';
import { toOrders } from './order-rows.ts';

const NO_KEY = '0'.repeat(64);
/** Accounts that one page of an operator shows. */
const IDENTIFIED_MAX = 200;
/** Orders that the page of an identification names. */
const ORDERS_MAX = 20;
/** Operators that a form offers. */
const OPERATORS_MAX = 100;

/** The identification of an account that is in force; null for none. Everybody may read it. */
export async function getAttestation(account: bigint): Promise<AttestationDto | null> {
  const row = await database().attestation.findUnique({ where: { account } });
  if (row === null || row.endedAtMs !== null) return null;
  const refs = await loadAccountRefs([row.operator]);
  return {
    operator: refs.of(row.operator),
    level: row.level as IdentityLevel,
    endsAtMs: Number(row.endsAtMs),
    attestedAtMs: Number(row.attestedAtMs),
  };
}

async function identifiers(but: bigint): Promise<IdentifierDto[]> {
  const rows = await database().identifier.findMany({
    where: { sealingKey: { not: NO_KEY }, operator: { not: but } },
    orderBy: { operator: 'asc' },
    take: OPERATORS_MAX,
  });
  const held = await database().accountRole.findMany({
    where: { role: 'NO', account: { in: rows.map(({ operator }) => operator) } },
  });
  const refs = await loadAccountRefs(rows.map(({ operator }) => operator));
  return rows
    .filter(({ operator }) => held.some(({ account }) => account === operator))
    .map(({ operator, sealingKey }) => ({ operator: refs.of(operator), sealingKey }));
}

async function ownRequest(account: bigint): Promise<OwnRequestDto | null> {
  const row = await database().identityRequest.findUnique({ where: { account } });
  if (row === null) return null;
  const refs = await loadAccountRefs([row.operator]);
  const refused: unknown = row.refusedFields;
  return {
    operator: refs.of(row.operator),
    askedAtMs: Number(row.askedAtMs),
    outcome: (row.outcome ?? 'waiting') as OwnRequestDto['outcome'],
    refusedFields: Array.isArray(refused) ? CLAIM_FIELDS.filter((field) => refused.includes(field)) : [],
    answeredAtMs: row.answeredAtMs === null ? null : Number(row.answeredAtMs),
  };
}

/** Orders of accounts that end with the identification which each has. */
function runningBy(accounts: readonly bigint[]) {
  return { customer: { in: [...accounts] }, identifiedBy: { not: null }, endedAtMs: null };
}

async function ordersBy(account: bigint): Promise<Pick<OwnIdentityDto, 'orders' | 'orderCount'>> {
  const where = runningBy([account]);
  const [rows, orderCount] = await Promise.all([
    database().agreement.findMany({ where, orderBy: { id: 'desc' }, take: ORDERS_MAX }),
    database().agreement.count({ where }),
  ]);
  return { orders: await toOrders(rows, account), orderCount };
}

/** The last identification, where it is over, and what ended by that. */
async function endedIdentity(account: bigint): Promise<EndedIdentityDto | null> {
  const row = await database().attestation.findUnique({ where: { account } });
  if (row === null || row.endedAtMs === null) return null;
  const [refs, rows] = await Promise.all([
    loadAccountRefs([row.operator]),
    database().agreement.findMany({
      where: { customer: account, endReason: 'identity-ended', endedAtMs: { gte: row.endedAtMs } },
      orderBy: { id: 'desc' },
      take: ORDERS_MAX,
    }),
  ]);
  const reason = REVOCATION_NAMES.find((name) => name === row.endReason) ?? 'expired';
  return {
    operator: refs.of(row.operator),
    reason,
    endedAtMs: Number(row.endedAtMs),
    orders: await toOrders(rows, account),
  };
}

/** Who the signed-in account is to others, what it has asked for, and whom it can ask; null without an account. */
export async function getOwnIdentity(): Promise<OwnIdentityDto | null> {
  const access = await authorize('identity.ask');
  if (!access.ok || access.account === null) return null;
  const account = BigInt(access.account);
  const [attestation, running, ended, request, offered] = await Promise.all([
    getAttestation(account),
    ordersBy(account),
    endedIdentity(account),
    ownRequest(account),
    identifiers(account),
  ]);
  return { attestation, ...running, ended, request, identifiers: offered };
}

async function sealingKeyOf(operator: bigint): Promise<string | null> {
  const row = await database().identifier.findUnique({ where: { operator } });
  return row === null || row.sealingKey === NO_KEY ? null : row.sealingKey;
}

/** What waits for the operator's program; null for who identifies nobody. What has its verdict is erased before. */
export async function getWaitingClaims(): Promise<WaitingClaimsDto | null> {
  const access = await authorize('identity.judge');
  if (!access.ok || access.account === null) return null;
  await eraseAnsweredClaims();
  const operator = BigInt(access.account);
  const [account, sealingKey, claims] = await Promise.all([
    database().account.findUnique({ where: { id: operator } }),
    sealingKeyOf(operator),
    claimsFor(operator),
  ]);
  return {
    sealingKey,
    encryptionKey: account?.encryptionKey ?? null,
    claims: claims.map((claim) => ({
      account: Number(claim.account),
      commitment: claim.commitment,
      sealed: toHex(claim.sealed),
      askedAtMs: Number(claim.askedAtMs),
      isInReview: claim.review !== null,
    })),
  };
}

/** What a person of the operator looks at: requests that wait, and accounts that it has identified; null for who is none. */
export async function getIdentityDesk(): Promise<IdentityDeskDto | null> {
  const access = await authorize('identity.judge');
  if (!access.ok || access.account === null) return null;
  const operator = BigInt(access.account);
  const [sealingKey, claims, rows] = await Promise.all([
    sealingKeyOf(operator),
    claimsFor(operator),
    database().attestation.findMany({
      where: { operator, endedAtMs: null },
      orderBy: { attestedAtMs: 'desc' },
      take: IDENTIFIED_MAX,
    }),
  ]);
  const accounts = rows.map(({ account }) => account);
  const [renewed, refs, running] = await Promise.all([
    database().attestation.findMany({
      where: { operator, endedAtMs: null, account: { in: claims.map(({ account }) => account) } },
    }),
    loadAccountRefs([...claims, ...rows].map(({ account }) => account)),
    database().agreement.groupBy({ by: ['customer'], where: runningBy(accounts), _count: true }),
  ]);
  const ends = new Map(renewed.map(({ account, endsAtMs }) => [account, Number(endsAtMs)]));
  const counts = new Map(running.map(({ customer, _count }) => [customer, _count]));
  return {
    sealingKey,
    queue: claims.map(({ account, commitment, askedAtMs, review }) => ({
      account: refs.of(account),
      commitment,
      askedAtMs: Number(askedAtMs),
      review: review === null ? null : toHex(review),
      renewsUntilMs: ends.get(account) ?? null,
    })),
    identified: rows.map(({ account, level, endsAtMs, attestedAtMs }) => ({
      account: refs.of(account),
      level: level as IdentityLevel,
      endsAtMs: Number(endsAtMs),
      attestedAtMs: Number(attestedAtMs),
      orders: counts.get(account) ?? 0,
    })),
  };
}
