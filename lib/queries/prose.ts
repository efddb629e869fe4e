import 'server-only';
import { amountOf } from '#ledger/contracts/shared/terms.ts';
import { readRelay } from '#ledger/contracts/kinds/connection.ts';
import type { LeavingReason } from '#ledger/contracts/prose/definition.ts';
import { weightsFrom } from '#ledger/contracts/prose/recommend.ts';
import type { TerminateCause } from '#ledger/contracts/prose/terminate-cause.ts';
import { placeIn } from '#ledger/contracts/shared/place.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database, readModel, type Prisma } from '#lib/db.ts';
import type {
  CandidateDto,
  LineDto,
  OwnRelayDto,
  PoolDto,
  ProximityNetworkDto,
  ServiceNodeDto,
  ProximitySessionDto,
  StandingDto,
  TariffDto,
  TariffPaymentDto,
} from '#lib/shared/proximity.ts';
import { loadAccountRefs } from './account-refs.ts';
import { creditsOf } from './credit.ts';
import { getAttestation } from './identity.ts';
import { idOf, numberOrNull, readAsOf } from './page.ts';
import { readParameters } from './parameters.ts';
import { quantitiesOf, toTerms } from './stored-lists.ts';

/** Relays of the pool that one page gets: those that joined first, so that a flood hides nobody who was there before. */
const CANDIDATES_MAX = 500;
const SESSIONS_MAX = 50;
const PAYMENTS_MAX = 50;
const RELAYS_MAX = 100;
/** Reads of the pool are repeated so often when a block came between. */
const READS_MAX = 3;
const SESSION_BATCH = 500;

const NO_STANDING: StandingDto = {
  sessions: 0,
  begunSessions: 0,
  keptPerMilleSum: 0,
  disconnects: 0,
  evaluations: 0,
  scoreSum: 0,
};

type MemberRow = Prisma.PoolMemberGetPayload<object>;

async function standingsOf(accounts: readonly bigint[]): Promise<Map<bigint, StandingDto>> {
  const rows = await database().serviceStanding.findMany({ where: { account: { in: [...accounts] } } });
  return new Map(
    rows.map(({ account, ...sums }) => [
      account,
      {
        sessions: Number(sums.sessions),
        begunSessions: Number(sums.begunSessions),
        keptPerMilleSum: Number(sums.keptPerMilleSum),
        disconnects: Number(sums.disconnects),
        evaluations: Number(sums.evaluations),
        scoreSum: Number(sums.scoreSum),
      },
    ]),
  );
}

/** Members with what a recommendation is made of; one whose relay is off the list, or whose node fails, is none. */
async function candidatesOf(members: readonly MemberRow[]): Promise<CandidateDto[]> {
  const owners = members.map(({ owner }) => owner);
  const [rows, standings, credits, refs] = await Promise.all([
    database().resource.findMany({
      where: { id: { in: members.map(({ resource }) => resource) }, status: 'published', offSinceMs: null },
      select: { id: true, title: true, attributes: true, capacity: true, free: true },
    }),
    standingsOf(owners),
    creditsOf(owners),
    loadAccountRefs([...owners, ...members.map(({ operator }) => operator)]),
  ]);
  const resources = new Map(rows.map((row) => [row.id, row]));
  return members.flatMap((member) => {
    const row = resources.get(member.resource);
    const relay = row === undefined ? undefined : readRelay(toTerms(row.attributes));
    if (row === undefined || relay === undefined) return [];
    return [
      {
        ...(standings.get(member.owner) ?? NO_STANDING),
        resource: Number(row.id),
        title: row.title,
        owner: refs.of(member.owner),
        operator: refs.of(member.operator),
        cell: member.cell,
        roundTripMs: Number(relay.roundTripMs),
        connections: Number(amountOf(quantitiesOf(row.capacity), 'connections')),
        free: Number(amountOf(quantitiesOf(row.free), 'connections')),
        credit: credits.get(member.owner) ?? 0,
      },
    ];
  });
}

async function readWeights(): Promise<PoolDto['weights']> {
  const { quality, waiting, history, distance } = weightsFrom(await readParameters());
  return {
    quality: Number(quality),
    waiting: Number(waiting),
    history: Number(history),
    distance: Number(distance),
  };
}

/** Several reads that are of one block: read again when one came between. */
async function atOneHeight<Of>(read: () => Promise<Of>): Promise<Of & { asOf: PoolDto['asOf'] }> {
  let before = await readAsOf();
  for (let reads = 1; ; reads++) {
    const found = await read();
    const asOf = await readAsOf();
    if (asOf.height === before.height || reads === READS_MAX) return { ...found, asOf: before };
    before = asOf;
  }
}

