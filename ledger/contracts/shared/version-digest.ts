import { encode, type CborValue } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { taggedHash } from '#ledger/core/hash.ts';
import type { ContractDefinition, EventDefinition, MethodDefinition, ParameterDefinition } from './definition.ts';
import { typedDataTypes, type Fields } from './fields.ts';

/** Version that every contract has from genesis on. */
export const FOUNDING_VERSION = 1n;

type Named<Of> = readonly [name: string, of: Of];

function fieldsOf(fields: Fields): CborValue {
  return Object.entries(fields).map(([name, type]) => [name, typeof type === 'string' ? type : [...type]]);
}

/** What is signed (with the structs that it reaches), whose key may sign, and what a vote on it is about. */
function methodOf([name, { fields, delegation, byVote }]: Named<MethodDefinition>): CborValue {
  const types = Object.entries(typedDataTypes(name, fields)).map(([type, list]) => [
    type,
    list.map((field) => [field.name, field.type]),
  ]);
  const vote = byVote && [[...byVote.about], byVote.concerns === undefined ? true : byVote.concerns];
  return [name, types, fieldsOf(fields), { ...delegation }, vote ?? null];
}

function eventOf([name, { fields }]: Named<EventDefinition>): CborValue {
  return [name, fieldsOf(fields)];
}

function parameterOf([name, { id, min, max, unit }]: Named<ParameterDefinition>): CborValue {
  return [name, BigInt(id), min, max, unit];
}

/** Deterministic, and without the sentences: those may be corrected without a vote. Lists keep the definition's order, which fields are signed in. */
function describe(definition: ContractDefinition): CborValue {
  const { id, name, version, revision, methods, events, codes, parameters } = definition;
  return [
    [BigInt(id), name, version, revision],
    Object.entries(methods).map(methodOf),
    Object.entries(events).map(eventOf),
    Object.entries(codes).map(([code, { code: number, status }]) => [code, BigInt(number), BigInt(status)]),
    Object.entries(parameters).map(parameterOf),
  ];
}

/**
 * What node providers vote on when they vote on a version: SHA-256('interpool/contract-version/v1' ‖ its description as deterministic
 * CBOR), 32 bytes. It covers methods, fields, events, codes, parameters and the text `revision`; the code that decides stands behind that text
 * alone.
 */
export function versionDigest(definition: ContractDefinition, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  return taggedHash(crypto, 'interpool/contract-version/v1', encode(describe(definition)));
}
