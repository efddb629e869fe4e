import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { storeWaysTerms } from '#ledger/contracts/kinds/storage.ts';
import { quantities, strategy } from '#ledger/contracts/testing/samples.ts';
import type { KindName } from '#ledger/contracts/kinds/kinds.ts';
import type { ConfiguredKind } from './resources/kind.ts';
import { kinds } from './resources/kinds.ts';
import { Rig } from './testing/order-rig.ts';

const ROOM = 50_000_000n;
const GRACE_MS = 120_000n;

class StorageRig extends Rig {
  override configure(folder: string): ReadonlyMap<KindName, ConfiguredKind> {
    const stores = [{ id: 'shelf', title: 'Shelf', folder: 'shelf', bytes: Number(ROOM) }];
    const configured = kinds.storage.configure({ stores }, folder);
    if (!configured.ok) throw new Error(configured.sentence);
    return new Map([['storage', configured.value]]);
  }

  async publishStore(room = ROOM): Promise<void> {
    await this.publishSource('shelf', {
      capacity: quantities({ storedBytes: room }),
      strategy: strategy({
        ways: storeWaysTerms(GRACE_MS),
        limits: quantities({ bytes: 1_000_000n, bytesIn: 1_000_000n, calls: 100n }),
        prices: [{ meter: 'storedBytes', per: 1_000_000n, perMs: 60_000n, amountMicro: 1_000n }],
        promise: [],
        degradedPerMille: 0n,
      }),
    });
  }

  applyForAll(continues = 0n): number {
    const amounts = quantities({ bytes: 1_000_000n, bytesIn: 1_000_000n, calls: 100n, storedBytes: ROOM });
    const { network } = this.ledger;
    const args = network.applyArgs({ durationMs: 60_000n, holdMicro: 50_000n, choices: [], amounts, continues });
    return this.ledger.run(network.customer, 'Apply', args).code;
  }

  /** Order 1 has ended, and order 2 is to take over what it stored. */
  async continueOrder(): Promise<void> {
    await this.publishStore();
    this.applyForAll();
    await this.work();
    await this.pass(60);
    await this.work();
    expect(this.applyForAll(1n)).toBe(0);
  }

  bucket(agreement: number): boolean {
    return existsSync(join(this.folder, 'shelf', `order-${agreement}`));
  }
}

let rig: StorageRig;
beforeEach(async () => {
  rig = new StorageRig();
  await rig.open();
});
afterEach(() => rig.close());

test('what an order stored stays for its grace time, is then erased, and its room is free again once the ledger has heard of it [8.4.1-a]', async () => {
  await rig.publishStore();
  expect(rig.applyForAll()).toBe(0);
  await rig.work();
  expect(rig.bucket(1)).toBe(true);
  await rig.pass(60);
  await rig.work();
  // Settled in the meantime: the bill is not what keeps it.
  await rig.pass(30);
  await rig.work();
  expect(rig.order()).toMatchObject({ isSettled: true, isReleased: false });
  expect([rig.bucket(1), rig.applyForAll()]).toEqual([true, 536]);

  // A crash between erasing and saying so loses neither.
  await rig.pass(160);
  rig.isPortalUp = false;
  await rig.duties.perform();
  expect(rig.bucket(1)).toBe(false);
  await rig.restart();
  rig.isPortalUp = true;
  await rig.work();
  expect(rig.newest('ErasureReported')).toMatchObject({ agreement: 1n, by: 1n });
  expect(rig.order()).toMatchObject({ isReleased: true, isErased: true });
  expect(rig.sent.map(({ code }) => code)).toEqual([0, 0, 0]);
  expect(rig.sent.filter(({ method }) => method === 'ReportErasure')).toEqual([{ method: 'ReportErasure', code: 0 }]);
  expect(rig.applyForAll()).toBe(0);
});

test('what an order stored is taken over by the one that continues it, and erased once, for both [8.4.1-a]', async () => {
  await rig.continueOrder();
  await rig.work();
  // Long after the grace time of the first: nothing of it was erased, and the second has no bucket of its own.
  await rig.pass(40);
  expect([rig.bucket(1), rig.bucket(2)]).toEqual([true, false]);
  await rig.pass(20 + 60 + 120 + 61);
  await rig.work();
  await rig.work();
  expect(rig.bucket(1)).toBe(false);
  expect(rig.newest('ErasureReported')).toMatchObject({ agreement: 2n });
  expect(rig.applyForAll()).toBe(0);
});

test('a continuation that never begins takes nothing with it', async () => {
  await rig.continueOrder();
  await rig.hear();
  const { network } = rig.ledger;
  rig.ledger.run(network.customer, 'EndAgreement', { agreement: 2n, reason: 'no-longer-needed' });
  await rig.work();
  await rig.work();
  expect(rig.newest('ContinuationDropped')).toMatchObject({ agreement: 1n });
  expect(rig.book.orders.get(2)).toMatchObject({ isReleased: true });
  expect(rig.bucket(1)).toBe(true);
  await rig.pass(200);
  await rig.work();
  await rig.work();
  expect(rig.bucket(1)).toBe(false);
  expect(rig.newest('ErasureReported')).toMatchObject({ agreement: 1n });
});

test('room that was offered twice is delivered once: the second order lapses, and its whole hold comes back [8.4.1-a] [6.2.4-b]', async () => {
  await rig.publishStore(2n * ROOM);
  expect(rig.applyForAll()).toBe(0);
  await rig.work();
  // What was promised before is remembered over a restart.
  await rig.restart();
  expect(rig.applyForAll()).toBe(0);
  await rig.work();
  expect(rig.said.join(' ')).toContain(
    'Order O-2 is not delivered: the store shelf has 50000000 bytes, and with this order 100000000 would be promised',
  );
  expect([rig.bucket(1), rig.bucket(2)]).toEqual([true, false]);
  expect(rig.sent.filter(({ method }) => method === 'Prepare')).toHaveLength(1);
  await rig.pass(600);
  expect(rig.newest('AgreementEnded', 2n)).toMatchObject({ reason: 'not-delivered' });
  expect(rig.newest('AgreementSettled', 2n)).toMatchObject({ chargeMicro: 0n });
});
