import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nativeCrypto as crypto } from '#ledger/engines/native-crypto.ts';
import type { Anchor } from '#ledger/core/genesis.ts';
import { RECEIPT_CHARACTERS_MAX, type ReceiptFile } from '#ledger/core/receipt-file.ts';
import {
  sampleAnchor,
  sampleReceipt,
  sampleSet,
  sampleTrail,
  type SampleChange,
} from '#ledger/vectors/sample-receipt.ts';
import { verifyHead } from './head.ts';
import { verifyReceipt } from './receipt.ts';

const FIRST: SampleChange = { height: 3n, from: [1, 2, 3, 4], to: [1, 2, 3, 4, 5] };
const SECOND: SampleChange = { height: 6n, from: [1, 2, 3, 4, 5], to: [2, 3, 4, 5] };
const LAST = [2, 3, 4, 5];

function receiptOf(changes: readonly SampleChange[], numbers: readonly number[] = LAST, height = 8n): ReceiptFile {
  return sampleReceipt({ numbers, height, signers: numbers.length, trail: sampleTrail(changes) });
}

/** A checkpoint of a height with these validators. */
function anchorAt(height: bigint, numbers: readonly number[]): Anchor {
  const validators = sampleSet(numbers).validators.map(({ publicKey }) => publicKey);
  return { ...sampleAnchor, validators, checkpoint: { height, blockHash: new Uint8Array(32), timeMs: 0n } };
}

function failed(input: unknown, anchor: Anchor | undefined = sampleAnchor): string[] {
  const { steps } = verifyReceipt(input, anchor, crypto);
  return steps.filter((step) => !step.ok).map((step) => step.name);
}

function sentence(input: unknown, anchor?: Anchor, name = 'trail'): string | undefined {
  return verifyReceipt(input, anchor, crypto).steps.find((step) => step.name === name)?.sentence;
}

const receipt = receiptOf([FIRST, SECOND]);
const trail = receipt.trail!;

