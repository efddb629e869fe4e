import { describe, expect, test } from 'vitest';
import { toHex } from '#ledger/core/bytes.ts';
import { encode, type CborValue } from '#ledger/core/codec.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { leafHash } from '#ledger/core/merkle.ts';
import { eventKey, type Concern } from './parties.ts';
import { receiptFor } from './receipt.ts';

const LOG_INDEX = 7n;
const event = (contract: string, type: string, fields: Record<string, CborValue>): Uint8Array =>
  encode({ contract, version: 1n, type, ...fields });

/** Own, another's, everybody's, and one with a field that is not everybody's. */
const payloads = [
  event('agreement', 'AgreementEnded', { agreement: 3n }),
  event('agreement', 'AgreementReserved', { agreement: 4n }),
  event('resource', 'ResourceStatusChanged', { resource: 1n }),
  event('resource', 'CapacityChanged', { resource: 3n, agreement: 4n }),
];
const receipt = { logIndex: '7', transaction: 'aa', types: {}, events: payloads.map(toHex) };
const hashOf = (index: number) => ({
  index: String(index),
  hash: toHex(leafHash(payloads[index]!, nobleCrypto)),
});

function concern({ isWhole, isMixed }: { isWhole: boolean; isMixed: boolean }): Concern {
  return {
    items: new Set([LOG_INDEX]),
    whole: new Set(isWhole ? [LOG_INDEX] : []),
    mixed: new Set(isMixed ? [LOG_INDEX] : []),
    events: new Set([eventKey({ logIndex: LOG_INDEX, sequence: 0 })]),
  };
}

describe('what a party gets of a receipt', () => {
  test('is the whole of an item that is about nobody else, and of a public one', () => {
    expect(receiptFor(receipt, LOG_INDEX, concern({ isWhole: true, isMixed: false }))).toEqual(receipt);
    const nobody: Concern = { items: new Set(), whole: new Set(), mixed: new Set(), events: new Set() };
    expect(receiptFor(receipt, LOG_INDEX, nobody)).toEqual(receipt);
  });

  test.each([
    ['who signed', true, { transaction: 'aa', types: {} }],
    ['who did not sign', false, {}],
  ])('is, of an item about others too, the own and the public events, for %s [7.2.1-b]', (_who, isWhole, body) => {
    expect(receiptFor(receipt, LOG_INDEX, concern({ isWhole, isMixed: true }))).toEqual({
      logIndex: '7',
      ...body,
      events: [receipt.events[0], receipt.events[2]],
      withheld: [hashOf(1), hashOf(3)],
    });
  });
});
