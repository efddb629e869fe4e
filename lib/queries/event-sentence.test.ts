import { describe, expect, test } from 'vitest';
import { encode } from '#ledger/core/codec.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { definitions } from '#ledger/contracts/definitions.ts';
import { isInteger, structFields, type FieldType } from '#ledger/contracts/shared/fields.ts';
import type { ContractDefinition, EventDefinition } from '#ledger/contracts/shared/definition.ts';
import { eventSentence } from './event-sentence.ts';

const HOSTILE = 'Bank\u202E\u2069\u200Bknab';
const SAFE = '\u2068Bank\uFFFD\uFFFD\uFFFDknab\u2069';

const proposed = encode({ name: HOSTILE, publicKey: new Uint8Array(33), operator: 3n, proof: new Uint8Array(64) });

const events = Object.values(definitions as Readonly<Record<string, ContractDefinition>>).flatMap(
  ({ name: contract, events: own }) =>
    Object.entries(own).map(([type, definition]) => ({ contract, type, definition: definition as EventDefinition })),
);

describe('sentences about events', () => {
  test.each([
    ['account', 'KeyAuthorized', { account: '3', key: '1', label: HOSTILE, methods: [], resources: [] }],
    ['resource', 'ResourcePublished', { owner: '3', resource: '7', title: HOSTILE, tags: [] }],
    ['governance', 'ProposalOpened', { by: '3', proposal: '1', method: 'ProposeValidator', args: toHex(proposed) }],
    ['node', 'NodeFounded', { node: '1', name: HOSTILE }],
    ['node', 'NodeAdmitted', { node: '5', name: HOSTILE, operator: '3', proposal: '1' }],
  ])(
    '%s.%s shows what somebody else wrote isolated, with what hides in it marked [8.4.2-b]',
    (contract, type, some) => {
      const sentence = eventSentence({ contract, version: 1n, type, payload: payloadOf(contract, type, some) }, false);
      expect(sentence).toContain(SAFE);
      expect(sentence.replace(SAFE, '')).not.toMatch(/[\u202E\u2068\u2069\u200B]/);
    },
  );

  test.each(events)(
    '$contract.$type says nothing to strangers from a field that they may not read [7.2.5-b]',
    ({ contract, type, definition }) => {
      const hidden = Object.keys(definition.fields).filter(
        (name) => definition.readers === 'parties' || (definition.fieldReaders?.[name] ?? 'everyone') !== 'everyone',
      );
      const read = new Set<string>();
      const payload = new Proxy(payloadOf(contract, type, {}), {
        get: (target, name) => {
          read.add(String(name));
          return target[String(name)];
        },
      });
      const said = eventSentence({ contract, version: 1n, type, payload }, false);
      expect(said).toMatch(/^.+\.$/);
      if (definition.readers === 'parties') expect([...read]).toEqual([]);
      const marked = payloadOf(
        contract,
        type,
        Object.fromEntries(hidden.map((name) => [name, secretOf(definition.fields[name]!)])),
      );
      expect(eventSentence({ contract, version: 1n, type, payload: marked }, false)).toBe(said);
    },
  );
});

/** A second value of each type that a hidden field has: it must change nothing that strangers read. */
function secretOf(field: FieldType): unknown {
  if (typeof field !== 'string') return field.at(-1);
  if (isInteger(field)) return '4321';
  return { string: 'told', bytes: 'fe', bytes32: 'fe'.repeat(32), bool: true }[field];
}

/** What the read model keeps of a field, plainly. */
function plainOf(field: FieldType): unknown {
  if (typeof field !== 'string') return field[0];
  if (field.endsWith('[]')) return [];
  if (isInteger(field)) return '1';
  if (field === 'address' || field.startsWith('bytes')) return '00';
  const fields = structFields(field);
  if (fields === undefined) return field === 'bool' ? false : 'x';
  return Object.fromEntries(Object.entries(fields).map(([name, inner]) => [name, plainOf(inner)]));
}

/** What the read model keeps of an event, with plain values for what is not given. */
function payloadOf(contract: string, type: string, some: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const definition = events.find((event) => event.contract === contract && event.type === type)?.definition;
  const plain = Object.entries(definition?.fields ?? {}).map(([name, field]) => [name, plainOf(field)]);
  return {
    ...Object.fromEntries(plain),
    ...Object.fromEntries(Object.entries(some).filter(([, value]) => value !== undefined)),
  };
}
