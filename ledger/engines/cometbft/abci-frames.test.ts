import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ABCI_REQUEST_BYTES_MAX, createFrameReader, encodeFrame } from './abci-frames.ts';

const message = fc.uint8Array({ maxLength: 400 });

describe('ABCI frames', () => {
  test('read(split(frame(messages))) = messages, wherever the stream is cut', () => {
    fc.assert(
      fc.property(fc.array(message, { maxLength: 8 }), fc.array(fc.nat(40), { maxLength: 30 }), (messages, cuts) => {
        const stream = Buffer.concat(messages.map(encodeFrame));
        const reader = createFrameReader();
        const read: Uint8Array[] = [];
        let at = 0;
        for (const length of [...cuts, stream.length]) {
          read.push(...(reader.push(stream.subarray(at, at + length)) ?? []));
          at += length;
        }
        expect(read).toEqual(messages.map((each) => new Uint8Array(each)));
      }),
    );
  });

  test('lengths are unsigned varints, as CometBFT writes them', () => {
    expect([...encodeFrame(new Uint8Array(300))].slice(0, 2)).toEqual([0xac, 0x02]);
    expect([...encodeFrame(new Uint8Array(127))].slice(0, 1)).toEqual([0x7f]);
    const large = new Uint8Array(3_000_000).fill(7);
    expect(createFrameReader().push(encodeFrame(large))).toEqual([large]);
  });

  test('a message above the bound, or a length that is no varint of it, ends the stream before anything is kept', () => {
    expect(createFrameReader(100).push(encodeFrame(new Uint8Array(101)))).toBeUndefined();
    // 16 MiB and one.
    expect(createFrameReader().push(Uint8Array.of(0x81, 0x80, 0x80, 0x08))).toBeUndefined();
    expect(createFrameReader().push(new Uint8Array(5).fill(0xff))).toBeUndefined();
    const broken = createFrameReader();
    broken.push(new Uint8Array(10).fill(0xff));
    expect(broken.push(encodeFrame(Uint8Array.of(1)))).toBeUndefined();
    expect(ABCI_REQUEST_BYTES_MAX).toBe(16 * 1024 * 1024);
  });
});
