import { expect, test } from 'vitest';
import { toHex } from '#ledger/core/bytes.ts';
import { anchorOf } from '#ledger/core/genesis.ts';
import { nativeCrypto } from '#ledger/engines/native-crypto.ts';
import { verifyHead } from '#ledger/verify/head.ts';
import { verifyItem, type Suite } from './suite.ts';

/** Outcomes, subscriptions, receipts and heads. */
export function testReaders(given: () => Suite): void {
  test('an unknown transaction has no outcome when the time is up, an unknown path no answer', async () => {
    const suite = given();
    expect(await suite.engine.outcome(new Uint8Array(32).fill(9), 50)).toBeUndefined();
    expect(await suite.engine.query('no-such-path', {})).toMatchObject({ ok: false });
    expect(await suite.engine.receipt(10n ** 12n)).toBeUndefined();
  });

  test('hands every block to a subscriber once and in order, events and all, from any height [8.3.1-a]', async () => {
    const suite = given();
    const { outcome } = await suite.decide(suite.under.ledger.transfer(suite.bob, suite.alice, 3n));
    const height = outcome?.height ?? 0n;
    const all = await suite.blocksFrom(1n, (block) => block.height >= height);
    expect(all.map((block) => block.height)).toEqual(all.map((_, index) => BigInt(index + 1)));
    const items = all.flatMap((block) => block.items);
    expect(items.map((item) => item.logIndex)).toEqual(items.map((_, index) => BigInt(index)));
    const item = all
      .at(-1)
      ?.items.find((each) => toHex(each.txId ?? new Uint8Array(0)) === toHex(outcome?.txId ?? new Uint8Array(1)));
    expect(item?.events[0]?.payload).toMatchObject({ contract: 'token' });
    const again = await suite.blocksFrom(height, () => true);
    expect(again[0]).toEqual(all.at(-1));
  });

  test('says what waits, what is due, and how large journal and state are, and the journal grows with blocks [7.2.6-b]', async () => {
    const suite = given();
    const before = await suite.engine.figures();
    await suite.decide(suite.under.ledger.transfer(suite.alice, suite.bob, 1n));
    const after = await suite.engine.figures();
    for (const { waiting, dueItems, dueBacklog, stateRecords, journals } of [before, after]) {
      expect([waiting, dueItems, dueBacklog].every((count) => count !== null && count >= 0)).toBe(true);
      expect(stateRecords).toBeGreaterThan(0);
      expect(journals.length).toBeGreaterThan(0);
    }
    const bytes = ({ journals }: typeof before): number => Math.max(...journals.map((each) => each.bytes));
    expect(bytes(after)).toBeGreaterThan(bytes(before));
  });

  test('gives receipts and heads that verify offline against the anchor of genesis, for every item [8.2.1-a]', async () => {
    const suite = given();
    const { outcome } = await suite.decide(suite.under.ledger.transfer(suite.alice, suite.bob, 2n));
    const height = outcome?.height ?? 0n;
    const blocks = await suite.blocksFrom(1n, (block) => block.height > height);
    for (const item of blocks.flatMap((block) => block.items)) await verifyItem(suite, item.logIndex);
    const anchor = anchorOf(suite.under.ledger.genesis, nativeCrypto);
    const head = verifyHead(await suite.engine.head(), anchor, nativeCrypto);
    expect(head.ok).toBe(true);
  });
}
