import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encode, type CborValue } from './codec.ts';
import { decodePayload, encodePayload, subtaskInputs, type Payload, type PayloadInputs } from './payload.ts';

const BYTES_MAX = 1 << 20;
const bytes = fc.uint8Array({ maxLength: 64 });
const inputs: fc.Arbitrary<PayloadInputs> = fc.oneof(
  fc.record({ split: fc.constant('list' as const), inputs: fc.array(bytes, { maxLength: 8 }) }),
  fc.record({ split: fc.constant('lines' as const), text: bytes, perSubtask: fc.integer({ min: 1, max: 5 }) }),
  fc
    .record({ from: fc.nat(1_000), subtasks: fc.integer({ min: 1, max: 50 }), more: fc.nat(1_000) })
    .map(({ from, subtasks, more }) => ({ split: 'range' as const, from, subtasks, to: from + subtasks + more })),
);
const text = (part: Uint8Array): string => new TextDecoder().decode(part);

describe('what a task carries to its providers', () => {
  test('is read as it was written', () => {
    fc.assert(
      fc.property(bytes, fc.array(fc.string({ maxLength: 8 })), inputs, (module, args, own) => {
        const payload: Payload = { module, args, inputs: own };
        expect(decodePayload(encodePayload(payload), BYTES_MAX)).toEqual(payload);
      }),
    );
  });

  test('lines are dealt out whole, and nothing is lost', () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[a\n]{0,60}$/), fc.integer({ min: 1, max: 7 }), (lines, perSubtask) => {
        const parts = subtaskInputs({ split: 'lines', text: new TextEncoder().encode(lines), perSubtask }).map(text);
        expect(parts.join('')).toBe(lines);
        for (const part of parts.slice(0, -1)) expect(part.split('\n')).toHaveLength(perSubtask + 1);
      }),
    );
  });

  test('a range is divided without a gap, and no part is empty', () => {
    const parts = subtaskInputs({ split: 'range', from: 5, to: 16, subtasks: 4 }).map(text);
    expect(parts).toEqual(['5 7\n', '7 10\n', '10 13\n', '13 16\n']);
  });

  test('anything else is no payload', () => {
    const module = new Uint8Array([0]);
    const list = { split: 'list', inputs: [] };
    const broken: CborValue[] = [
      { module, args: [], ...list, more: 1n },
      { module: 'x', args: [], ...list },
      { module, args: ['x'.repeat(2_000)], ...list },
      { module, args: [], split: 'list', inputs: ['x'] },
      { module, args: [], split: 'lines', text: module, perSubtask: 0n },
      { module, args: [], split: 'range', from: 0n, to: 3n, subtasks: 4n },
      { module, args: [], split: 'range', from: -1n, to: 3n, subtasks: 1n },
      { module, args: [], split: 'halves' },
    ];
    for (const value of broken) expect(decodePayload(encode(value), BYTES_MAX)).toBeUndefined();
    expect(decodePayload(encode({ module, args: [], ...list }), 4)).toBeUndefined();
  });
});
