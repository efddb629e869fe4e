import { recoverAddress } from '#ledger/core/address.ts';
import { equal } from '#ledger/core/bytes.ts';
import { encode } from '#ledger/core/codec.ts';
import type { Crypto } from '#ledger/core/crypto.ts';
import { taggedHash } from '#ledger/core/hash.ts';
import type { Term } from '#ledger/contracts/shared/terms.ts';

/** What the agent signs after it tested a source: its own words about the data, bound to the network, the owner and the source. */
export interface ResourceTest {
  readonly network: Uint8Array;
  readonly owner: bigint;
  readonly sourceId: string;
  readonly kind: string;
  /** What the agent computed, as it is published. */
  readonly attributes: readonly Term[];
  readonly testedAtMs: bigint;
}

/** SHA-256('interpool/resource-test/v1' ‖ CBOR [network, owner, sourceId, kind, [[name, value]…], testedAtMs]), signed recoverably by the agent's key. */
export function resourceTestDigest(test: ResourceTest, crypto: Pick<Crypto, 'sha256'>): Uint8Array {
  const { network, owner, sourceId, kind, testedAtMs } = test;
  const attributes = test.attributes.map(({ name, value }) => [name, value]);
  const words = encode([network, owner, sourceId, kind, attributes, testedAtMs]);
  return taggedHash(crypto, 'interpool/resource-test/v1', words);
}

/** True when the agent at `address` (20 bytes) signed exactly this test. */
export function isTestSigned(test: ResourceTest, signature: Uint8Array, address: Uint8Array, crypto: Crypto): boolean {
  const signer = recoverAddress(resourceTestDigest(test, crypto), signature, crypto);
  return signer !== undefined && equal(signer, address);
}
