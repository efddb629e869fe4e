import 'server-only';
import { database, Prisma, readModel } from '#lib/db.ts';
import type { PortalHeartbeat } from '#lib/shared/agent.ts';
import { keepNodeSamples } from './node-samples.ts';

/**
 * The condition on `n`, a node, that it speaks for the portal at this origin: admitted, and the first that names it. Nobody takes a portal over by naming its address too.
 */
export function isPortalNode(origin: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`n."class" = 'common' AND n."endpoint" <> '' AND n."endpoint" = ${origin} AND n."status" NOT IN ('registered', 'retired')
    AND NOT EXISTS (SELECT 1 FROM ${readModel.nodes} e WHERE e."class" = 'common' AND e."endpoint" = n."endpoint" AND e."id" < n."id"
      AND e."status" NOT IN ('registered', 'retired'))`;
}

/** Keeps a sample of the portal whose node this key is; the height that this portal shows is the answer. Null for a key that speaks for no portal. */
export async function recordPortalHeartbeat(
  address: string,
  { sample }: PortalHeartbeat,
  atMs: number,
): Promise<{ height: number } | null> {
  const [node] = await database().$queryRaw<{ operator: bigint; endpoint: string }[]>`
    SELECT n."operator", n."endpoint" FROM ${readModel.nodes} n
    WHERE n."address" = ${address} AND ${isPortalNode(Prisma.sql`n."endpoint"`)} ORDER BY n."id" DESC LIMIT 1`;
  if (node === undefined) return null;
  const { lag, ...figures } = sample;
  const of = { kind: 'portal', account: Number(node.operator), atMs } as const;
  await keepNodeSamples(of, [{ key: node.endpoint, lag: lag ?? null, sample: figures }]);
  const { height } = await database().checkpoint.findUniqueOrThrow({ where: { id: 1 } });
  return { height: Number(height) };
}
