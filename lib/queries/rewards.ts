import 'server-only';
import {
  UNREWARDED,
  type UnrewardedReason,
  NO_FACTS,
  type RewardFacts,
  type RewardRates,
} from '#ledger/contracts/incentive/definition.ts';
import { pointsOf, ratesFrom, sumOf } from '#ledger/contracts/incentive/reward.ts';
import { authorize } from '#lib/auth/guard.ts';
import { database } from '#lib/db.ts';
import type { NetworkRewardsDto, OwnRewardsDto, RewardDto, RunningRewardsDto } from '#lib/shared/rewards.ts';
import { loadAccountRefs } from './account-refs.ts';
import { getAttestation } from './identity.ts';
import { orderNames } from './order-rows.ts';
import { pageNumber, pageOf, readAsOf, windowOf } from './page.ts';
import { readParameters } from './parameters.ts';

const TREASURY = 0n;
/** Accounts of the epoch that runs whose points are added up for a what-if, those with the lowest ids. */
const OTHERS_MAX = 2_000;
const UNREWARDED_MAX = 20;

type EpochRow = NonNullable<Awaited<ReturnType<typeof newestEpoch>>>;

function newestEpoch() {
  return database().rewardEpoch.findFirst({ orderBy: { epoch: 'desc' } });
}

async function readRates(): Promise<RewardRates> {
  return ratesFrom(await readParameters());
}

async function balanceOf(account: bigint): Promise<bigint> {
  return (await database().balance.findUnique({ where: { account } }))?.balanceMicro ?? 0n;
}

function ratesIn(row: EpochRow): RewardRates {
  const { poolMicro, capPerMille, onlineMicro, servedMicro, feePerMille, voteMicro, votesMax, validatorMicro } = row;
  return { poolMicro, capPerMille, onlineMicro, servedMicro, feePerMille, voteMicro, votesMax, validatorMicro };
}

function factsIn({ online, servedMs, feesMicro, votes, consensus }: RewardFacts): RewardFacts {
  return { online, servedMs, feesMicro, votes, consensus };
}

/** The epoch that takes facts now; null once its time is over, and before there was one. */
async function runningOf(account: bigint): Promise<RunningRewardsDto | null> {
  const row = await newestEpoch();
  if (row === null || row.sharedMicro !== null) return null;
  const all = await database().reward.findMany({
    where: { epoch: row.epoch },
    orderBy: { account: 'asc' },
    take: OTHERS_MAX,
  });
  const rates = ratesIn(row);
  const own = all.find((one) => one.account === account);
  const others = all.filter((one) => one !== own);
  return {
    epoch: Number(row.epoch),
    facts: own === undefined ? NO_FACTS : factsIn(own),
    rates,
    pointsOfOthers: others.reduce((sum, one) => sum + sumOf(pointsOf(one, rates)), 0n),
    endsAtMs: Number(row.endsAtMs),
  };
}

async function rewardsOf(account: bigint, page: number): Promise<RewardDto[]> {
  const rows = await database().reward.findMany({
    where: { account, amountMicro: { not: null } },
    orderBy: { epoch: 'desc' },
    ...windowOf(page),
  });
  const epochs = await database().rewardEpoch.findMany({ where: { epoch: { in: rows.map(({ epoch }) => epoch) } } });
  const known = new Map(epochs.map((row) => [row.epoch, row]));
  return rows.flatMap((row) => {
    const epoch = known.get(row.epoch);
    if (epoch === undefined) return [];
    return {
      epoch: Number(row.epoch),
      facts: factsIn(row),
      rates: ratesIn(epoch),
      pointsOfAll: (epoch.points ?? 0n).toString(),
      poolMicro: (epoch.sharedMicro ?? 0n).toString(),
      amountMicro: (row.amountMicro ?? 0n).toString(),
      paidAtMs: Number(row.paidAtMs),
    };
  });
}

async function unrewardedOf(provider: bigint): Promise<OwnRewardsDto['unrewarded']> {
  const where = { provider, reason: { not: null } };
  const [rows, total] = await Promise.all([
    database().rewardedOrder.findMany({ where, orderBy: { agreement: 'desc' }, take: UNREWARDED_MAX }),
    database().rewardedOrder.count({ where }),
  ]);
  const [refs, nameOf] = await Promise.all([
    loadAccountRefs(rows.map(({ customer }) => customer)),
    orderNames(
      rows.map(({ agreement }) => agreement),
      Number(provider),
    ),
  ]);
  const isKnown = (reason: string | null): reason is UnrewardedReason => Object.hasOwn(UNREWARDED, reason ?? '');
  const items = rows.flatMap(({ agreement, customer, reason, atMs }) => {
    const order = { id: Number(agreement), name: nameOf(agreement) };
    return isKnown(reason) ? [{ agreement: order, customer: refs.of(customer), reason, atMs: Number(atMs) }] : [];
  });
  return { items, total };
}

/** What the signed-in account earned and did not, epoch by epoch, the newest first [8.2.3-a]; null without an account. */
export async function getOwnRewards(page: number): Promise<OwnRewardsDto | null> {
  const access = await authorize('wallet.read');
  if (!access.ok || access.account === null) return null;
  const account = BigInt(access.account);
  const number = pageNumber(page);
  const paid = { account, amountMicro: { not: null } };
  const [refs, attestation, rates, treasuryMicro, running, sum, items, total, unrewarded] = await Promise.all([
    loadAccountRefs([account]),
    getAttestation(account),
    readRates(),
    balanceOf(TREASURY),
    runningOf(account),
    database().reward.aggregate({ where: paid, _sum: { amountMicro: true } }),
    rewardsOf(account, number),
    database().reward.count({ where: paid }),
    unrewardedOf(account),
  ]);
  return {
    account: refs.of(account),
    isIdentified: attestation !== null,
    rates,
    treasuryMicro,
    running,
    earnedMicro: (sum._sum.amountMicro ?? 0n).toString(),
    rewards: await pageOf(items, total, number),
    unrewarded,
  };
}

/** The pool, the treasury and the supply, and what rewards drew on them: everybody's [I.3-10]. */
export async function getNetworkRewards(): Promise<NetworkRewardsDto> {
  const client = database();
  const [rates, treasuryMicro, supply, paid, last, asOf] = await Promise.all([
    readRates(),
    balanceOf(TREASURY),
    client.balance.aggregate({ _sum: { balanceMicro: true, heldMicro: true } }),
    client.rewardEpoch.aggregate({ _sum: { paidMicro: true } }),
    client.rewardEpoch.findFirst({ where: { sharedMicro: { not: null } }, orderBy: { epoch: 'desc' } }),
    readAsOf(),
  ]);
  const { balanceMicro, heldMicro } = supply._sum;
  return {
    poolMicro: rates.poolMicro.toString(),
    treasuryMicro: treasuryMicro.toString(),
    supplyMicro: ((balanceMicro ?? 0n) + (heldMicro ?? 0n)).toString(),
    paidMicro: (paid._sum.paidMicro ?? 0n).toString(),
    last:
      last === null
        ? null
        : {
            epoch: Number(last.epoch),
            accounts: Number(last.accounts),
            points: (last.points ?? 0n).toString(),
            sharedMicro: (last.sharedMicro ?? 0n).toString(),
            paidMicro: last.paidMicro.toString(),
          },
    asOf,
  };
}
