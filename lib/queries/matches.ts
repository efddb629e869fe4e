import 'server-only';
import { authorize } from '#lib/auth/guard.ts';
import { database, readModel } from '#lib/db.ts';
import type { DemandStatus } from '#ledger/contracts/demand/definition.ts';
import { structsFromJson } from '#lib/shared/event-json.ts';
import type { MatchDto, MatchesDto } from '#lib/shared/match-dto.ts';
import { loadAccountRefs } from './account-refs.ts';
import { pageNumber, pageOf, windowOf } from './page.ts';

interface Earned {
  chosen: bigint;
  earnedMicro: bigint | null;
}

/** Plans of a broker that were chosen, and the fees of them together. */
async function earnedBy(broker: bigint): Promise<Earned> {
  const rows = await database().$queryRaw<Earned[]>`
    SELECT count(*) AS "chosen", sum((d."chosen"->>'feeMicro')::numeric)::bigint AS "earnedMicro"
    FROM ${readModel.demands} d WHERE d."chosen"->>'broker' = ${broker.toString()}`;
  return rows[0] ?? { chosen: 0n, earnedMicro: 0n };
}

/** As a projection writes which plan was chosen. */
interface StoredChoice {
  plan: string;
  broker: string;
}

/** Plans that the signed-in broker proposed, newest first: chosen or not, and what they brought in. Empty for everybody else. */
export async function getMatches(page: number): Promise<MatchesDto> {
  const access = await authorize('desk.read');
  const nothing = { chosen: 0, earnedMicro: '0' };
  if (!access.ok || access.account === null) return { ...(await pageOf<MatchDto>([], 0, 1)), ...nothing };
  const number = pageNumber(page);
  const broker = BigInt(access.account);
  const [rows, total, earned] = await Promise.all([
    database().proposedPlan.findMany({
      where: { broker },
      orderBy: [{ logIndex: 'desc' }, { sequence: 'desc' }, { place: 'desc' }],
      ...windowOf(number),
    }),
    database().proposedPlan.count({ where: { broker } }),
    earnedBy(broker),
  ]);
  const demands = await database().demand.findMany({
    where: { id: { in: rows.map(({ demand }) => demand) } },
    select: { id: true, status: true, kinds: true, customer: true, chosen: true },
  });
  const byId = new Map(demands.map((demand) => [demand.id, demand]));
  const refs = await loadAccountRefs(demands.map(({ customer }) => customer));
  const items = rows.flatMap(({ demand: id, plan: stored, totalMicro, proposedAtMs }): MatchDto[] => {
    const demand = byId.get(id);
    const [plan] = structsFromJson('Plan', [stored]);
    if (demand === undefined || plan === undefined) return [];
    const chosen = demand.chosen as unknown as StoredChoice | null;
    return [
      {
        demand: Number(id),
        // The contract has checked the words.
        status: demand.status as DemandStatus,
        kinds: demand.kinds as unknown as string[],
        customer: refs.of(demand.customer),
        plan: Number(plan.plan),
        totalMicro: totalMicro.toString(),
        feeMicro: plan.feeMicro.toString(),
        proposedAtMs: Number(proposedAtMs),
        isChosen: chosen !== null && BigInt(chosen.broker) === broker && BigInt(chosen.plan) === plan.plan,
      },
    ];
  });
  const { chosen, earnedMicro } = earned;
  return {
    ...(await pageOf(items, total, number)),
    chosen: Number(chosen),
    earnedMicro: (earnedMicro ?? 0n).toString(),
  };
}
