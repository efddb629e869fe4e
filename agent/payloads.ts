import { createHash } from 'node:crypto';
import { PAYLOAD_BYTES_MAX } from '#ledger/contracts/demand/definition.ts';
import { toHex } from '#ledger/core/bytes.ts';
import { encryptionKeyOf, encryptionSecretOf } from './encryption-key.ts';
import type { AgentKey } from './key.ts';
import { openPayloadKey } from './payload-sealing.ts';
import type { PortalClient } from './portal-client.ts';
import type { FetchedPayload, Payloads } from './resources/kind.ts';

/** A slow line takes this long for the largest payload, beside what every call may take. */
const WAIT_MS = 45_000;
/** The portal has none of that name, or has it no more. */
const MISSING = [404, 410];

export interface PayloadParts {
  readonly client: Pick<PortalClient, 'bytes'>;
  readonly key: Pick<AgentKey, 'secretKey'>;
  /** Genesis hash, 32 bytes. */
  readonly network: Uint8Array;
}

/** What tasks carry, from the portal; what it hands out is believed only when its SHA-256 is the one that was asked for. */
export function payloadsOf({ client, key, network }: PayloadParts): Payloads {
  return {
    network,
    sealingKey: sealingKeyOf(key),
    fetch: (payload) => fetchPayload(client, payload),
    openKey: (sealed, { resource, payload }) =>
      openPayloadKey(sealed, {
        network,
        resource: BigInt(resource),
        payload,
        secretKey: encryptionSecretOf(key.secretKey),
      }),
  };
}

/** Hex of the X25519 key that an agent's computers publish. */
export function sealingKeyOf({ secretKey }: Pick<AgentKey, 'secretKey'>): string {
  return toHex(encryptionKeyOf(secretKey));
}

/** For a test of a source without a running agent: the key is published, and nothing is fetched. */
export function noPayloads(sealingKey: string): Payloads {
  return {
    network: new Uint8Array(32),
    sealingKey,
    fetch: () => Promise.resolve({ kind: 'unreachable', sentence: 'Nothing is fetched for a test of a source.' }),
    openKey: () => Promise.resolve(undefined),
  };
}

async function fetchPayload(client: PayloadParts['client'], payload: string): Promise<FetchedPayload> {
  const reply = await client.bytes(`/api/v1/payloads/${payload}`, {
    bytesMax: Number(PAYLOAD_BYTES_MAX),
    waitMs: WAIT_MS,
  });
  if (reply.kind === 'bytes') {
    const isWhole = createHash('sha256').update(reply.bytes).digest('hex') === payload;
    return isWhole ? { kind: 'found', bytes: reply.bytes } : { kind: 'missing' };
  }
  if (reply.kind === 'refused' && MISSING.includes(reply.status)) return { kind: 'missing' };
  return { kind: 'unreachable', sentence: reply.sentence };
}