describe('a trail', () => {
  test('leads from the anchor of genesis to the validators of a later header, each change decided by those before it [8.3.1-b]', () => {
    expect(verifyReceipt(JSON.stringify(receipt), sampleAnchor, crypto)).toMatchObject({
      ok: true,
      authenticated: true,
    });
    expect(sentence(receipt, sampleAnchor)).toMatch(/^2 changes of the validators followed/);
    expect(sentence(receiptOf([FIRST], FIRST.to), sampleAnchor)).toMatch(/^One change/);
  });

  test('begins where a checkpoint stands, or is not needed: a newer anchor verifies the same receipt [8.3.1-b]', () => {
    expect(verifyReceipt(receipt, anchorAt(4n, FIRST.to), crypto)).toMatchObject({ authenticated: true });
    expect(sentence(receipt, anchorAt(4n, FIRST.to))).toMatch(/^One change/);
    expect(verifyReceipt(receipt, anchorAt(7n, LAST), crypto)).toMatchObject({ authenticated: true });
    expect(sentence(receipt, anchorAt(7n, LAST))).toMatch(/^Every change in it lies below the checkpoint/);
    expect(verifyReceipt({ ...receipt, trail: [trail[1]] }, anchorAt(4n, FIRST.to), crypto)).toMatchObject({
      authenticated: true,
    });
  });

  test('may come back to a set that was in force before [8.3.1-b]', () => {
    const back = { height: 7n, from: LAST, to: [1, 2, 3, 4] };
    const returned = receiptOf([FIRST, SECOND, back], back.to);
    expect(failed(returned)).toEqual([]);
    expect(sentence(returned, sampleAnchor)).toMatch(/^3 changes/);
    expect(failed(returned, { ...sampleAnchor, validators: anchorAt(1n, LAST).validators })).toEqual(['anchor']);
  });

  test('without an anchor is consistent, not authenticated [8.3.1-b]', () => {
    expect(verifyReceipt(receipt, undefined, crypto)).toMatchObject({ ok: true, authenticated: false });
    expect(sentence(receiptOf([FIRST, { ...SECOND, signers: 3 }]), undefined)).toMatch(/entry 2 is not decided/);
  });

  test('that is cut, swapped, doubled, too long or missing does not hold [8.3.1-b]', () => {
    const { trail: _none, ...bare } = receipt;
    expect(failed(bare)).toEqual(['anchor']);
    expect(failed({ ...receipt, trail: [] })).toEqual(['format']);
    expect(failed({ ...receipt, trail: [trail[0]] })).toEqual(['trail', 'anchor']);
    expect(failed({ ...receipt, trail: [trail[1]] })).toEqual(['anchor']);
    expect(failed({ ...receipt, trail: [trail[1], trail[0]] })).toEqual(['trail', 'anchor']);
    expect(failed({ ...receipt, trail: [trail[0], trail[0], trail[1]] })).toEqual(['trail', 'anchor']);
    expect(failed({ ...receipt, trail: Array.from({ length: 65 }, () => trail[0]) })).toEqual(['format']);
    expect(failed({ ...receipt, trail: [{ ...trail[0], validators: trail[1]!.validators }, trail[1]] })).toEqual([
      'trail',
      'anchor',
    ]);
  });

  test.each<[string, readonly SampleChange[], bigint, RegExp]>([
    ['a change that too few signed', [{ ...FIRST, signers: 2 }, SECOND], 8n, /entry 1 is not decided/],
    ['a later change that too few signed', [FIRST, { ...SECOND, signers: 3 }], 8n, /entry 2 is not decided/],
    ['a change that strangers signed', [{ ...FIRST, from: [6, 7, 8, 9] }, SECOND], 8n, /./],
    ['a gap', [FIRST, { ...SECOND, from: [1, 2, 3, 4, 6] }], 8n, /entry 2 does not follow/],
    ['a height that does not ascend', [FIRST, { ...SECOND, height: 3n }], 8n, /entry 2 is not above/],
    ['the height of the receipt’s header', [FIRST, { ...SECOND, height: 8n }], 8n, /entry 2 is not below/],
    ['a change of nothing', [{ ...FIRST, to: FIRST.from }, FIRST, SECOND], 8n, /entry 1 changes nothing/],
    [
      'a loop',
      [FIRST, { height: 4n, from: FIRST.to, to: FIRST.from }, { ...FIRST, height: 4n }, SECOND],
      8n,
      /entry 3 is not above/,
    ],
    ['another end', [FIRST, { ...SECOND, to: [1, 2, 3, 5] }], 8n, /ends at other validators/],
  ])('with %s does not hold', (_what, changes, height, fault) => {
    const forged = receiptOf(changes, LAST, height);
    expect(verifyReceipt(forged, sampleAnchor, crypto)).toMatchObject({ ok: false, authenticated: false });
    expect(failed(forged)).toContain('anchor');
    if (fault.source !== '.') expect(sentence(forged, sampleAnchor)).toMatch(fault);
  });

  test('of another network, with unequal votes or with a validator twice does not hold', () => {
    const foreign = sampleReceipt({ numbers: LAST, signers: 4, trail: sampleTrail([FIRST, SECOND]) });
    const other = { ...foreign, network: 'ab'.repeat(32) };
    expect(failed(other)).toContain('network');
    const [first, second] = trail as [(typeof trail)[0], (typeof trail)[0]];
    const unequal = first.validators.map((one, i) => (i === 0 ? { ...one, power: '2' } : one));
    expect(sentence({ ...receipt, trail: [{ ...first, validators: unequal }, second] }, sampleAnchor)).toMatch(
      /unequal/,
    );
    const doubled = [...first.validators.slice(1), first.validators[1]];
    expect(sentence({ ...receipt, trail: [{ ...first, validators: doubled }, second] }, sampleAnchor)).toMatch(/twice/);
  });

  test('with any one bit of any entry turned is refused, and whatever stands there never throws [8.3.1-b]', () => {
    const fields = ['header', 'commit'] as const;
    fc.assert(
      fc.property(fc.constantFrom(0, 1), fc.constantFrom(...fields), fc.nat(), (at, field, position) => {
        const hex = trail[at]![field];
        const index = (position % (hex.length / 2)) * 2;
        const byte = parseInt(hex.slice(index, index + 2), 16) ^ (1 << (position % 8));
        const turned = hex.slice(0, index) + byte.toString(16).padStart(2, '0') + hex.slice(index + 2);
        expect(failed({ ...receipt, trail: trail.with(at, { ...trail[at]!, [field]: turned }) })).not.toEqual([]);
      }),
      { numRuns: 60 },
    );
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(trail[0]!)), fc.jsonValue(), (field, value) => {
        verifyReceipt({ ...receipt, trail: [{ ...trail[0], [field]: value }, trail[1]] }, sampleAnchor, crypto);
        verifyReceipt({ ...receipt, trail: value }, sampleAnchor, crypto);
      }),
      { numRuns: 100 },
    );
  });

  test('of very many changes keeps the newest that fit, which a checkpoint leads into [8.3.1-b]', () => {
    const seven = [1, 2, 3, 4, 5, 6, 7];
    const changes = Array.from({ length: 70 }, (_, i): SampleChange => {
      const [from, to] = i % 2 === 0 ? [seven, [...seven, 8]] : [[...seven, 8], seven];
      return { height: BigInt(i + 1), from, to };
    });
    const long = receiptOf(changes, seven, 100n);
    expect(long.trail!.length).toBeGreaterThan(40);
    expect(long.trail!.length).toBeLessThan(64);
    const spaced = JSON.stringify(long, undefined, 2);
    expect(spaced.length).toBeLessThan(RECEIPT_CHARACTERS_MAX);
    expect(verifyReceipt(spaced, anchorAt(99n, seven), crypto)).toMatchObject({ authenticated: true });
    const four = changes.map((change) => ({ ...change, from: change.from.slice(3), to: change.to.slice(3) }));
    expect(receiptOf(four, [4, 5, 6, 7], 100n).trail).toHaveLength(64);
  });

  test('goes with a head as with a receipt [8.2.1-a]', () => {
    const { network, chainId, header, commit, validators } = receipt;
    const head = { format: 'interpool-head/1', network, chainId, header, commit, validators, trail };
    expect(verifyHead(head, sampleAnchor, crypto)).toMatchObject({ authenticated: true, height: 8n });
    expect(verifyHead({ ...head, trail: trail.slice(0, 1) }, sampleAnchor, crypto).ok).toBe(false);
  });
});