/** The pool with everything that a recommendation is made of. Everybody may read it: the place of who asks is not part of the question. */
export async function getPool(): Promise<PoolDto | null> {
  if (!(await authorize('catalogue.read')).ok) return null;
  return atOneHeight(async () => {
    const [members, weights] = await Promise.all([
      database().poolMember.findMany({
        where: { leftAtMs: null },
        orderBy: [{ joinedAtMs: 'asc' }, { resource: 'asc' }],
        take: CANDIDATES_MAX + 1,
      }),
      readWeights(),
    ]);
    const candidates = await candidatesOf(members.slice(0, CANDIDATES_MAX));
    return { candidates, isWhole: members.length <= CANDIDATES_MAX, weights };
  });
}

type SessionRow = Prisma.ProximitySessionGetPayload<object>;

type LineRow = Record<keyof LineDto, bigint | null>;

function lineOf({ roundTripMs, jitterMs, bytesPerS, lossPerMille }: LineRow): LineDto {
  return {
    roundTripMs: Number(roundTripMs ?? 0n),
    jitterMs: Number(jitterMs ?? 0n),
    bytesPerS: Number(bytesPerS ?? 0n),
    lossPerMille: Number(lossPerMille ?? 0n),
  };
}

async function toSessions(rows: readonly SessionRow[]): Promise<ProximitySessionDto[]> {
  const [refs, measurements] = await Promise.all([
    loadAccountRefs(rows.flatMap(({ serviceNode, userNode, operator }) => [serviceNode, userNode, operator])),
    database().sessionMeasurement.findMany({ where: { agreement: { in: rows.map(({ agreement }) => agreement) } } }),
  ]);
  const measured = new Map(measurements.map((row) => [row.agreement, lineOf(row)]));
  return rows.map((row) => ({
    agreement: Number(row.agreement),
    resource: Number(row.resource),
    serviceNode: refs.of(row.serviceNode),
    userNode: refs.of(row.userNode),
    operator: refs.of(row.operator),
    startMs: numberOrNull(row.startMs),
    sessionMs: Number(row.sessionMs),
    keptPerMille: Number(row.keptPerMille),
    inputBytes: Number(row.inputBytes),
    outputBytes: Number(row.outputBytes),
    terminateCause: row.terminateCause as TerminateCause,
    isDisconnect: row.isDisconnect,
    paidMs: Number(row.paidMs),
    dueMicro: row.dueMicro.toString(),
    recordedAtMs: Number(row.recordedAtMs),
    measured: measured.get(row.agreement) ?? null,
    evaluation: row.score === null ? null : { score: Number(row.score), ...lineOf(row) },
  }));
}

/** The session of an order, for who used it, who served it and its operator; null for everybody else, and where none is recorded. */
export async function getSessionOf(agreement: number): Promise<ProximitySessionDto | null> {
  const id = idOf(agreement);
  const row = id === undefined ? null : await database().proximitySession.findUnique({ where: { agreement: id } });
  if (row === null) return null;
  const accounts = [row.userNode, row.serviceNode, row.operator].map(Number);
  if (!(await authorize('session.read', { accounts })).ok) return null;
  return (await toSessions([row]))[0] ?? null;
}

async function tariffOf(operator: bigint): Promise<TariffDto | null> {
  const row = await database().tariff.findUnique({ where: { operator } });
  if (row === null || row.microPerMinute === 0n) return null;
  return { microPerMinute: row.microPerMinute.toString(), budgetMicro: row.budgetMicro.toString() };
}

async function paymentsOf(where: { operator: bigint } | { to: bigint }): Promise<{
  payments: TariffPaymentDto[];
  paidMicro: string;
}> {
  const [rows, sum] = await Promise.all([
    database().tariffPayment.findMany({ where, orderBy: { paidAtMs: 'desc' }, take: PAYMENTS_MAX }),
    database().tariffPayment.aggregate({ where, _sum: { amountMicro: true } }),
  ]);
  const refs = await loadAccountRefs(rows.flatMap(({ operator, to }) => [operator, to]));
  const payments = rows.map((row) => ({
    operator: refs.of(row.operator),
    to: refs.of(row.to),
    paidAtMs: Number(row.paidAtMs),
    sessions: Number(row.sessions),
    paidMs: Number(row.paidMs),
    dueMicro: row.dueMicro.toString(),
    amountMicro: row.amountMicro.toString(),
  }));
  return { payments, paidMicro: (sum._sum.amountMicro ?? 0n).toString() };
}

