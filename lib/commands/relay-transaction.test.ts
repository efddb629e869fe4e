import { afterAll, beforeAll, expect, test } from 'vitest';
import { callerHash } from '#lib/auth/admission.ts';
import { publicViewer, runAs } from '#lib/auth/viewer.ts';
import { database } from '#lib/db.ts';
import { portalCodes } from '#lib/errors.ts';
import { startReadModel, type TestReadModel } from '#lib/testing/read-model.ts';
import { relayTransaction } from './relay-transaction.ts';

let model: TestReadModel;
beforeAll(async () => {
  model = await startReadModel();
});
afterAll(() => model.stop());

test('who has sent too much is turned away before what was sent is looked at', async () => {
  await runAs(publicViewer, async () => {
    expect(await relayTransaction('00', 0)).toEqual({ state: 'refused', code: 1 });
    const subject = `ip:${await callerHash()}`;
    const updatedAt = new Date(Date.now() + 60_000);
    await database().rateLimit.updateMany({ where: { bucket: 'submit', subject }, data: { tokens: 0, updatedAt } });
    expect(await relayTransaction('00', 0)).toMatchObject({ state: 'refused', code: portalCodes.RATE_LIMITED });
  });
});
