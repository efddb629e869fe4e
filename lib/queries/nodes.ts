import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { NodeDto, PageOf } from '#lib/shared/dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { emptyPage, numberOrNull, pageNumber, pageOf, windowOf } from './page.ts';

/** The contract's bound on nodes that validate, wait or leave (NODES_LIVE_MAX). */
const LIVE_MAX = 64;

interface NodeRow {
  id: bigint;
  name: string;
  operator: bigint;
  publicKey: string;
  address: string;
  status: string;
  equivocations: bigint;
  changedAtMs: bigint;
  changesAtMs: bigint | null;
}

async function toNodes(rows: readonly NodeRow[]): Promise<NodeDto[]> {
  const refs = await loadAccountRefs(rows.map(({ operator }) => operator));
  return rows.map(({ id, name, operator, publicKey, address, status, equivocations, changedAtMs, changesAtMs }) => ({
    id: Number(id),
    name,
    operator: operator === 0n ? null : refs.of(operator),
    publicKey,
    address,
    status: status as NodeDto['status'],
    equivocations: Number(equivocations),
    changedAtMs: Number(changedAtMs),
    changesAtMs: numberOrNull(changesAtMs),
  }));
}

/** Every node that validates, waits for it or is leaving, in order of id. */
export async function getNodes(): Promise<NodeDto[]> {
  if (!(await authorize('network.read')).ok) return [];
  const where = { status: { not: 'retired' } };
  return toNodes(await database().node.findMany({ where, orderBy: { id: 'asc' }, take: LIVE_MAX }));
}

/** Nodes that have left for good, the latest first. */
export async function getRetiredNodes(page: number): Promise<PageOf<NodeDto>> {
  if (!(await authorize('network.read')).ok) return emptyPage();
  const number = pageNumber(page);
  const where = { status: 'retired' };
  const [rows, total] = await Promise.all([
    database().node.findMany({ where, orderBy: [{ changedAtMs: 'desc' }, { id: 'desc' }], ...windowOf(number) }),
    database().node.count({ where }),
  ]);
  return pageOf(await toNodes(rows), total, number);
}

/** Names of validators by their address, hex; where a key has had several nodes, the latest one's. */
export async function nodeNames(addresses: readonly string[]): Promise<Map<string, string>> {
  const rows = await database().node.findMany({
    where: { address: { in: [...addresses] } },
    orderBy: { id: 'asc' },
    select: { address: true, name: true },
  });
  return new Map(rows.map(({ address, name }) => [address, name]));
}
