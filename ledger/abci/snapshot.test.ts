import { describe, expect, test } from 'vitest';
import { equal } from '#ledger/core/bytes.ts';
import { decode, encode, type CborValue } from '#ledger/core/codec.ts';
import { EMPTY_FRONTIER } from '#ledger/core/merkle-log.ts';
import { recordKey } from '#ledger/core/record-key.ts';
import { EMPTY_TRIE, beginEdit, freeze, put, records, remove, rootHash, type Trie } from '#ledger/core/trie.ts';
import type { Snapshot } from './application.ts';
import { CHUNK_BYTES, readSnapshot, snapshotSlices, wholeSnapshot } from './snapshot.ts';
import { quickCrypto as crypto } from './testing/quick-crypto.ts';
import { TestNetwork } from './testing/test-network.ts';

function changed(bytes: Uint8Array, change: (value: never) => CborValue): Uint8Array {
  const decoded = decode(bytes);
  return decoded.ok ? encode(change(decoded.value as never)) : bytes;
}

test('a snapshot whose records were changed is refused, also when its manifest was changed with them', () => {
  const net = new TestNetwork(crypto);
  net.publish();
  const sound = wholeSnapshot(net.machine.snapshot());
  expect(readSnapshot(sound, crypto)).toMatchObject({ height: 2n });
  const forgeries: ((items: Uint8Array[]) => CborValue)[] = [
    (items) => [items[0]!, encode('another value'), ...items.slice(2)],
    (items) => items.slice(2),
    (items) => [items[2]!, items[3]!, items[0]!, items[1]!, ...items.slice(4)],
    (items) => items.slice(0, -1),
    (items) => [new Uint8Array(9), ...items.slice(1)],
    (items) => [items[0]!, Uint8Array.of(0xff), ...items.slice(2)],
    () => 'no list',
  ];
  for (const forge of forgeries) {
    const chunk = changed(sound.chunks[0]!, forge);
    const manifest = changed(sound.manifest, (fields: Record<string, CborValue>) => ({
      ...fields,
      chunks: [crypto.sha256(chunk)],
    }));
    expect(readSnapshot({ ...sound, manifest, chunks: [chunk] }, crypto)).toBeUndefined();
  }
});

const RECORDS = 9_000;

/** Of all sizes, 0.6 KiB on average, one larger than a chunk. */
function valueOf(id: number, version: number): Uint8Array {
  return encode(new Uint8Array(id === 100 ? CHUNK_BYTES + 5 : (id * 37) % 1_200).fill(version));
}

function wholeTrie(): Trie {
  const edit = beginEdit(EMPTY_TRIE);
  for (let id = 0; id < RECORDS; id += 1) put(edit, recordKey(1 + (id % 5), 2, BigInt(id)), valueOf(id, 0));
  return freeze(edit);
}

const stateOf = (trie: Trie) => ({ height: 3n, timeMs: 5n, trie, frontier: EMPTY_FRONTIER });

/** Format 1 in the plainest words: fill a chunk with records until it has 1 MiB, encode it, go on. */
function inOnePiece(trie: Trie): Snapshot {
  const chunks: Uint8Array[] = [];
  let [open, size]: [Uint8Array[], number] = [[], 0];
  const close = (): void => {
    if (open.length > 0) chunks.push(encode(open));
    [open, size] = [[], 0];
  };
  for (const { key, value } of records(trie)) {
    open.push(key, value);
    size += key.length + value.length;
    if (size >= CHUNK_BYTES) close();
  }
  close();
  const manifest = encode({
    format: 1n,
    height: 3n,
    timeMs: 5n,
    stateRoot: rootHash(trie, crypto),
    logSize: 0n,
    logFrontier: [],
    chunks: chunks.map((chunk) => crypto.sha256(chunk)),
  });
  return { height: 3n, manifest, chunks };
}

/** Another version: some records changed, some removed, one added. */
function disturbed(trie: Trie, turn: number): Trie {
  const edit = beginEdit(trie);
  for (let id = turn; id < RECORDS; id += 97) {
    const key = recordKey(1 + (id % 5), 2, BigInt(id));
    if (id % 3 === 0) remove(edit, key);
    else put(edit, key, valueOf(id, turn));
  }
  put(edit, recordKey(3, 2, BigInt(RECORDS + turn)), valueOf(turn, 1));
  return freeze(edit);
}

describe('a snapshot in slices', () => {
  test('is byte for byte the one of its height, whatever is changed, added and removed between two slices [8.2.1-a]', () => {
    const trie = wholeTrie();
    const expected = inOnePiece(trie);
    expect(expected.chunks.length).toBeGreaterThan(4);
    const slices = snapshotSlices(stateOf(trie), crypto);
    const chunks: Uint8Array[] = [];
    let later = trie;
    let steps = 1;
    for (let step = slices.next(); ; step = slices.next(), steps += 1) {
      if (step.done === true) {
        expect(step.value).toEqual(expected.manifest);
        break;
      }
      if (step.value !== undefined) chunks.push(step.value.slice());
      later = disturbed(later, steps);
    }
    expect(chunks.length).toBe(expected.chunks.length);
    expect(chunks.every((chunk, index) => equal(chunk, expected.chunks[index]!))).toBe(true);
    expect(rootHash(later, crypto)).not.toEqual(rootHash(trie, crypto));
    expect(readSnapshot({ ...expected, chunks }, crypto)?.stateRoot).toEqual(rootHash(trie, crypto));
  });

  test('takes a step for every thousand records or quarter of a mebibyte, so that none holds anybody up [8.3.1-a]', () => {
    const stepsOf = (trie: Trie): number => [...snapshotSlices(stateOf(trie), crypto)].length;
    const small = beginEdit(EMPTY_TRIE);
    for (let id = 0; id < 20_480; id += 1) put(small, recordKey(1, 1, BigInt(id)), encode(BigInt(id)));
    expect(stepsOf(freeze(small))).toBeGreaterThanOrEqual(20);
    const large = beginEdit(EMPTY_TRIE);
    for (let id = 0; id < 64; id += 1) put(large, recordKey(1, 1, BigInt(id)), new Uint8Array(128 << 10));
    expect(stepsOf(freeze(large))).toBeGreaterThanOrEqual(32);
  });

  test('of the machine is the one of the height at which it was asked for, also when blocks are committed before its first step [8.2.1-a]', () => {
    const net = new TestNetwork(crypto);
    net.publish();
    const begun = net.machine.snapshot();
    const expected = wholeSnapshot(net.machine.snapshot());
    net.publish();
    expect(net.machine.info().height).toBeGreaterThan(begun.height);
    expect(wholeSnapshot(begun)).toEqual(expected);
    expect(wholeSnapshot(net.machine.snapshot())).not.toEqual(expected);
  });
});
