import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { RefusedProgramDto } from '#lib/shared/demand-dto.ts';
import type { PageOf } from '#lib/shared/dto.ts';
import { emptyPage, pageNumber, pageOf, windowOf } from './page.ts';

/** Programs that the node providers voted nobody runs any more, newest first; public. */
export async function getRefusedPrograms(page: number): Promise<PageOf<RefusedProgramDto>> {
  if (!(await authorize('network.read')).ok) return emptyPage();
  const number = pageNumber(page);
  const [rows, total] = await Promise.all([
    database().refusedAlgorithm.findMany({ orderBy: { logIndex: 'desc' }, ...windowOf(number) }),
    database().refusedAlgorithm.count(),
  ]);
  return pageOf(rows.map(refusedProgram), total, number);
}

/** The vote by which nobody runs a program any more, by its SHA-256 in lower-case hex; null for one that providers may run. Public. */
export async function getRefusedProgram(algorithm: string): Promise<RefusedProgramDto | null> {
  if (!(await authorize('network.read')).ok) return null;
  const row = await database().refusedAlgorithm.findUnique({ where: { algorithm } });
  return row && refusedProgram(row);
}

function refusedProgram({
  algorithm,
  reason,
  proposal,
  refusedAtMs,
}: Readonly<Record<'algorithm' | 'reason', string> & Record<'proposal' | 'refusedAtMs', bigint>>): RefusedProgramDto {
  return { algorithm, reason, proposal: Number(proposal), refusedAtMs: Number(refusedAtMs) };
}
