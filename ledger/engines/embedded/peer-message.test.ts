import { describe, expect, test } from 'vitest';
import { encode, type CborValue } from '#ledger/core/codec.ts';
import { decodePeerMessage, encodePeerMessage, type PeerMessage } from './peer-message.ts';

const [manifest, origin] = [Uint8Array.of(1), Uint8Array.of(2, 3)];

describe('messages about snapshots', () => {
  test('come out as they went in [7.2.2-d]', () => {
    const messages: PeerMessage[] = [
      { kind: 'snapshot-request' },
      { kind: 'snapshot', offer: undefined },
      { kind: 'snapshot', offer: { manifest, origin } },
      { kind: 'chunk-request', height: 7n, index: 3 },
      { kind: 'chunk', height: 7n, index: 0, bytes: manifest },
    ];
    for (const message of messages) expect(decodePeerMessage(encodePeerMessage(message))).toEqual(message);
  });

  test('are nothing when a field is missing, of another kind or out of bounds [7.2.2-c]', () => {
    const hostile: CborValue[] = [
      ['snapshot', manifest],
      ['snapshot', 1n, 2n],
      ['snapshot', manifest, 'origin'],
      ['chunk-request'],
      ['chunk-request', 7n],
      ['chunk-request', -1n, 0n],
      ['chunk-request', 7n, -1n],
      ['chunk-request', 7n, 1n << 40n],
      ['chunk-request', 1n << 63n, 0n],
      ['chunk-request', 7n, 'first'],
      ['chunk', 7n, 0n],
      ['chunk', 7n, 0n, 'bytes'],
      ['chunk', 7n, -1n, manifest],
    ];
    for (const value of hostile) expect(decodePeerMessage(encode(value))).toBeUndefined();
  });
});
