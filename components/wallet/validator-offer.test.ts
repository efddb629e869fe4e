import { describe, expect, test } from 'vitest';
import { readOffer } from './validator-offer.ts';

const line = { publicKey: `02${'ab'.repeat(32)}`, operator: 'A-12', proof: 'cd'.repeat(64) };

describe('a validator’s offer', () => {
  test('is read as the key command prints it, blanks around it allowed [8.5.1-b]', () => {
    const read = readOffer(` ${JSON.stringify(line)}\n`);
    expect([read?.operator, read?.publicKey.length, read?.proof.length]).toEqual([12n, 33, 64]);
    expect(readOffer(JSON.stringify({ ...line, operator: '7' }))?.operator).toBe(7n);
  });

  test('is none when a part is missing, too short or no hex, whatever was pasted', () => {
    const bad = [
      ...['', '{', 'null', '[]', '"A-12"', '12'],
      ...[{ publicKey: line.publicKey }, { ...line, proof: 'cd' }, { ...line, publicKey: `0${line.publicKey}` }].map(
        (value) => JSON.stringify(value),
      ),
      ...[
        { ...line, operator: 12 },
        { ...line, operator: 'A-0' },
        { ...line, proof: 'zz'.repeat(64) },
      ].map((value) => JSON.stringify(value)),
    ];
    for (const text of bad) expect([text, readOffer(text)]).toEqual([text, undefined]);
  });
});
