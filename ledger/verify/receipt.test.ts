import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { anchorFromJson, anchorToJson, type Anchor } from '#ledger/core/genesis.ts';
import { receiptSentence } from '#ledger/core/receipt-file.ts';
import {
  sampleAnchor as anchor,
  sampleHead,
  samplePayloads as payloads,
  sampleReceipt,
  sampleTransaction as signed,
} from '#ledger/vectors/sample-receipt.ts';
import { verifyHead } from './head.ts';
import { verifyReceipt } from './receipt.ts';

const receipt = sampleReceipt();
const failed = (input: unknown, trusted: Anchor | undefined = anchor): string[] =>
  verifyReceipt(input, trusted, crypto)
    .steps.filter((step) => !step.ok)
    .map((step) => step.name);

/** The hex with one bit of one byte turned. */
function turned(hex: string, position: number): string {
  const index = (position % (hex.length / 2)) * 2;
  const byte = parseInt(hex.slice(index, index + 2), 16) ^ (1 << (position % 8));
  return hex.slice(0, index) + byte.toString(16).padStart(2, '0') + hex.slice(index + 2);
}

describe('a receipt', () => {
  test('with its anchor is authentic, from the file’s text and from its parsed JSON [8.3.1-b]', () => {
    for (const input of [receipt, JSON.stringify(receipt)]) {
      const verdict = verifyReceipt(input, anchor, crypto);
      expect(verdict.steps.filter((step) => !step.ok)).toEqual([]);
      expect(verdict).toMatchObject({ ok: true, authenticated: true, height: 7n, headerTimeMs: 1_800_000_000_123n });
      expect(verdict.events).toEqual(payloads);
      expect(verdict.transaction?.transaction).toEqual(signed.transaction);
    }
  });

  test('without an anchor is consistent, not authenticated [8.3.1-b]', () => {
    expect(verifyReceipt(receipt, undefined, crypto)).toMatchObject({ ok: true, authenticated: false });
  });

  test('without its body, and of a due item, holds as well [8.3.1-b]', () => {
    const { transaction: _body, types: _types, ...short } = receipt;
    expect(verifyReceipt(short, anchor, crypto)).toMatchObject({ authenticated: true, transaction: undefined });
    const subject = { timeMs: 5n, sequence: 6n, contract: 5, kind: 'prepare-by', id: 7n };
    const { transaction: _none, types: _noTypes, ...due } = sampleReceipt({ leaf: { subject } });
    expect(verifyReceipt(due, anchor, crypto)).toMatchObject({ authenticated: true, leaf: { subject } });
  });

  test('as a file begins with its own sentence, and verifies with no other', () => {
    const { logIndex, chainId } = receipt;
    const file = { sentence: receiptSentence({ logIndex, chainId }), ...receipt };
    expect(JSON.stringify(file, null, 2)).toMatch(/^\{\n {2}"sentence": "This is the receipt of entry \d+ /);
    expect(verifyReceipt(file, anchor, crypto)).toMatchObject({ authenticated: true });
    expect(failed({ ...file, sentence: 'A-2 owes A-1 a thousand tokens.' })).toEqual(['format']);
    expect(failed({ ...file, sentence: file.sentence.replace(/\d+/, '99') })).toEqual(['format']);
  });

  test('reads alike with and without a byte order mark, as its anchor does', () => {
    const marked = `\uFEFF${JSON.stringify(receipt)}`;
    const trusted = anchorFromJson(`\uFEFF${anchorToJson(anchor)}`);
    expect(verifyReceipt(marked, trusted.ok ? trusted.value : undefined, crypto).authenticated).toBe(true);
    expect(failed(`\uFEFF${marked}`)).toEqual(['format']);
  });

  test('fails at the step that names what was changed [8.3.1-b]', () => {
    const other = { ...anchor, genesisHash: crypto.sha256(anchor.genesisHash) };
    const strangers = {
      ...anchor,
      validators: anchor.validators.slice(1).concat([crypto.publicKey(new Uint8Array(32).fill(9))]),
    };
    expect(failed(receipt, other)).toEqual(['anchor']);
    expect(failed(receipt, strangers)).toEqual(['anchor']);
    expect(failed(sampleReceipt({ signers: 2 }))).toEqual(['commit']);
    expect(failed({ ...receipt, logIndex: '12' })).toEqual(['inclusion']);
    expect(failed({ ...receipt, logSize: '21' })).toEqual(['app-hash']);
    expect(failed({ ...receipt, logSize: '40' })).toEqual(['inclusion', 'app-hash']);
    expect(failed({ ...receipt, stateRoot: turned(receipt.stateRoot, 3) })).toEqual(['app-hash']);
    expect(failed({ ...receipt, events: [] })).toEqual(['events']);
    expect(failed({ ...receipt, chainId: 'interpool-0000000000000000' })).toEqual(['network']);
    expect(failed({ ...receipt, validators: receipt.validators.slice(1) })).toEqual(['validators', 'commit', 'anchor']);
    expect(failed({ ...receipt, validators: receipt.validators.with(0, receipt.validators[1]!) })).toContain(
      'validators',
    );
    expect(failed({ ...receipt, validators: receipt.validators.map((one) => ({ ...one, power: '2' })) })).toContain(
      'validators',
    );
    expect(failed({ ...receipt, types: undefined })).toEqual(['transaction']);
    const renamed = JSON.parse(JSON.stringify(receipt.types).replace('useMsMax', 'useMsMin')) as unknown;
    expect(failed({ ...receipt, types: renamed })).toEqual(['transaction']);
  });

  test('with any one bit of any field turned never passes [8.3.1-b]', () => {
    const fields = ['leaf', 'transaction', 'header', 'commit', 'stateRoot', 'logRoot', 'network'] as const;
    fc.assert(
      fc.property(fc.constantFrom(...fields), fc.nat(), (field, position) => {
        // The last 65 bytes of a transaction are its signature, which the recorded id does not commit to.
        const kept = field === 'transaction' ? 130 : 0;
        const hex = receipt[field]!;
        const changed = turned(hex.slice(0, hex.length - kept), position) + hex.slice(hex.length - kept);
        expect(failed({ ...receipt, [field]: changed })).not.toEqual([]);
      }),
      { numRuns: 120 },
    );
    receipt.path.forEach((hash, i) => {
      expect(failed({ ...receipt, path: receipt.path.with(i, turned(hash, i)) })).toEqual(['inclusion']);
    });
  });

  test('that is hostile ends in a failed step and never throws [8.3.1-b]', () => {
    const deep = '['.repeat(100_000);
    const recursive = { ReviseStrategy: [{ name: 'a', type: 'ReviseStrategy[]' }] };
    const inherited = { ReviseStrategy: [{ name: 'a', type: 'constructor' }] };
    const bomb = Object.fromEntries(
      Array.from({ length: 31 }, (_, i) => [
        i === 0 ? 'ReviseStrategy' : `S${i}`,
        Array.from({ length: 64 }, (__, j) => ({ name: `f${j}`, type: i === 30 ? 'uint8' : `S${i + 1}` })),
      ]),
    );
    const inputs: unknown[] = [
      '',
      'null',
      deep,
      ' '.repeat(300_000),
      undefined,
      7,
      [],
      {},
      { ...receipt, format: 'interpool-receipt/2' },
      { ...receipt, extra: 1 },
      { ...receipt, header: 'zz' },
      { ...receipt, header: '00' },
      { ...receipt, leaf: 'ff' },
      { ...receipt, events: ['ff'] },
      { ...receipt, logIndex: 13 },
      { ...receipt, logIndex: '-1' },
      { ...receipt, logIndex: '1e3' },
      { ...receipt, types: recursive },
      { ...receipt, types: inherited },
      { ...receipt, types: bomb },
      { ...receipt, types: {} },
      { ...receipt, path: Array.from({ length: 65 }, () => receipt.stateRoot) },
    ];
    for (const input of inputs) expect(verifyReceipt(input, anchor, crypto).ok).toBe(false);
    fc.assert(
      fc.property(fc.constantFrom(...Object.keys(receipt)), fc.jsonValue(), (field, value) => {
        verifyReceipt({ ...receipt, [field]: value }, anchor, crypto);
      }),
      { numRuns: 300 },
    );
  });
});

describe('a head', () => {
  const head = sampleHead();

  test('with its anchor is authentic and gives height and time [8.2.1-a]', () => {
    expect(verifyHead(head, anchor, crypto)).toMatchObject({
      ok: true,
      authenticated: true,
      height: 8n,
      headerTimeMs: 1_800_000_000_123n,
    });
    expect(verifyHead(JSON.stringify(head), undefined, crypto)).toMatchObject({ ok: true, authenticated: false });
  });

  test('with a turned bit, a foreign anchor or a receipt’s format is refused [8.2.1-a]', () => {
    for (let position = 0; position < 60; position++) {
      expect(verifyHead({ ...head, header: turned(head.header, position * 7) }, anchor, crypto).ok).toBe(false);
      expect(verifyHead({ ...head, commit: turned(head.commit, position * 7) }, anchor, crypto).ok).toBe(false);
    }
    expect(verifyHead(head, { ...anchor, genesisHash: crypto.sha256(anchor.genesisHash) }, crypto).ok).toBe(false);
    expect(verifyHead(receipt, anchor, crypto).ok).toBe(false);
  });
});
