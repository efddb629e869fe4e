import { expect, test } from 'vitest';
import { decode, encode, type CborValue } from '#ledger/core/codec.ts';
import { readSnapshot } from './snapshot.ts';
import { quickCrypto as crypto } from './testing/quick-crypto.ts';
import { TestNetwork } from './testing/test-network.ts';

function changed(bytes: Uint8Array, change: (value: never) => CborValue): Uint8Array {
  const decoded = decode(bytes);
  return decoded.ok ? encode(change(decoded.value as never)) : bytes;
}

test('a snapshot whose records were changed is refused, also when its manifest was changed with them', () => {
  const net = new TestNetwork(crypto);
  net.publish();
  const sound = net.machine.snapshot();
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