async function ownRelays(owner: bigint): Promise<OwnRelayDto[]> {
  const rows = await database().resource.findMany({
    where: { owner, kind: 'connection', status: { not: 'retired' } },
    orderBy: { id: 'asc' },
    take: RELAYS_MAX,
  });
  const members = await database().poolMember.findMany({ where: { resource: { in: rows.map(({ id }) => id) } } });
  const candidates = await candidatesOf(members.filter(({ leftAtMs }) => leftAtMs === null));
  return rows.map((row) => {
    const member = members.find(({ resource }) => resource === row.id);
    const isIn = member !== undefined && member.leftAtMs === null;
    const hasLeft = member !== undefined && member.leftAtMs !== null;
    return {
      resource: Number(row.id),
      title: row.title,
      cell: placeIn(toTerms(row.attributes)) ?? null,
      isOnOffer: row.status === 'published',
      joinedAtMs: isIn ? Number(member.joinedAtMs) : null,
      left: hasLeft ? { reason: member.leaveReason as LeavingReason, atMs: Number(member.leftAtMs) } : null,
      candidate: candidates.find(({ resource }) => resource === Number(row.id)) ?? null,
    };
  });
}

async function earnedBy(serviceNode: bigint): Promise<string> {
  const [row] = await database().$queryRaw<{ earnedMicro: string }[]>`
    SELECT coalesce(sum(b."chargeMicro" - b."feeMicro"), 0)::text AS "earnedMicro"
    FROM ${readModel.proximity_sessions} s JOIN ${readModel.bills} b ON b."agreement" = s."agreement"
    WHERE s."serviceNode" = ${serviceNode}`;
  return row?.earnedMicro ?? '0';
}

/** The signed-in provider's relays, and how they stand to the pool; null for who is none. */
export async function getServiceNode(): Promise<ServiceNodeDto | null> {
  const access = await authorize('resources.own');
  if (!access.ok || access.account === null) return null;
  const account = BigInt(access.account);
  return atOneHeight(async () => {
    const [attestation, relays, standings, rows, paid, earnedMicro, weights] = await Promise.all([
      getAttestation(account),
      ownRelays(account),
      standingsOf([account]),
      database().proximitySession.findMany({
        where: { serviceNode: account },
        orderBy: { agreement: 'desc' },
        take: SESSIONS_MAX,
      }),
      paymentsOf({ to: account }),
      earnedBy(account),
      readWeights(),
    ]);
    const tariff = attestation === null ? null : await tariffOf(BigInt(attestation.operator.id));
    const standing = standings.get(account) ?? NO_STANDING;
    const sessions = await toSessions(rows);
    return { identifiedBy: attestation, tariff, relays, standing, sessions, ...paid, earnedMicro, weights };
  });
}

/** The service nodes that the signed-in operator identified, what they served and what it paid; null for who is none. */
export async function getProximityNetwork(): Promise<ProximityNetworkDto | null> {
  const access = await authorize('proximity.operate');
  if (!access.ok || access.account === null) return null;
  const operator = BigInt(access.account);
  return atOneHeight(async () => {
    const [members, tariff, rows, sessionCount, paid, parameters] = await Promise.all([
      database().poolMember.findMany({ where: { operator, leftAtMs: null }, orderBy: { resource: 'asc' } }),
      tariffOf(operator),
      database().proximitySession.findMany({ where: { operator }, orderBy: { agreement: 'desc' }, take: SESSIONS_MAX }),
      database().proximitySession.count({ where: { operator } }),
      paymentsOf({ operator }),
      readParameters(),
    ]);
    const [candidates, sessions] = await Promise.all([candidatesOf(members), toSessions(rows)]);
    return { candidates, tariff, epochMs: Number(parameters('epochMs')), sessions, sessionCount, ...paid };
  });
}

/** Every session of the signed-in operator's service nodes, the oldest first, in batches; null for who is none. */
export async function exportSessions(): Promise<AsyncGenerator<ProximitySessionDto[]> | null> {
  const access = await authorize('proximity.operate');
  if (!access.ok || access.account === null) return null;
  return sessionsIn(BigInt(access.account));
}

async function* sessionsIn(operator: bigint): AsyncGenerator<ProximitySessionDto[]> {
  for (let after = 0n; ;) {
    const rows = await database().proximitySession.findMany({
      where: { operator, agreement: { gt: after } },
      orderBy: { agreement: 'asc' },
      take: SESSION_BATCH,
    });
    const last = rows.at(-1);
    if (last === undefined) return;
    yield await toSessions(rows);
    if (rows.length < SESSION_BATCH) return;
    after = last.agreement;
  }
}
