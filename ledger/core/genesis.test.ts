import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { toHex } from './bytes.ts';
import { nobleCrypto as crypto } from './crypto-noble.ts';
import { decodeDescriptor, encodeDescriptor } from './descriptor.ts';
import {
  anchorFromJson,
  anchorOf,
  anchorToJson,
  genesisFromJson,
  genesisHash,
  genesisToJson,
  type Genesis,
} from './genesis.ts';

const genesis: Genesis = {
  name: 'Consortium',
  timeMs: 1n,
  accounts: [
    {
      address: new Uint8Array(20).fill(1),
      roles: ['NRC'],
      profileCommitment: new Uint8Array(32),
      encryptionKey: new Uint8Array(32),
      balanceMicro: 5n,
    },
  ],
  treasuryMicro: 10n,
  parameters: { epochMs: 60_000n },
  validators: [1, 2, 3, 4].map((n) => ({ name: `v${n}`, publicKey: crypto.publicKey(new Uint8Array(32).fill(n)) })),
};
const json = JSON.parse(genesisToJson(genesis)) as Record<string, unknown> & {
  accounts: object[];
  validators: object[];
};
const sentenceOf = (change: Record<string, unknown>): string => {
  const read = genesisFromJson(JSON.stringify({ ...json, ...change }));
  return read.ok ? 'accepted' : read.sentence;
};

describe('genesis.json', () => {
  test('reads back what was written; every field changes the hash [8.2.1-a]', () => {
    expect(genesisFromJson(genesisToJson(genesis))).toEqual({ ok: true, value: genesis });
    const hash = toHex(genesisHash(genesis, crypto));
    const changes: Partial<Genesis>[] = [
      { name: 'Other' },
      { timeMs: 2n },
      { accounts: [] },
      { treasuryMicro: 11n },
      { parameters: {} },
      { validators: genesis.validators.slice(1) },
      { validators: genesis.validators.map((validator) => ({ ...validator, operator: 1n })) },
    ];
    for (const change of changes) expect(toHex(genesisHash({ ...genesis, ...change }, crypto))).not.toBe(hash);
  });

  test('a sentence names the first thing that is wrong', () => {
    expect(sentenceOf({})).toBe('accepted');
    expect(sentenceOf({ extra: 1 })).toBe('genesis has an unknown field "extra".');
    expect(sentenceOf({ timeMs: 5 })).toBe('genesis.timeMs must be an integer written as a decimal string.');
    expect(sentenceOf({ treasuryMicro: '-1' })).toBe('genesis.treasuryMicro must be 0 to 9223372036854775807.');
    expect(sentenceOf({ treasuryMicro: '9223372036854775807' })).toContain('more than the most there can be');
    expect(sentenceOf({ validators: json.validators.slice(1) })).toBe('genesis.validators must have 4 to 200 entries.');
    expect(sentenceOf({ validators: json.validators.with(0, json.validators[1]!) })).toContain('distinct public keys');
    const operated = (operator: unknown) => ({
      validators: json.validators.with(0, { ...json.validators[0]!, operator }),
    });
    expect(sentenceOf(operated('1'))).toBe('accepted');
    expect(sentenceOf(operated('0'))).toContain('operator must be 1 to');
    expect(sentenceOf(operated(1))).toContain('operator must be an integer');
    expect(sentenceOf(operated('9999'))).toContain('account 9999 as an operator, which genesis does not found');
    expect(sentenceOf({ accounts: [json.accounts[0], json.accounts[0]] })).toContain('distinct addresses');
    expect(sentenceOf({ accounts: [{ ...json.accounts[0], address: 'ff' }] })).toBe(
      'genesis.accounts[0].address must be 20 bytes in lower-case hex.',
    );
    expect(sentenceOf({ parameters: { 'no name': '1' } })).toContain('a name that is not allowed');
    expect(genesisFromJson('{')).toEqual({ ok: false, sentence: 'genesis is not JSON.' });
  });

  test('anything at all gives a value or a sentence, never a throw', () => {
    fc.assert(
      fc.property(fc.oneof(fc.json(), fc.string()), fc.constantFrom(...Object.keys(json)), (text, field) => {
        genesisFromJson(text);
        anchorFromJson(text);
        expect(sentenceOf({ [field]: text })).toMatch(/^accepted$|\.$/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('anchor.json', () => {
  test('reads back what was written, and nothing looser [8.3.1-b]', () => {
    const anchor = anchorOf(genesis, crypto);
    expect(anchorFromJson(anchorToJson(anchor))).toEqual({ ok: true, value: anchor });
    const twice = { ...anchor, validators: anchor.validators.with(0, anchor.validators[1]!) };
    expect(anchorFromJson(anchorToJson(twice))).toMatchObject({ ok: false });
    expect(anchorFromJson(anchorToJson({ ...anchor, genesisHash: new Uint8Array(31) }))).toMatchObject({ ok: false });
  });

  test('may be a checkpoint: read strictly, with one sentence for the first thing that is wrong [8.3.1-b]', () => {
    const checkpoint = { height: 9n, blockHash: new Uint8Array(32).fill(7), timeMs: 1_800_000_000_000n };
    const made = { ...anchorOf(genesis, crypto), checkpoint };
    expect(anchorFromJson(anchorToJson(made))).toEqual({ ok: true, value: made });
    const file = JSON.parse(anchorToJson(made)) as { checkpoint: object };
    const sentenceOf = (changes: object): string => {
      const read = anchorFromJson(JSON.stringify({ ...file, checkpoint: { ...file.checkpoint, ...changes } }));
      return read.ok ? 'accepted' : read.sentence;
    };
    expect(sentenceOf({})).toBe('accepted');
    expect(sentenceOf({ height: '0' })).toMatch(/^anchor\.checkpoint\.height must be 1 to /);
    expect(sentenceOf({ height: 9 })).toMatch(/^anchor\.checkpoint\.height must be an integer written as a decimal/);
    expect(sentenceOf({ height: (1n << 63n).toString() })).toMatch(/^anchor\.checkpoint\.height must be 1 to /);
    expect(sentenceOf({ blockHash: '07' })).toBe('anchor.checkpoint.blockHash must be 32 bytes in lower-case hex.');
    expect(sentenceOf({ timeMs: undefined })).toMatch(/^anchor\.checkpoint\.timeMs must be/);
    expect(sentenceOf({ more: 1 })).toBe('anchor.checkpoint has an unknown field "more".');
    expect(anchorFromJson(JSON.stringify({ ...file, checkpoint: null }))).toEqual({
      ok: false,
      sentence: 'anchor.checkpoint must be an object.',
    });
  });
});

describe('an access descriptor', () => {
  test('that could lead elsewhere is refused [7.2.5-a]', () => {
    expect(decodeDescriptor(encodeDescriptor({ path: '/v1/agreements/1/rows', token: 'a.b' }))).toBeDefined();
    for (const path of ['//evil.example', '', 'v1', '/a?b', '/a#b', '/../..', '/a\\b', `/${'a'.repeat(300)}`]) {
      expect(decodeDescriptor(encodeDescriptor({ path, token: 'a' }))).toBeUndefined();
    }
    for (const token of ['', 'a b', 'a\n', 'ü', 'a'.repeat(300)]) {
      expect(decodeDescriptor(encodeDescriptor({ path: '/v1', token }))).toBeUndefined();
    }
  });
});
