import { randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { fromHex, toHex, utf8 } from '#ledger/core/bytes.ts';
import { nobleCrypto } from '#ledger/core/crypto-noble.ts';
import { taggedHash } from '#ledger/core/hash.ts';
import { keyOf } from '#agent/key.ts';

const hex32 = z.string().regex(/^[0-9a-f]{64}$/);

const personSchema = z.strictObject({
  id: z.enum([
    'provider',
    'customer',
    'node-provider-1',
    'node-provider-2',
    'provider-2',
    'provider-3',
    'broker',
    'maintainer',
    'operator',
    'node-provider-3',
    'service-node-1',
    'service-node-2',
    'user-node-1',
    'user-node-2',
  ]),
  /** The organisation's name; invented, like the organisation. */
  name: z.string().min(1).max(80),
  /** What the person is here, in a word for the terminal. */
  role: z.string(),
  roles: z.array(z.string()),
  balanceMicro: z.string().regex(/^\d+$/),
  secretKey: hex32,
  /** Salt of the profile commitment on the ledger. */
  salt: hex32,
});
export type SamplePerson = z.infer<typeof personSchema>;

const fileSchema = z.strictObject({ people: z.array(personSchema).min(1).max(16) });

const TOKEN_MICRO = 1_000_000n;

const FOUNDERS = [
  { id: 'provider', name: 'Larkspur Data Cooperative', role: 'provider', roles: ['NRC', 'NRP'], tokens: 1_000n },
  { id: 'customer', name: 'Brackenford Logistics', role: 'customer', roles: ['NRC'], tokens: 1_000n },
  {
    id: 'node-provider-1',
    name: 'Quillon Node Services',
    role: 'node provider',
    roles: ['NRC', 'NRNSP'],
    tokens: 500n,
  },
  { id: 'node-provider-2', name: 'Vantmoor Networks', role: 'node provider', roles: ['NRC', 'NRNSP'], tokens: 500n },
  { id: 'provider-2', name: 'Corvale Hosting', role: 'provider 2', roles: ['NRC', 'NRP'], tokens: 500n },
  { id: 'provider-3', name: 'Thornmere Compute', role: 'provider 3', roles: ['NRC', 'NRP'], tokens: 500n },
  { id: 'broker', name: 'Merrowby Brokers', role: 'broker', roles: ['NRC', 'NRB'], tokens: 500n },
  {
    id: 'maintainer',
    name: 'Stellgate Maintenance',
    role: 'maintainer',
    roles: ['NRC', 'NRNSM'],
    tokens: 500n,
  },
  { id: 'operator', name: 'Northmere Operations', role: 'operator', roles: ['NRC', 'NO'], tokens: 500n },
  {
    id: 'node-provider-3',
    name: 'Ridgemarsh Networks',
    role: 'node provider',
    roles: ['NRC', 'NRNSP'],
    tokens: 500n,
  },
] as const;

/** The sample organisations with fresh random keys, in the order of their account ids, from 1 on. */
export function makePeople(): SamplePerson[] {
  return FOUNDERS.map(({ tokens, roles, ...founder }) =>
    withKey({ ...founder, roles: [...roles], balanceMicro: (tokens * TOKEN_MICRO).toString() }),
  );
}

/** A person with a fresh random key. */
export function withKey(person: Omit<SamplePerson, 'secretKey' | 'salt'>): SamplePerson {
  return { ...person, secretKey: newSecretKey(), salt: toHex(randomBytes(32)) };
}

export function peopleFile(home: string): string {
  return join(home, 'sample-people.json');
}

/** Reads `sample-people.json`; throws a sentence when it is missing or damaged. */
export function loadPeople(home: string): SamplePerson[] {
  return readPeople(peopleFile(home));
}

/** Reads a file of this form, as people make it together (`{people: […]}`). */
export function readPeople(file: string): SamplePerson[] {
  return fileSchema.parse(JSON.parse(readFileSync(file, 'utf8'))).people;
}

/** Salted hash of the name, which the ledger holds. */
export function profileCommitment({ name, salt }: Pick<SamplePerson, 'name' | 'salt'>): Uint8Array {
  return taggedHash(nobleCrypto, 'interpool/profile/v1', fromHex(salt) ?? new Uint8Array(), utf8(name));
}

export function secretKeyOf(person: SamplePerson): Uint8Array {
  return fromHex(person.secretKey) ?? new Uint8Array();
}

/** 32 random bytes that are a key of the curve (all but one in 2^128 are). */
function newSecretKey(): string {
  for (;;) {
    const secretKey = randomBytes(32);
    try {
      keyOf(secretKey);
      return toHex(secretKey);
    } catch {
      continue;
    }
  }
}
