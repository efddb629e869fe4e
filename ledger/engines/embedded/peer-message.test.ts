import { describe, expect, test } from 'vitest';
import { decode, encode, type CborValue } from '#ledger/core/codec.ts';
import { TIMESTAMP_MS_MAX } from '#ledger/core/time.ts';
import { address, height, NO_ROUND, round, valueId, type Proposal } from '#ledger/consensus/types.ts';
import { decodePeerMessage, encodePeerMessage, PEER_MESSAGE_BYTES_MAX, type PeerMessage } from './peer-message.ts';
import { VALUE_ID_BYTES } from './signed-codec.ts';

const [manifest, origin] = [Uint8Array.of(1), Uint8Array.of(2, 3)];

describe('messages between validators', () => {
  const validator = address('a1'.repeat(20));
  const of = { height: height(7n), round: round(0) };
  const signature = new Uint8Array(64);
  const vote = { kind: 'prevote' as const, ...of, valueId: null, validator };
  const proposed: Proposal = {
    ...of,
    valueId: valueId('01'.repeat(VALUE_ID_BYTES)),
    validRound: NO_ROUND,
    proposer: validator,
  };
  const messages: PeerMessage[] = [
    { kind: 'proposal', signed: { proposal: proposed, timestampMs: 1n, signature }, content: manifest },
    { kind: 'vote', signed: { vote, timestampMs: 1n, signature } },
    { kind: 'status', decided: 6n, status: { ...of, rounds: [] } },
    { kind: 'snapshot-request' },
    { kind: 'snapshot', offer: undefined },
    { kind: 'snapshot', offer: { manifest, origin } },
    { kind: 'chunk-request', height: 7n, index: 3 },
    { kind: 'chunk', height: 7n, index: 0, bytes: manifest },
    { kind: 'block-request', height: 7n },
    { kind: 'block', height: 7n, content: manifest, commit: origin },
    { kind: 'transaction', bytes: manifest },
  ];

  test('come out as they went in [7.2.2-d]', () => {
    for (const message of messages) expect(decodePeerMessage(encodePeerMessage(message))).toEqual(message);
  });

  test('are nothing with an item more, so that each has one form [7.2.2-c]', () => {
    for (const message of messages) {
      const decoded = decode(encodePeerMessage(message), PEER_MESSAGE_BYTES_MAX);
      const items = decoded.ok && Array.isArray(decoded.value) ? (decoded.value as readonly CborValue[]) : [];
      expect(items[0]).toBe(message.kind);
      expect(decodePeerMessage(encode([...items, origin]))).toBeUndefined();
    }
    for (const kind of ['toString', '__proto__', 'constructor'])
      expect(decodePeerMessage(encode([kind]))).toBeUndefined();
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

  test('are nothing when a vote is for no block there can be, or of a time that no commit can carry [7.2.2-c, 8.2.1-a]', () => {
    const hash = 'b2'.repeat(32);
    const votes: [parts: string, timestampMs: bigint, isRead: boolean][] = [
      ['00000001', 1n, true],
      ['7fffffff', TIMESTAMP_MS_MAX, true],
      ['00000000', 1n, false],
      ['80000000', 1n, false],
      ['ffffffff', 1n, false],
      ['00000001', TIMESTAMP_MS_MAX + 1n, false],
      ['00000001', -1n, false],
    ];
    for (const [parts, timestampMs, isRead] of votes) {
      const signed = { vote: { ...vote, valueId: valueId(`${hash}${parts}${hash}`) }, timestampMs, signature };
      const bytes = encodePeerMessage({ kind: 'vote', signed });
      expect(decodePeerMessage(bytes) !== undefined, `${parts} parts, time ${timestampMs}`).toBe(isRead);
    }
  });
});
