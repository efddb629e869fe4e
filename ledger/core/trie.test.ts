import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compare, concat, equal, toHex } from './bytes.ts';
import { nobleCrypto as crypto } from './crypto-noble.ts';
import { recordKey, splitRecordKey } from './record-key.ts';
import {
  beginEdit,
  EMPTY_TRIE,
  freeze,
  get,
  prove,
  put,
  records,
  remove,
  rootHash,
  tableRecords,
  verifyProof,
  type Trie,
} from './trie.ts';

/** Dense ids in a few tables, and some that are hashed, as the ledger's keys are. */
const anyKey = fc.oneof(
  fc.tuple(fc.integer({ min: 0, max: 3 }), fc.integer({ min: 0, max: 2 }), fc.bigInt({ min: 0n, max: 40n })),
  fc.tuple(fc.constant(255), fc.constant(255), fc.bigInt({ min: 0n, max: 2n ** 64n - 1n })),
);
const anyStep = fc.record({ key: anyKey, value: fc.option(fc.uint8Array({ maxLength: 5 }), { nil: undefined }) });
const keyOf = ([contract, table, id]: [number, number, bigint]): Uint8Array => recordKey(contract, table, id);

function build(content: Iterable<readonly [Uint8Array, Uint8Array]>): Trie {
  const edit = beginEdit(EMPTY_TRIE);
  for (const [key, value] of content) put(edit, key, value);
  return freeze(edit);
}

describe('the state trie', () => {
  test('equals a sorted map under any writes and removals, and its root depends on the records alone [8.3.1-a]', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 80 }), fc.nat(), (steps, shuffle) => {
        const model = new Map<string, [Uint8Array, Uint8Array]>();
        const edit = beginEdit(EMPTY_TRIE);
        for (const step of steps) {
          const key = keyOf(step.key);
          const id = toHex(key);
          if (step.value === undefined) {
            expect(remove(edit, key)).toBe(model.delete(id));
          } else {
            put(edit, key, step.value);
            model.set(id, [key, step.value]);
          }
          expect(edit.size).toBe(model.size);
        }
        const trie = freeze(edit);
        const sorted = [...model.values()].sort(([left], [right]) => compare(left, right));
        expect([...records(trie)].map(({ key, value }) => [key, value])).toEqual(sorted);
        const rotated = sorted.map((_, i) => sorted[(i + shuffle) % sorted.length]!);
        expect(rootHash(build(rotated), crypto)).toEqual(rootHash(trie, crypto));
        for (const [key, value] of sorted) expect(get(trie, key)).toEqual(value);
      }),
      { numRuns: 150 },
    );
  });

  test('an edit never changes the version it began from, nor one that it froze [8.2.1-a]', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), fc.array(anyStep, { maxLength: 40 }), (first, second) => {
        const edit = beginEdit(EMPTY_TRIE);
        for (const { key, value } of first) put(edit, keyOf(key), value ?? new Uint8Array(1));
        const frozen = freeze(edit);
        const before = [...records(frozen)].map(({ key, value }) => toHex(concat(key, value)));
        const root = rootHash(frozen, crypto);
        const overlay = beginEdit(frozen);
        for (const target of [edit, overlay]) {
          for (const { key, value } of second) {
            if (value === undefined) remove(target, keyOf(key));
            else put(target, keyOf(key), value);
          }
        }
        expect(rootHash(edit, crypto)).toEqual(rootHash(overlay, crypto));
        expect([...records(frozen)].map(({ key, value }) => toHex(concat(key, value)))).toEqual(before);
        expect(rootHash({ root: frozen.root, size: frozen.size }, crypto)).toEqual(root);
        expect(rootHash(build([...records(frozen)].map(({ key, value }) => [key, value])), crypto)).toEqual(root);
      }),
      { numRuns: 100 },
    );
  });

  test('every key is proved present or absent, and a changed proof shows nothing else [8.3.1-b]', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 30 }), anyKey, fc.nat(), (steps, probe, noise) => {
        const trie = build(steps.map(({ key, value }) => [keyOf(key), value ?? new Uint8Array(0)]));
        const root = rootHash(trie, crypto);
        for (const key of [keyOf(probe), ...steps.map((step) => keyOf(step.key))]) {
          const proof = prove(trie, key, crypto);
          expect(verifyProof(root, key, proof, crypto)).toEqual({ ok: true, value: get(trie, key) });
          const { leaf, steps: way } = proof;
          if (leaf === undefined) continue;
          const forged = { ...proof, leaf: { ...leaf, value: concat(leaf.value, Uint8Array.of(1)) } };
          expect(verifyProof(root, key, forged, crypto)).toEqual({ ok: false });
          expect(verifyProof(root, key, { steps: way }, crypto)).toEqual({ ok: false });
          if (way.length === 0) continue;
          const index = noise % way.length;
          expect(verifyProof(root, key, { leaf, steps: way.toSpliced(index, 1) }, crypto)).toEqual({ ok: false });
          const bent = way.with(index, { ...way[index]!, bit: way[index]!.bit + 1 });
          expect(verifyProof(root, key, { leaf, steps: bent }, crypto)).toEqual({ ok: false });
        }
      }),
      { numRuns: 100 },
    );
  });

  test('a present key cannot be shown absent with another record of the same trie [8.3.1-b]', () => {
    const keys = Array.from({ length: 64 }, (_, i) => recordKey(i % 3, 0, BigInt(i * i)));
    const trie = build(keys.map((key) => [key, key]));
    const root = rootHash(trie, crypto);
    for (const key of keys) {
      for (const other of keys) {
        const verdict = verifyProof(root, key, prove(trie, other, crypto), crypto);
        expect(verdict.ok).toBe(equal(key, other));
      }
    }
  });

  test('records(from) = the sorted records at or after from [8.3.1-a]', () => {
    fc.assert(
      fc.property(fc.array(anyStep, { maxLength: 40 }), anyKey, (steps, probe) => {
        const trie = build(steps.map(({ key }) => [keyOf(key), new Uint8Array(0)]));
        const from = keyOf(probe);
        const expected = [...records(trie)].filter(({ key }) => compare(key, from) >= 0);
        expect([...records(trie, from)].map(({ key }) => toHex(key))).toEqual(expected.map(({ key }) => toHex(key)));
        const [contract, table] = probe;
        const inTable = [...records(trie)].filter(({ key }) => key[0] === contract && key[1] === table);
        expect([...tableRecords(trie, contract, table)].map(({ key }) => splitRecordKey(key).id)).toEqual(
          inTable.map(({ key }) => splitRecordKey(key).id),
        );
      }),
      { numRuns: 150 },
    );
  });
});
