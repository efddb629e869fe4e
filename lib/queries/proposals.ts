import 'server-only';
import { findMethod } from '#ledger/contracts/definitions.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database, type Prisma } from '#lib/db.ts';
import type { PageOf, ProposalDto } from '#lib/shared/dto.ts';
import { recordFromJson } from '#lib/shared/event-json.ts';
import { loadAccountRefs } from './account-refs.ts';
import { emptyPage, pageNumber, pageOf, windowOf } from './page.ts';

/** Method, arguments as text, and what is asked for in the words of the method's definition. */
function proposedBy(row: {
  method: string;
  args: Prisma.JsonValue;
  by: bigint;
}): Pick<ProposalDto, 'method' | 'args' | 'proposes'> {
  // The projector writes the arguments as a JSON object.
  const json = row.args as Readonly<Record<string, unknown>>;
  const args = Object.entries(json).map(([name, value]) => ({
    name,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
  const definition = findMethod(row.method)?.definition;
  const proposes = definition?.byVote?.proposes(recordFromJson(definition.fields, json), row.by) ?? row.method;
  return { method: row.method, args, proposes };
}

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
    ...rows.flatMap(({ by, concerns }) => [by, concerns]),
    ...votes.map(({ by }) => by),
  ]);
  const items = rows.map((row) => ({
    id: Number(row.id),
    ...proposedBy(row),
    by: refs.of(row.by),
    concerns: row.concerns === 0n ? null : refs.orNull(row.concerns),
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
