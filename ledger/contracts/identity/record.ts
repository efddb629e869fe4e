import { readU64 } from '#ledger/core/bytes.ts';
import type { StateReader, Table } from '#ledger/core/decision.ts';
import { identityDefinition } from './definition.ts';
import type { IdentityLevel } from './identity-words.ts';

/** An operator that identifies accounts; `sealingKey` all zero: no more. */
export type Identifier = { sealingKey: Uint8Array; waiting: bigint };

/** A request that waits for its operator. */
export type IdentityRequest = { operator: bigint; commitment: Uint8Array };

/** An identification in force. */
export type Attestation = {
  operator: bigint;
  commitment: Uint8Array;
  subscriber: Uint8Array;
  level: IdentityLevel;
  endsAtMs: bigint;
};

export type KnownSubscriber = { operator: bigint; subscriber: Uint8Array; account: bigint };

export const identityTables = {
  /** Under the account that asks: one request each. */
  requests: { contract: identityDefinition.id, table: 0 } as Table<IdentityRequest>,
  /** Under the account that is identified: one in force each. */
  attestations: { contract: identityDefinition.id, table: 1 } as Table<Attestation>,
  /** Under the first eight bytes of the tag: subscribers in force. */
  subscribers: { contract: identityDefinition.id, table: 2 } as Table<KnownSubscriber[]>,
  /** Under the operator: the key that claims are sealed to, and how many requests wait. */
  operators: { contract: identityDefinition.id, table: 3 } as Table<Identifier>,
} as const;

export function readRequest(state: StateReader, account: bigint): IdentityRequest | undefined {
  return state.read(identityTables.requests, account);
}

/** What holds now: undefined for one that nobody identified, or no more. */
export function readAttestation(state: StateReader, account: bigint): Attestation | undefined {
  return state.read(identityTables.attestations, account);
}

/** The operator that has identified the account, as it holds now; undefined: nobody. */
export function identifiedBy(state: StateReader, account: bigint): bigint | undefined {
  return readAttestation(state, account)?.operator;
}

/** Where subscribers with this tag stand. */
export function subscriberId(tag: Uint8Array): bigint {
  return readU64(tag, 0);
}

export function readSubscribers(state: StateReader, tag: Uint8Array): readonly KnownSubscriber[] {
  return state.read(identityTables.subscribers, subscriberId(tag)) ?? [];
}

export function readIdentifier(state: StateReader, operator: bigint): Identifier | undefined {
  return state.read(identityTables.operators, operator);
}
