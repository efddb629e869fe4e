import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { AccountEvent } from '#ledger/contracts/account/definition.ts';
import { nodeEvent, type NodeEvent } from '#ledger/contracts/node/definition.ts';
import { agreementEvent } from '#ledger/contracts/agreement/definition.ts';
import type { ReceiptFile } from '#ledger/core/receipt-file.ts';
import { sampleAnchor, sampleReceipt, sampleTrail } from '#ledger/vectors/sample-receipt.ts';
import { newestAnchor } from './anchor.ts';
import { takeBatch, type Verifier } from './ledger-events.ts';
import { ledgerVerifier } from './ledger-proof.ts';
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
function take(book: OrderBook, first: number, events: readonly (AccountEvent | NodeEvent)[]): void {
  const verifier: Verifier = {
    receipt: (at) => ({
      logIndex: BigInt(at as number),
      events: [events[(at as number) - first] as never],
      checkpoint: null,
    }),
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

/** An answer of the portal with one item, and its proving header as the newest one. */
function answerWith({ network, chainId, header, commit, validators, trail, ...receipt }: ReceiptFile): unknown {
  const decided = { network, chainId, header, commit, validators, trail };
  const items = [{ logIndex: receipt.logIndex, receipt: { ...receipt, ...decided } }];
  return { items, head: { ...decided, format: 'interpool-head/1' } };
}

test('an agent’s trust follows the validators with what it takes, so that it needs no trail from genesis, also after a restart [8.5.2-a]', () => {
  const numbers = [1, 2, 3, 4, 5];
  const trail = sampleTrail([{ height: 3n, from: [1, 2, 3, 4], to: numbers }]);
  const book = openBook();
  const partsOf = (from: OrderBook) => {
    const verifier = ledgerVerifier(() => newestAnchor(sampleAnchor, from.checkpoint));
    return { book: from, verifier, address };
  };
  const later = answerWith(sampleReceipt({ numbers, signers: 5, height: 9n }));
  expect(takeBatch(later, partsOf(book)).ok).toBe(false);
  expect(takeBatch(answerWith(sampleReceipt()), partsOf(book)).ok).toBe(true);
  expect(book.checkpoint).toBeNull();
  book.record({ kind: 'cursor', after: '1' });
  const changed = answerWith(sampleReceipt({ numbers, signers: 5, trail })) as { items: object[] };
  expect(takeBatch({ ...changed, items: [{ ...changed.items[0], logIndex: '12' }] }, partsOf(book)).ok).toBe(false);
  expect(book.checkpoint).toBeNull();
  expect(takeBatch({ ...changed, items: [] }, partsOf(book)).ok).toBe(true);
  expect(book.checkpoint).toBeNull();
  expect(takeBatch(changed, partsOf(book)).ok).toBe(true);
  expect(book.checkpoint).toMatchObject({ checkpoint: { height: 8n } });
  book.close();
  // The first start writes the journal anew: what it wrote is read by the second.
  openBook().close();
  const again = openBook();
  expect(again.checkpoint?.checkpoint?.height).toBe(8n);
  expect(takeBatch(later, partsOf(again)).ok).toBe(true);
  expect(takeBatch(answerWith(sampleReceipt({ height: 9n })), partsOf(again)).ok).toBe(false);
  again.close();
});

test('the owner’s anchor stands where it is newer than what the agent reached, or of another network', () => {
  const at = (height: bigint) => ({ ...sampleAnchor, checkpoint: { height, blockHash: address, timeMs: 0n } });
  expect(newestAnchor(sampleAnchor, null)).toBe(sampleAnchor);
  const [low, high] = [at(5n), at(9n)];
  expect(newestAnchor(sampleAnchor, low)).toBe(low);
  expect(newestAnchor(high, low)).toBe(high);
  const foreign = { ...high, genesisHash: new Uint8Array(32) };
  expect(newestAnchor(low, foreign)).toBe(low);
});

test('an event of a version that the agent does not know stops it there, and an updated agent goes on from there', () => {
  const book = openBook();
  take(book, 1, [authorised(1n, 1n)]);
  const before = { cursor: book.cursor, head: book.head };
  const event = { contract: 'account', version: 2n, type: 'KeyRevoked', account: 1n, key: 1n, by: 1n } as const;
  const known = { ...event, version: 1n };
  const answerOf = (payload: unknown) => {
    const verifier: Verifier = {
      receipt: (at) => ({ logIndex: BigInt(at as number), events: [payload as never], checkpoint: null }),
      head: () => ({ height: 9, timeMs: 9 }),
    };
    return takeBatch({ items: [{ logIndex: 2, receipt: 2 }], head: {} }, { book, verifier, address });
  };
  for (let again = 0; again < 2; again += 1) {
    const refused = answerOf(event);
    expect(refused).toMatchObject({ ok: false, sentence: expect.stringContaining('update the agent') as string });
    expect({ cursor: book.cursor, head: book.head }).toEqual(before);
    expect(book.identity).toEqual({ account: 1, key: 1 });
  }
  expect(answerOf(known).ok).toBe(true);
  expect([book.cursor, book.identity]).toEqual(['2', null]);
  book.close();
});

test('an item with one event that cannot be read is not taken in part', () => {
  const book = openBook();
  const verifier: Verifier = {
    receipt: () => ({
      logIndex: 1n,
      events: [authorised(1n, 1n) as never, { ...authorised(1n, 2n), version: 2n } as never],
      checkpoint: null,
    }),
    head: () => ({ height: 1, timeMs: 1 }),
  };
  expect(takeBatch({ items: [{ logIndex: 1, receipt: 1 }], head: {} }, { book, verifier, address }).ok).toBe(false);
  expect([book.identity, book.cursor]).toEqual([null, '']);
  book.close();
});

test('an event that cannot be remembered is set aside with a sentence: the agent reads on, and starts again [I.2-7]', () => {
  const book = openBook();
  take(book, 1, [authorised(1n, 1n)]);
  const broken = agreementEvent('AgreementReserved', {
    agreement: 1n,
    order: 1n,
    part: 1n,
    replaces: 0n,
    continues: 0n,
    customer: 2n,
    identifiedBy: 0n,
    provider: 1n,
    resource: 1n,
    kind: 'data',
    strategyVersion: 1n,
    purpose: '',
    fieldOfBusiness: '',
    choices: [],
    ways: [],
    amounts: [],
    prices: [],
    promise: [],
    degradedPerMille: 0n,
    durationMs: 1n,
    holdMicro: 0n,
    backup: [],
    sourceId: 'a',
    agentKey: 1n,
    encryptionKey: new Uint8Array(32),
    feePerMille: 0n,
    reservedAtMs: 1n,
    prepareByMs: 9n,
    intervalMs: 0n,
  });
  const verifier: Verifier = {
    receipt: () => ({ logIndex: 2n, events: [broken as never], checkpoint: null }),
    head: () => ({ height: 2, timeMs: 2 }),
  };
  const taken = takeBatch({ items: [{ logIndex: 2, receipt: 2 }], head: {} }, { book, verifier, address });
  const sentence = expect.stringMatching(/cannot be remembered.*set aside/) as string;
  expect(taken).toMatchObject({ ok: true, value: { setAside: [sentence] } });
  expect([book.cursor, book.orders.size]).toEqual(['2', 0]);
  book.close();
  expect(openBook().orders.size).toBe(0);
});

test('an agent learns the shares of its own host alone, declared or shifted, also after a restart [6.2.2-c, 8.1.1-d]', () => {
  const book = openBook();
  const said = { name: 'Agent', class: 'service', address, software: '1.4.0', endpoint: '', atMs: 1n } as const;
  const to = { from: 'service', to: 'consensus', millicores: 1_000n, reason: 'Blocks are slow' } as const;
  const shares = { consensusMillicores: 0n, serviceMillicores: 4_000n, reserveMillicores: 500n };
  const shifted = { ...shares, consensusMillicores: 1_000n, serviceMillicores: 3_000n };
  take(book, 1, [
    authorised(1n, 1n),
    nodeEvent('NodeRegistered', { node: 5n, operator: 1n, key: 1n, ...said }),
    nodeEvent('SharesDeclared', { node: 5n, operator: 1n, ...shares, atMs: 1n }),
    nodeEvent('SharesDeclared', { node: 6n, operator: 1n, ...shares, serviceMillicores: 9_000n, atMs: 1n }),
  ]);
  expect(book.node?.shares).toEqual({ consensusMillicores: 0, serviceMillicores: 4_000 });
  take(book, 5, [nodeEvent('SharesShifted', { node: 5n, operator: 1n, by: 2n, key: 0n, ...to, ...shifted, atMs: 2n })]);
  book.close();
  const again = openBook();
  expect(again.node).toMatchObject({ node: 5, shares: { consensusMillicores: 1_000, serviceMillicores: 3_000 } });
  again.close();
});
