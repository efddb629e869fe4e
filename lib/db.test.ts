import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { database } from './db.ts';
import { codeOfFault, portalCodes } from './errors.ts';

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel();
  process.env.DATABASE_POOL_MAX = '2';
  process.env.DATABASE_CONNECT_MS_MAX = '1000';
  process.env.DATABASE_STATEMENT_MS_MAX = '4000';
});
afterAll(() => model.stop());

const sleep = (seconds: number): Promise<unknown> =>
  database().$queryRaw`SELECT pg_sleep(${seconds}::double precision)::text`
    .then(() => 'slept')
    .catch((error: unknown) => codeOfFault(error));

describe('the portal’s pool', () => {
  test('has as many connections as it is given: who finds none in time is told to come back, and a long statement is cut off', async () => {
    // Opened first: on a busy machine that takes longer than the wait for one that is taken.
    expect(await Promise.all([sleep(0), sleep(0)])).toEqual(['slept', 'slept']);
    expect(await Promise.all([sleep(2.5), sleep(2.5), sleep(0)])).toEqual([
      'slept',
      'slept',
      portalCodes.DATABASE_UNAVAILABLE,
    ]);
    expect(await sleep(60)).toBe(portalCodes.INTERNAL);
    expect(await Promise.all([sleep(0), sleep(0)])).toEqual(['slept', 'slept']);
  });
});
