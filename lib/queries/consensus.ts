import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import { RANGES, type ChainPoint, type ConsensusDto, type Range } from '#lib/shared/monitoring.ts';
import { nodeNames } from './nodes.ts';

const BLOCKS = 200;
const REFUSALS_MAX = 50;
/** Points of a series, at most: finer ones are averaged. */
const POINTS_MAX = 500;

interface SignerJson {
  address: string;
  signed: boolean;
}

/** The last blocks by validator: who proposed, in which round, whose vote is missing; and what was refused in them, by code. */
export async function getConsensus(): Promise<ConsensusDto | null> {
  if (!(await authorize('monitoring.read')).ok) return null;
  const rows = (await database().block.findMany({ orderBy: { height: 'desc' }, take: BLOCKS })).toReversed();
  // Made by the projection of blocks alone.
  const signersOf = (row: { signers: unknown }): SignerJson[] => row.signers as SignerJson[];
  const refusals = await database().transaction.groupBy({
    by: ['code'],
    where: { height: { gte: rows[0]?.height ?? 0n }, code: { not: 0 } },
    _count: true,
    orderBy: { code: 'asc' },
    take: REFUSALS_MAX,
  });
  const addresses = [
    ...new Set(rows.flatMap((row) => [row.proposer, ...signersOf(row).map(({ address }) => address)])),
  ];
  const names = await nodeNames(addresses);
  return {
    validators: addresses.map((address) => {
      const seen = rows.flatMap((row) => signersOf(row).filter((signer) => signer.address === address));
      return {
        address,
        name: names.get(address) ?? null,
        blocks: seen.length,
        missed: seen.filter(({ signed }) => !signed).length,
        proposed: rows.filter(({ proposer }) => proposer === address).length,
      };
    }),
    blocks: rows.map((row, index) => {
      const before = rows[index - 1];
      return {
        height: Number(row.height),
        timeMs: Number(row.timeMs),
        blockTimeMs: before === undefined ? null : Number(row.timeMs - before.timeMs),
        round: row.round,
        proposer: row.proposer,
        missing: signersOf(row)
          .filter(({ signed }) => !signed)
          .map(({ address }) => address),
      };
    }),
    refusals: refusals.map(({ code, _count: count }) => ({ code, count })),
  };
}

/** What the network did over a range, at most some hundred points: averages of what was measured in between. */
export async function getChainSeries(range: Range): Promise<ChainPoint[]> {
  if (!Object.hasOwn(RANGES, range) || !(await authorize('monitoring.read')).ok) return [];
  const stepSeconds = Math.max(10, Math.ceil(RANGES[range] / 1_000 / POINTS_MAX));
  const rows = await database().$queryRaw<{ at: Date; figures: Record<string, number> }[]>`
    SELECT "at", jsonb_object_agg("name", "value") AS "figures" FROM (
      SELECT to_timestamp(floor(extract(epoch FROM c."at") / ${stepSeconds}::int) * ${stepSeconds}::int) AS "at", f.key AS "name", avg(f.value::text::double precision) AS "value"
      FROM monitoring.chain_samples c, jsonb_each(c."figures") f WHERE c."at" > ${new Date(Date.now() - RANGES[range])} GROUP BY 1, 2) x
    GROUP BY 1 ORDER BY 1`;
  return rows.map(({ at, figures }) => ({ atMs: at.getTime(), figures }));
}
