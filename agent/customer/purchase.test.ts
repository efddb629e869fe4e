import { expect, test } from 'vitest';
import { applicationFor, type Offer } from './purchase.ts';

const offer: Offer = {
  kind: 'storage',
  gateway: 'http://localhost:4100',
  provider: { id: 3 },
  strategy: {
    version: 7,
    prices: [{ meter: 'storedBytes', per: 1_000_000_000, perMs: 3_600_000, amountMicro: '50000' }],
  },
};
const use = {
  resource: 4n,
  purpose: 'planning',
  fieldOfBusiness: 'logistics',
  durationMs: 600_000n,
  amounts: [{ meter: 'storedBytes', amount: 200_000_000n }],
  choices: [],
  continues: 0n,
};
const encryptionKey = new Uint8Array(32);

test('a program signs the price in force, by the ledger’s own rule, and nothing above its limit', () => {
  const signed = applicationFor({ ...use, atMostMicro: 1_667n }, offer, encryptionKey);
  expect(signed).toMatchObject({ ok: true, value: { provider: 3n, strategyVersion: 7n, holdMicro: 1_667n } });
  const dear = applicationFor({ ...use, atMostMicro: 1_666n }, offer, encryptionKey);
  expect(dear.ok).toBe(false);
});
