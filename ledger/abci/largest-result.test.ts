import { describe, expect, test } from 'vitest';
import { PARTS_MAX } from '#ledger/contracts/agreement/definition.ts';
import { dataSetTerms } from '#ledger/contracts/kinds/data.ts';
import { TAGS_MAX, TAG_MAX } from '#ledger/contracts/resource/definition.ts';
import { CONDITIONS_MAX, SENTENCE_MAX } from '#ledger/contracts/strategy/definition.ts';
import { DATA_SET, places, strategy, ways } from '#ledger/contracts/testing/samples.ts';
import { orderArgs, part } from '#ledger/contracts/testing/test-ledger.ts';
import { encode } from '#ledger/core/codec.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { RECEIPT_CHARACTERS_MAX } from '#ledger/core/receipt-file.ts';
import { TRANSACTION_BYTES_MAX } from '#ledger/core/transaction.ts';
import { sampleAnchor, sampleReceipt } from '#ledger/vectors/sample-receipt.ts';
import { verifyReceipt } from '#ledger/verify/receipt.ts';
import { RESULT_BYTES_MAX } from './block-run.ts';
import { quickCrypto } from './testing/quick-crypto.ts';
import { TestNetwork } from './testing/test-network.ts';

/** Distinct tags of the longest kind. */
const TAGS = Array.from({ length: TAGS_MAX }, (_, at) => `${at}-`.padEnd(TAG_MAX, 'a'));
/** As many conditions as there can be, as long as a transaction has room for, that read as much as they can and never hold. */
const CONDITIONS = Array.from({ length: CONDITIONS_MAX }, () => ({
  rule: 'size(resource.tags) + size(applicant.roles) + applicant.accountAgeMs + use.durationMs + nowMs < 0 && use.purpose == use.field',
  sentence: '€'.repeat(SENTENCE_MAX),
}));
const COLUMNS = Array.from({ length: 60 }, (_, at) => ({ name: `${at}-`.padEnd(100, 'c'), type: 'T', nulls: 0 }));

/** The events of an order of sixteen parts on resource 1. */
function eventsOf(net: TestNetwork): Uint8Array[] {
  const parts = Array.from({ length: PARTS_MAX }, () => part());
  const bytes = net.sign(net.customer, 'PlaceOrder', orderArgs(parts));
  expect(bytes.length).toBeLessThanOrEqual(TRANSACTION_BYTES_MAX);
  const [item] = net.block([bytes]).transactions;
  expect(item?.code).toBe(0);
  return item!.events.map(encode);
}

function expectReadable(events: Uint8Array[]): void {
  const total = events.reduce((sum, each) => sum + each.length, 0);
  // Far below what a block's results may take, and a receipt of it is read with the spaces that people's tools add.
  expect(total).toBeLessThan(RESULT_BYTES_MAX / 4);
  const receipt = JSON.stringify(sampleReceipt({ events }), undefined, 2);
  expect(receipt.length).toBeLessThan(RECEIPT_CHARACTERS_MAX * 0.75);
  expect(verifyReceipt(receipt, sampleAnchor, nobleCrypto)).toMatchObject({ ok: true, authenticated: true });
}

describe('the largest result of one transaction', () => {
  test('sixteen refusals with every condition in the provider’s longest words have a receipt that can be verified [8.3.1-b]', () => {
    const net = new TestNetwork(quickCrypto);
    net.run(net.provider, 'AuthorizeKey', net.authorizeArgs());
    const terms = strategy({ conditions: CONDITIONS });
    const published = net.run(net.provider, 'PublishResource', { ...net.publishArgs({ strategy: terms }), tags: TAGS });
    expect(published.code).toBe(0);
    const events = eventsOf(net);
    expect(events).toHaveLength(PARTS_MAX);
    expect(events[0]!.length).toBeGreaterThan(24 * 1_024);
    expectReadable(events);
  });

  test('sixteen reservations of the widest data set have a receipt that can be verified [8.3.1-b]', () => {
    const net = new TestNetwork(quickCrypto);
    net.run(net.provider, 'AuthorizeKey', net.authorizeArgs());
    const attributes = dataSetTerms({ ...DATA_SET, columns: COLUMNS });
    const terms = strategy({ ways: ways({ columns: COLUMNS.map(({ name }) => name) }) });
    const offered = net.publishArgs({ strategy: terms, capacity: places(16n), attributes });
    expect(net.run(net.provider, 'PublishResource', offered).code).toBe(0);
    const events = eventsOf(net);
    expect(events).toHaveLength(PARTS_MAX * 3);
    expect(events[0]!.length).toBeGreaterThan(6 * 1_024);
    expectReadable(events);
  });
});
