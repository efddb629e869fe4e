import 'server-only';
import { database, readModel } from '#lib/db.ts';
import type { ValidatorHeartbeat } from '#lib/shared/agent.ts';
import { lagOf } from './heartbeats.ts';
import { keepNodeSamples } from './node-samples.ts';

/**
 * Keeps a sample of each validator that this account answers for; those of others are left out. The height that the ledger has reached here is the answer, with how many are the account's.
 */
export async function recordValidatorHeartbeat(
  account: number,
  { validators }: ValidatorHeartbeat,
  atMs: number,
): Promise<{ own: number; height: number }> {
  const client = database();
  const checkpoint = await client.checkpoint.findUniqueOrThrow({ where: { id: 1 } });
  const height = Number(checkpoint.height);
  const addresses = validators.map(({ address }) => address);
  const own = await client.$queryRaw<{ address: string }[]>`
    SELECT "address" FROM ${readModel.nodes}
    WHERE "class" = 'consensus' AND "status" <> 'retired' AND "operator" = ${BigInt(account)} AND "address" = ANY(${addresses})`;
  const isOwn = new Set(own.map(({ address }) => address));
  const samples = validators
    .filter(({ address }) => isOwn.has(address))
    .map(({ address, sample }) => ({
      key: address,
      lag: sample.height === undefined ? null : lagOf(sample.height, height),
      sample,
    }));
  await keepNodeSamples({ kind: 'validator', account, atMs }, samples);
  return { own: isOwn.size, height };
}
