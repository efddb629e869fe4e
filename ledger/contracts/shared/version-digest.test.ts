import { expect, test } from 'vitest';
import { definitions, findEvent, isReadable } from '#ledger/contracts/definitions.ts';
import { implementations } from '#ledger/contracts/registry.ts';
import { token2Definition, withToken2 } from '#ledger/contracts/testing/token-2.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { nobleCrypto as crypto } from '#ledger/core/crypto-noble.ts';
import { code, type ContractDefinition } from './definition.ts';
import { FOUNDING_VERSION, versionDigest } from './version-digest.ts';

const digestOf = (definition: ContractDefinition): string => toHex(versionDigest(definition, crypto));
const token: ContractDefinition = definitions.token;

test('a version’s digest covers its number, its code’s name, methods, events, codes and parameters; no sentence of it', () => {
  const { Transfer } = token.methods as { Transfer: ContractDefinition['methods'][string] };
  const { HoldSettled } = token.events as { HoldSettled: ContractDefinition['events'][string] };
  const parameter = { id: 99, min: 0n, max: 1n, initial: 0n, unit: 'count', title: 'A' } as const;
  const others: ContractDefinition[] = [
    { ...token, version: 2n },
    { ...token, revision: 'other code' },
    { ...token, methods: {} },
    { ...token, methods: { Transfer: { ...Transfer, fields: { amountMicro: 'Micro', to: 'Id' } } } },
    { ...token, methods: { Transfer: { ...Transfer, fields: { ...Transfer.fields, amountMicro: 'Amount' } } } },
    { ...token, methods: { Transfer: { ...Transfer, delegation: { to: 'owner-only' } } } },
    { ...token, methods: { Transfer: { ...Transfer, byVote: { about: ['to'], proposes: () => '' } } } },
    { ...token, methods: { Transfer: { ...Transfer, byVote: { about: ['to'], concerns: null, proposes: () => '' } } } },
    { ...token, events: { ...token.events, HoldSettled: { ...HoldSettled, fields: { hold: 'Id' } } } },
    { ...token, codes: { ...token.codes, ANOTHER: code(299, 400, 'Another.') } },
    { ...token, parameters: { another: parameter } },
    { ...token, parameters: { another: { ...parameter, max: 2n } } },
  ];
  const digests = [token, ...others].map(digestOf);
  expect(new Set(digests).size).toBe(digests.length);
  const reworded = { ...token, methods: { Transfer: { ...Transfer, does: 'Sends tokens.' } } };
  expect(digestOf(reworded)).toBe(digestOf(token));
});

test('versions of a contract follow one another, and keep the fields of what they name alike: old events are read by new programs', () => {
  for (const known of [implementations, withToken2])
    for (const [name, versions] of Object.entries(known)) {
      const numbers = versions.map(({ definition }) => definition.version);
      expect([name, numbers]).toEqual([name, numbers.map((_, index) => FOUNDING_VERSION + BigInt(index))]);
      const newest: ContractDefinition = definitions[name as keyof typeof known];
      for (const { definition } of versions) {
        for (const [method, { fields }] of Object.entries(definition.methods))
          expect([method, newest.methods[method]?.fields]).toEqual([method, fields]);
        for (const [type, { fields }] of Object.entries(definition.events))
          expect([type, newest.events[type]?.fields]).toEqual([type, fields]);
      }
    }
});

test('a program reads events up to its newest version, and no later ones', () => {
  const { version: newest } = token2Definition;
  expect([0n, 1n, 2n, 3n, '1', undefined].map((version) => isReadable(newest, version))).toEqual([
    ...[false, true, true, false, false, false],
  ]);
  const event = { contract: 'token', type: 'TokensHeld' };
  expect(findEvent({ ...event, version: 1n })).toBeDefined();
  for (const version of [0n, 2n, null]) expect(findEvent({ ...event, version })).toBeUndefined();
});
