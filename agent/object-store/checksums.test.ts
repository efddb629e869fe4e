import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { combineChecksums, newDigest, type Algorithm } from './checksums.ts';

async function valueOf(algorithm: Algorithm, ...parts: readonly Uint8Array[]): Promise<Buffer> {
  const digest = await newDigest(algorithm);
  for (const part of parts) digest.update(part);
  return digest.digest();
}

describe('checksums', () => {
  /** Check values of the catalogue of parametrised CRC algorithms (CRC-32/ISO-HDLC, CRC-32/ISCSI, CRC-64/NVME). */
  test.each([
    ['crc32', 'cbf43926'],
    ['crc32c', 'e3069283'],
    ['crc64nvme', 'ae8b14860a799888'],
  ] as const)('%s of 123456789 is %s', async (algorithm, hex) => {
    expect((await valueOf(algorithm, Buffer.from('1234'), Buffer.from('56789'))).toString('hex')).toBe(hex);
  });

  test.each(['crc32', 'crc32c', 'crc64nvme'] as const)(
    '%s of parts, combined = that of the whole',
    async (algorithm) => {
      await fc.assert(
        fc.asyncProperty(fc.array(fc.uint8Array({ maxLength: 300 }), { minLength: 1, maxLength: 6 }), async (parts) => {
          const sums = await Promise.all(
            parts.map(async (part) => ({
              bytes: part.length,
              value: (await valueOf(algorithm, part)).toString('base64'),
            })),
          );
          const whole = (await valueOf(algorithm, ...parts)).toString('base64');
          expect(await combineChecksums(algorithm, 'FULL_OBJECT', sums)).toMatchObject({ value: whole });
        }),
      );
    },
  );

  test('sha256 of parts is that of their values, and how many they are', async () => {
    const value = await valueOf('sha256', Buffer.from('a'));
    const sums = [1, 2].map(() => ({ bytes: 1, value: value.toString('base64') }));
    const whole = await valueOf('sha256', value, value);
    const combined = await combineChecksums('sha256', 'COMPOSITE', sums);
    expect(combined.value).toBe(`${whole.toString('base64')}-2`);
  });
});
