import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { concat, fromHex, toHex, u32 } from './bytes.ts';
import { nobleCrypto as crypto } from './crypto-noble.ts';
import { appHash } from './receipt.ts';
import { recordKey } from './record-key.ts';
import { proofOps, provenAppHash } from './state-proof.ts';
import { beginEdit, EMPTY_TRIE, freeze, prove, put, rootHash } from './trie.ts';

interface Line {
  readonly key: string;
  readonly value: string | null;
  readonly appHash: string;
  readonly ops: readonly { readonly type: string; readonly key: string; readonly data: string }[];
}

const file = new URL('../vectors/cometbft/state-proof.json', import.meta.url);
const bytes = (hex: string): Uint8Array => fromHex(hex)!;
const log = { logRoot: new Uint8Array(32).fill(3), logSize: 9n };

describe('a proof of a record', () => {
  test('shows what CometBFT’s light client found it to show, on a real node [8.3.1-b]', () => {
    const lines = JSON.parse(readFileSync(file, 'utf8')) as Line[];
    expect(lines.map(({ value }) => value === null)).toEqual([false, true]);
    for (const { key, value, ops, appHash: expected } of lines) {
      const record = { key: bytes(key), value: value === null ? undefined : bytes(value) };
      const read = ops.map((op) => ({ type: op.type, key: bytes(op.key), data: bytes(op.data) }));
      expect(toHex(provenAppHash(record, read, crypto)!)).toBe(expected);
    }
  });

  test('of another leaf never shows the absence of the record that is that leaf [8.3.1-b]', () => {
    const [key, value] = [recordKey(1, 1, 1n), Uint8Array.of(1, 2, 3)];
    const edit = beginEdit(EMPTY_TRIE);
    put(edit, key, value);
    const [, opening] = proofOps(key, { trie: prove(freeze(edit), key, crypto), ...log });
    const forged = { type: 'interpool:trie', key, data: concat(Uint8Array.of(1), key, u32(value.length), value) };
    expect(provenAppHash({ key, value: undefined }, [forged, opening!], crypto)).toBeUndefined();
    const other = recordKey(1, 1, 2n);
    expect(
      provenAppHash({ key: other, value: undefined }, [{ ...forged, key: other }, opening!], crypto),
    ).toBeDefined();
  });

  test('of a state without records shows the absence of each, and of a single record its value [8.3.1-b]', () => {
    const [key, other] = [recordKey(1, 1, 1n), recordKey(1, 1, 2n)];
    const value = Uint8Array.of(1, 2, 3);
    const edit = beginEdit(EMPTY_TRIE);
    put(edit, key, value);
    const one = freeze(edit);
    for (const [trie, asked, found] of [
      [EMPTY_TRIE, key, undefined],
      [one, key, value],
      [one, other, undefined],
    ] as const) {
      const ops = proofOps(asked, { trie: prove(trie, asked, crypto), ...log });
      const expected = appHash({ stateRoot: rootHash(trie, crypto), ...log }, crypto);
      expect(provenAppHash({ key: asked, value: found }, ops, crypto)).toEqual(expected);
      const opposite = found === undefined ? value : undefined;
      expect(provenAppHash({ key: asked, value: opposite }, ops, crypto)).toBeUndefined();
    }
  });
});
