import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AccountEvent } from '#ledger/contracts/account/contract.ts';
import { takeBatch, type Verifier } from './ledger-events.ts';
import { OrderBook } from './order-book.ts';

const address = new Uint8Array(20).fill(7);

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'interpool-events-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function openBook(): OrderBook {
  const opened = OrderBook.open(join(folder, 'orders.journal'));
  if (!opened.ok) throw new Error(opened.sentence);
  return opened.value;
}

function authorised(account: bigint, key: bigint): AccountEvent {
  const scope = { label: 'agent', methods: ['Prepare'], resources: [], spendingCapMicro: 0n, expiresAtMs: 1n };
  return { contract: 'account', version: 1n, type: 'KeyAuthorized', account, key, address, ...scope };
}

/** Hands over one proved item for each event, from log index `first` on. */
function take(book: OrderBook, first: number, events: readonly AccountEvent[]): void {
  const verifier: Verifier = {
    receipt: (at) => ({ logIndex: BigInt(at as number), events: [events[(at as number) - first] as never] }),
    head: () => ({ height: first, timeMs: first }),
  };
  const items = events.map((_, index) => ({ logIndex: first + index, receipt: first + index }));
  expect(takeBatch({ items, head: {} }, { book, verifier, address })).toMatchObject({ ok: true });
}

test('an agent whose key was revoked serves its first owner again and nobody else, also after a restart', () => {
  const book = openBook();
  take(book, 1, [
    authorised(1n, 1n),
    { contract: 'account', version: 1n, type: 'KeyRevoked', account: 1n, key: 1n, by: 1n },
    authorised(2n, 1n),
  ]);
  expect(book.identity).toBeNull();
  book.close();
  const again = openBook();
  expect(again.identity).toBeNull();
  take(again, 4, [authorised(2n, 2n)]);
  expect(again.identity).toBeNull();
  take(again, 5, [authorised(1n, 2n)]);
  expect(again.identity).toEqual({ account: 1, key: 2 });
  again.close();
});
