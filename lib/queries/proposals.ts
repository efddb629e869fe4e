import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { PageOf, ProposalDto } from '#lib/shared/dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { emptyPage, pageNumber, pageOf, windowOf } from './page.ts';

/** Proposals with their votes, newest first. While one is open, its electorate is the node providers of now. */
export async function getProposals(page: number): Promise<PageOf<ProposalDto>> {
  if (!(await authorize('proposals.read')).ok) return emptyPage();
  const number = pageNumber(page);
  const client = database();
  const [rows, total, electorate] = await Promise.all([
    client.proposal.findMany({ orderBy: { id: 'desc' }, ...windowOf(number) }),
    client.proposal.count(),
    client.accountRole.count({ where: { role: 'NRNSP' } }),
  ]);
  const votes = await client.vote.findMany({
    where: { proposal: { in: rows.map(({ id }) => id) } },
    orderBy: { timeMs: 'asc' },
  });
  const refs = await loadAccountRefs([
    ...rows.flatMap(({ by, account }) => [by, account]),
    ...votes.map(({ by }) => by),
  ]);
  const removed = await client.node.findMany({
    where: { id: { in: rows.filter(({ kind }) => kind === 'validator-removal').map(({ value }) => BigInt(value)) } },
    select: { id: true, name: true },
  });
  const nodeOf = (row: { kind: string; value: string }): ProposalDto['node'] => {
    const node = row.kind === 'validator-removal' ? removed.find(({ id }) => id.toString() === row.value) : undefined;
    return node === undefined ? null : { id: Number(node.id), name: node.name };
  };
  const items = rows.map((row) => ({
    id: Number(row.id),
    kind: row.kind as ProposalDto['kind'],
    by: refs.of(row.by),
    subject: row.subject,
    account: row.account === 0n ? null : refs.orNull(row.account),
    value: row.value,
    publicKey: row.publicKey,
    node: nodeOf(row),
    status: row.status as ProposalDto['status'],
    closesAtMs: Number(row.closesAtMs),
    electorate: Number(row.electorate ?? BigInt(electorate)),
    votes: votes
      .filter(({ proposal }) => proposal === row.id)
      .map(({ by, approve, tx, timeMs }) => ({ by: refs.of(by), approve, tx, timeMs: Number(timeMs) })),
    openedAtMs: Number(row.openedAtMs),
  }));
  return pageOf(items, total, number);
}
